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


def ask(limits: dict[str, tuple[float, float]]) -> dict[str, bool] | None:
    """What gx.judge() says in that process; None when there is none, or it died."""
    global _judge
    if _judge is None:
        return None
    try:
        _judge.send(limits)
        return dict(_judge.recv())
    except (EOFError, OSError):
        _judge = None
        return None


def serve(descriptor: int) -> None:
    """What the process does: judge what comes over the connection until it closes."""
    from expectations import gx
    from orchestration.processes import collect_garbage_rarely

    collect_garbage_rarely()
    connection = Connection(descriptor)
    gx.batch_definition_of_process()  # the import, and the context
    try:
        while True:
            connection.send(gx.judge(connection.recv()))
    except (EOFError, OSError):
        pass  # the run is over
