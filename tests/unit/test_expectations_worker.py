"""Great Expectations in a process of its own: the same verdicts, and none the worse when it dies."""

import subprocess
import sys
from pathlib import Path

SCRIPT = """
import os, sys
os.environ["MARTLET_PHOTOBOOTH_URL"] = "postgresql://reader:canary@127.0.0.1/app"
from expectations import gx, worker

process = worker.start()
assert worker.start() is None
asked = {"a": (3, 3), "b": (3.5, 3), "c": (0, 0.1)}
theirs = gx.at_most(asked)
assert b"canary" not in open(f"/proc/{process.pid}/environ", "rb").read()
print("imported here:", "great_expectations" in sys.modules)
process.kill()
process.wait()
assert gx.at_most(asked) == theirs
print("imported here:", "great_expectations" in sys.modules)
print(theirs)
"""


def run(script: str) -> list[str]:
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run([sys.executable, "-c", script], cwd=root, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_a_process_of_its_own_judges_alike_and_its_death_changes_no_verdict():
    assert run(SCRIPT) == [
        "imported here: False",
        "imported here: True",
        "{'a': True, 'b': False, 'c': True}",
    ]


def test_the_process_ends_with_the_run_that_started_it():
    (pid,) = run("import os\nfrom expectations import worker\nprint(worker.start().pid, flush=True)\nos._exit(0)")
    folder = Path(f"/proc/{pid}")
    for _ in range(600):  # it may still be importing
        if not folder.exists() or "Z (zombie)" in (folder / "status").read_text():
            return
        subprocess.run(["sleep", "0.1"], check=True)
    raise AssertionError(f"process {pid} is still there")
