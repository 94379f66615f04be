"""Great Expectations in a process of its own, imported there while this one loads.

Its import takes as long as everything else before the first gate, and a machine has more than one core. start() is
called when a run begins; without it, or when Great Expectations is imported here already, this process judges itself.
Belongs here: the two ends of that process. Does not: what Great Expectations is asked (gx.py).
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

    from expectations.gx import Verdict

_judge: Connection | None = None


def start() -> subprocess.Popen[bytes] | None:
    """Start the process, if it is any use. It ends with this one, also when this one is killed: the connection closes."""
    global _judge
    if _judge is not None or "great_expectations" in sys.modules:
        return None
    ours, theirs = socket.socketpair()
    with theirs:
        process = subprocess.Popen(
            [sys.executable, "-c", f"from expectations.worker import serve; serve({theirs.fileno()})"],
            pass_fds=[theirs.fileno()],
            env={k: v for k, v in os.environ.items() if not k.startswith("MARTLET_")},  # URLs are secrets
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,  # nobody waits for its end
            start_new_session=True,  # Ctrl-C is for the run
        )  # fmt: skip
    _judge = Connection(ours.detach())
    return process


def ask(frame: pd.DataFrame, expectations: dict[str, tuple[str, dict[str, Any]]]) -> bool:
    """Hand over a frame; whether there is a process to judge it. Each answer is to be taken, in the order of asking."""
    global _judge
    if _judge is None:
        return False
    try:
        _judge.send((frame, expectations))
    except OSError:
        _judge = None
    return _judge is not None


def answer() -> dict[str, Verdict] | None:
    """The verdicts on the frame of the oldest ask(); None when the process died. Raises ValueError as gx.validate does."""
    global _judge
    if _judge is None:
        return None
    try:
        found = _judge.recv()
    except (EOFError, OSError):
        _judge = None
        return None
    if isinstance(found, ValueError):
        _judge = None  # what else it was asked has no taker
        raise found
    return found


def serve(descriptor: int) -> None:
    """What the process does: judge what comes over the connection until it closes."""
    from expectations import gx
    from orchestration.processes import collect_garbage_rarely

    collect_garbage_rarely()
    connection = Connection(descriptor)
    gx.batch_definition_of_process()  # the import, and the context
    try:
        while True:
            frame, expectations = connection.recv()
            try:
                connection.send(gx.judge(frame, expectations))
            except ValueError as error:
                connection.send(error)
    except (EOFError, OSError):
        pass  # the run is over
