"""Two runs at once: one works, the other says so and goes; what is published is what they give one after the other.

Runs launched in Dagster wait for the lease instead: tests/e2e/test_dagster.py.
"""

from __future__ import annotations

import json
import subprocess
import threading
import time
from datetime import timedelta
from pathlib import Path

import pytest

from tests.e2e.conftest import WarmDeployment
from tests.faults.conftest import DAY, NEXT, night_after
from tests.warm import Run

EARLY = (str(DAY - timedelta(days=6)), str(DAY - timedelta(days=5)))
BACKFILL = ("backfill", "--start", EARLY[0], "--end", EARLY[1])
RESTATED = (
    f"update public.generations set style_id = 'restated' where created_at::date between '{EARLY[0]}' and '{EARLY[1]}'"
)


class Watch(threading.Thread):
    """Notes every as_of that `latest` has while it runs."""

    def __init__(self, deployment: WarmDeployment) -> None:
        super().__init__()
        self.file = deployment.exports / "latest" / "manifest.json"
        self.stop, self.seen = threading.Event(), [""]

    def run(self) -> None:
        while not self.stop.wait(0.02):
            as_of = json.loads(self.file.read_text())["as_of"]
            if as_of != self.seen[-1]:
                self.seen.append(as_of)

    def __enter__(self) -> Watch:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop.set()
        self.join()


def wait_for(run: Run, step: str) -> None:
    while step not in run.steps():
        assert run.is_running(), run.wait()
        time.sleep(0.01)


def test_a_run_beside_a_nightly_is_refused_and_a_backfill_after_it_moves_nothing_back(
    deployment: WarmDeployment, undisturbed: WarmDeployment
) -> None:
    deployment.change_source(RESTATED)  # too old to be read again: only the backfill sees it
    now = night_after(NEXT)
    with Watch(deployment) as watch:
        nightly = deployment.start("nightly", **now)
        wait_for(nightly, "before partners")
        for arguments in (BACKFILL, ("nightly",), ("rebuild",), ("rollback", "--to", Path(deployment.latest).name)):
            refused = deployment.martlet(*arguments, **now)
            assert refused.returncode == 4, (arguments, refused.stdout, refused.stderr)
            assert f"process {nightly.pid}" in refused.stderr and "Traceback" not in refused.stderr
        assert nightly.wait().returncode == 0
        assert deployment.content_hashes() == undisturbed.content_hashes()  # those that were refused left nothing
        assert deployment.martlet(*BACKFILL, **now).returncode == 0
    assert deployment.content_hashes() != undisturbed.content_hashes()
    assert watch.seen == sorted(set(watch.seen)) and len(watch.seen) == 3  # none, DAY's end, NEXT's end


@pytest.mark.long
def test_a_backfill_and_a_nightly_give_the_same_in_either_order(deployment: WarmDeployment, tmp_path: Path) -> None:
    deployment.change_source(RESTATED)
    other, now = deployment.copy(tmp_path / "other"), night_after(NEXT)
    before = deployment.manifest()["as_of"]
    for arguments, clock in ((BACKFILL, {}), (("nightly",), now)):
        assert other.martlet(*arguments, **clock).returncode == 0
        assert (other.manifest()["as_of"] == before) is (arguments == BACKFILL)
    for arguments in (("nightly",), BACKFILL):
        assert deployment.martlet(*arguments, **now).returncode == 0
        assert deployment.manifest()["as_of"] > before
    assert other.content_hashes() == deployment.content_hashes()
    assert other.manifest()["as_of"] == deployment.manifest()["as_of"]


def test_a_lease_file_that_names_a_living_process_which_holds_nothing_stops_nobody(deployment: WarmDeployment) -> None:
    """After a restart of the machine the number may belong to anybody."""
    bystander = subprocess.Popen(["sleep", "600"])
    try:
        (deployment.home / "lease").write_text(f"process {bystander.pid}")
        assert deployment.martlet("doctor").returncode == 0
        assert deployment.martlet("rollback", "--to", Path(deployment.latest).name).returncode == 0
    finally:
        bystander.kill()
        bystander.wait()
