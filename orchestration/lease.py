"""One run at a time: a lock on MARTLET_HOME/lease, held by the process of the run, and that of its dbt, and freed by their death.

Belongs here: taking and freeing the lease. Does not: who waits and who gives up (cli.py, resources.py).
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from orchestration.errors import Busy
from orchestration.processes import is_alive

_held: set[Path] = set()  # leases of this process: the command line takes one, the run it starts finds it held


@contextmanager
def lease(path: Path, wait: bool = False, on_wait: Callable[[str], None] | None = None) -> Iterator[None]:
    """Hold the lease for the block. With `wait`, wait for the other run; else raise Busy naming its process."""
    if path in _held:
        yield
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+", encoding="utf-8") as file:
        _lock(file, path, wait, on_wait)
        file.seek(0)
        file.truncate()
        file.write(f"process {os.getpid()}")
        file.flush()
        _held.add(path)
        try:
            yield
        finally:
            _held.discard(path)
            file.seek(0)
            file.truncate()


def _lock(file, path: Path, wait: bool, on_wait: Callable[[str], None] | None) -> None:
    told = False
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            holder = path.read_text(encoding="utf-8") or "another process"
            if not wait and not _is_ending(holder):
                raise Busy(
                    f"Another run ({holder}) holds the lease {path}. Wait for it to end, then try again."
                ) from None
            if on_wait and not told:
                on_wait(f"waiting for the run of {holder} to end")
                told = True
            time.sleep(0.5 if wait else 0.02)


def _is_ending(holder: str) -> bool:
    """Whether the run was killed just now: its dbt, which holds the lease with it, ends at once, but after it."""
    name, _, pid = holder.partition(" ")
    return name == "process" and not is_alive(int(pid))
