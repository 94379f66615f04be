"""dbt in a process of its own, as a cold start of the command line has it: it ends with the run, and the run with it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from tests.e2e.conftest import WarmDeployment
from tests.faults.conftest import NEXT, night_after
from tests.faults.test_interrupt import TOLD
from tests.warm import ROOT


def start(deployment: WarmDeployment, said: Path) -> tuple[subprocess.Popen[bytes], int]:
    """A run that has built its first models, and the process of its dbt."""
    command = [sys.executable, "-m", "orchestration.cli", "nightly"]
    with said.open("wb") as output:
        environment = deployment.environment | night_after(NEXT)
        run = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=output, stderr=output)
    while "dbt: " not in said.read_text():
        assert run.poll() is None, said.read_text()
        time.sleep(0.01)
    (dbt,) = [pid for pid in children(run.pid) if command_of(pid) == command_of(run.pid)]  # the one that was forked
    return run, dbt


def command_of(pid: int) -> bytes:
    return Path(f"/proc/{pid}/cmdline").read_bytes()


def children(pid: int) -> list[int]:
    tasks = Path(f"/proc/{pid}/task").iterdir()
    return [int(child) for task in tasks for child in (task / "children").read_text().split()]


def wait_for_the_end_of(pid: int) -> None:
    status = Path(f"/proc/{pid}/status")
    while status.exists() and "Z (zombie)" not in status.read_text():
        time.sleep(0.01)


def test_a_run_and_its_dbt_end_together_and_the_next_run_repeats_what_was_not_finished(
    deployment: WarmDeployment, undisturbed: WarmDeployment, tmp_path: Path
) -> None:
    before, said = deployment.latest, tmp_path / "said"

    run, dbt = start(deployment, said)
    os.kill(dbt, signal.SIGKILL)
    assert run.wait() == 1 and "dbt could not run: its process ended before it was done" in said.read_text()

    run, dbt = start(deployment, said)
    os.kill(run.pid, signal.SIGINT)
    assert run.wait() == 1 and TOLD in said.read_text() and "Traceback" not in said.read_text()
    wait_for_the_end_of(dbt)

    run, dbt = start(deployment, said)
    os.kill(run.pid, signal.SIGKILL)
    run.wait()
    wait_for_the_end_of(dbt)

    assert deployment.latest == before
    done = deployment.martlet("nightly", **night_after(NEXT))
    assert done.returncode == 0, done.stdout + done.stderr
    assert deployment.content_hashes() == undisturbed.content_hashes()
