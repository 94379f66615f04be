"""A process that has imported everything and forks one `martlet` per request: the real command, without its imports.

Belongs here: starting, stopping and killing such runs. Does not: what is tested with them. Not a test itself.
The parent only imports: no thread, no connection and no Dagster instance exists in it when it forks.
"""

from __future__ import annotations

import faulthandler
import gc
import importlib
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
PATIENCE = 600  # seconds; a run that takes as long hangs, and is ended
HEAVY = (
    "dbt.cli.main", "dbt.adapters.duckdb.connections", "great_expectations", "expectations.gx", "pyarrow.csv",
    "orchestration.definitions", "orchestration.cli", "orchestration.launch", "orchestration.summary", "simulator",
    "orchestration.history", "dagster._core.storage.sqlite_storage", "dbt.task.build",
)  # fmt: skip


class Warm:
    """The test's side of the process."""

    def __init__(self) -> None:
        quiet = os.environ | {"OPENBLAS_NUM_THREADS": "1", "GX_ANALYTICS_ENABLED": "false"}
        command = [sys.executable, "-m", "tests.warm"]
        self.server = subprocess.Popen(
            command, cwd=ROOT, env=quiet, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )

    def close(self) -> None:
        assert self.server.stdin is not None
        self.server.stdin.close()
        self.server.wait()

    def start(self, arguments: tuple[str, ...], environment: dict[str, str], output: Path, kill_at: str | None) -> Run:
        """Start `martlet` with the arguments; its process kills itself at the step `kill_at`."""
        output.mkdir(parents=True, exist_ok=True)
        wish = {"arguments": arguments, "environment": environment, "output": str(output), "kill_at": kill_at}
        return Run(self, self.ask(wish), output, arguments)

    def ask(self, wish: dict[str, Any]) -> int:
        assert self.server.stdin is not None and self.server.stdout is not None
        self.server.stdin.write(json.dumps(wish) + "\n")
        self.server.stdin.flush()
        return int(self.server.stdout.readline())


@dataclass
class Run:
    """One run; `pid` is its process, which a test may kill."""

    warm: Warm
    pid: int
    output: Path
    arguments: tuple[str, ...]

    def steps(self) -> list[str]:
        """The steps announced so far."""
        file = self.output / "steps"
        return file.read_text().splitlines() if file.exists() else []

    def is_running(self) -> bool:
        """Whether the process has not ended; until somebody waits for it, it is a zombie then."""
        return Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"

    def wait(self) -> subprocess.CompletedProcess:
        """The run's end, as subprocess.run tells it: a negative return code is a signal."""
        code = self.warm.ask({"wait": self.pid})
        texts = [(self.output / name).read_text() for name in ("out", "err")]
        return subprocess.CompletedProcess(self.arguments, code, *texts)


def serve() -> None:
    """Fork for every line of standard input; answer a run with its pid, and a wait with its exit code."""
    import_everything()
    for line in sys.stdin:
        wish = json.loads(line)
        if "wait" in wish:
            answer = os.waitstatus_to_exitcode(os.waitpid(wish["wait"], 0)[1])
        elif (answer := os.fork()) == 0:
            run(wish)
        print(answer, flush=True)


def import_everything() -> None:
    for name in HEAVY:
        importlib.import_module(name)
    assert threading.active_count() == 1, threading.enumerate()
    gc.freeze()  # the collector would touch, and so copy, every page that the children share
    gc.disable()


def run(wish: dict[str, Any]) -> None:
    """Be the command line. Never returns."""
    os.environ.clear()
    os.environ.update(wish["environment"])
    output = Path(wish["output"])
    for name, descriptor in (("out", 1), ("err", 2)):
        file = os.open(output / name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(file, descriptor)
        os.close(file)
    os.close(0)
    faulthandler.enable()
    faulthandler.dump_traceback_later(PATIENCE, exit=True)  # the end of what it printed is where its threads were
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell lets what runs in the background ignore it
    from orchestration import cli, launch

    real = launch.run
    launch.run = lambda *given, **more: real(*given, **more, on_step=announcer(output / "steps", wish["kill_at"]))  # type: ignore[assignment]
    sys.argv = ["martlet", *wish["arguments"]]
    try:
        cli.main()
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        sys.stderr.flush()
        os._exit(1)


def announcer(file: Path, kill_at: str | None) -> Callable[[str], None]:
    """Writes each step down; at the one to die at (`step` or `step +0.05`, seconds later), sends this process SIGKILL."""
    place, _, later = (kill_at or "").partition(" +")
    steps = file.open("w")

    def announce(step: str) -> None:
        steps.write(step + "\n")
        steps.flush()
        if step == place and later:
            threading.Timer(float(later), os.kill, (os.getpid(), signal.SIGKILL)).start()
        elif step == place:
            os.kill(os.getpid(), signal.SIGKILL)

    return announce


if __name__ == "__main__":
    serve()
