"""The lease: freed by the death of the run and of its dbt, which ends a moment after it."""

import subprocess
import sys
from pathlib import Path

from orchestration.lease import lease

KILLED = """
import os, signal, sys, time
from pathlib import Path
from orchestration.lease import lease

with lease(Path(sys.argv[1])):
    if os.fork() == 0:  # as a run's dbt
        os.close(1)
        time.sleep(1)
        Path(sys.argv[2]).touch()
        os._exit(0)
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_run_after_one_that_was_killed_begins_when_its_dbt_has_ended(tmp_path: Path) -> None:
    path, ended = tmp_path / "lease", tmp_path / "ended"
    killed = subprocess.run([sys.executable, "-c", KILLED, str(path), str(ended)], stdout=subprocess.PIPE)
    assert killed.returncode == -9 and not ended.exists()
    with lease(path):
        assert ended.exists()
