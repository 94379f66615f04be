"""dbt in a process of its own, forked from the run's when both are imported: it reads the models while the sources load, and
dbt and Dagster do not wait for each other's Python.

A run that Dagster started has threads under way and can't fork; a thread serves it instead, to the same end.
Belongs here: the two ends of that connection. Does not: what dbt is told (transform.py).
"""

from __future__ import annotations

import importlib
import os
import signal
import socket
import threading
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import SecretStr

from orchestration.settings import Settings
from orchestration.transform import Command, cancel, invoke, read_manifest

LATE = ("dbt.cli.main", "dbt.task.build", "dbt.adapters.duckdb.connections")  # what Dagster's part of dbt leaves out


class Outcome(NamedTuple):
    """How an invocation ended: why it could not run, or the status, name and message of each node that failed."""

    success: bool
    error: str = ""
    failed: tuple[tuple[str, str, str], ...] = ()


class _Beside:
    """Where dbt runs, for one invocation: a connection to it, and what brings about its end."""

    def __init__(self, connection: Connection, end: Callable[[], object]) -> None:
        self.connection, self._end = connection, end

    def send(self, what: object) -> None:
        with suppress(OSError):  # it has ended, which recv() tells
            self.connection.send(what)

    def end(self) -> None:
        if not self.connection.closed:
            self.connection.close()
            self._end()


_process: _Beside | None = None


@contextmanager
def forked() -> Iterator[None]:
    """The process, for the length of the block; none where other threads are under way, whose locks a fork would keep."""
    global _process
    if threading.active_count() > 1:
        yield
        return
    ours, theirs = socket.socketpair()
    pid = os.fork()
    if pid == 0:
        ours.close()  # or it would never see that the run let go
        _be_the_process(theirs)
    theirs.close()
    _process = _Beside(Connection(ours.detach()), lambda: _kill(pid))
    try:
        yield
    finally:
        _process.end()
        _process = None


def get_ready(home: Path) -> None:
    """Let the process read the models of the home; they are parsed by now."""
    if _process is not None:
        _process.send(home)


def results(settings: Settings, command: Command) -> Generator[dict[str, Any], None, Outcome]:
    """The result of each node when it is there, as transform.invoke() tells it; returns the outcome.

    Whoever stops listening stops dbt, and goes on when it has let go of the warehouse.
    """
    beside = _process
    if beside is None or beside.connection.closed:
        beside = _thread()
        beside.send(settings.home)
    try:
        beside.send(command)
        while not isinstance(told := beside.connection.recv(), Outcome):
            yield told
        return told
    except (EOFError, OSError):
        return Outcome(False, "its process ended before it was done; was it killed, or is memory short?")
    finally:
        beside.end()


def _kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)  # it has told its outcome, or nobody needs it
    os.waitpid(pid, 0)


def _thread() -> _Beside:
    ours, theirs = socket.socketpair()
    done = threading.Event()

    def stop() -> None:
        while not done.wait(0.2):
            cancel()

    def work() -> None:
        try:
            _serve(Connection(theirs.detach()), stop)
        finally:
            done.set()

    thread = threading.Thread(target=work, name="dbt")
    thread.start()
    return _Beside(Connection(ours.detach()), thread.join)


def _be_the_process(end: socket.socket) -> None:
    """Never returns. It ends with the run, also when that is killed: the connection closes."""
    try:
        os.setsid()  # Ctrl-C is for the run
        nothing = os.open(os.devnull, os.O_RDWR)
        for descriptor in range(3):
            os.dup2(nothing, descriptor)
        for name in LATE:
            importlib.import_module(name)
        _serve(Connection(end.detach()), lambda: os._exit(0))
    finally:
        os._exit(0)


def _serve(connection: Connection, stop: Callable[[], object]) -> None:
    """Run the one command that comes after the home, and call `stop` when the other end closes."""
    one_at_a_time = threading.Lock()

    def send(told: Any) -> None:
        with one_at_a_time, suppress(OSError):  # nobody listens any more
            connection.send(told)

    def listen() -> None:
        with suppress(EOFError, OSError):
            connection.recv()
        stop()

    try:
        settings = Settings(home=connection.recv(), urls={}, pseudonym_key=SecretStr(""))
        manifest = read_manifest(settings.dbt_parsed)
        command = connection.recv()
    except EOFError:
        return  # there was nothing to build
    threading.Thread(target=listen, name="dbt's end", daemon=True).start()
    send(_outcome(settings, command, manifest, send))


def _outcome(
    settings: Settings, command: Command, manifest: Any, on_event: Callable[[dict[str, Any]], None]
) -> Outcome:
    try:
        result = invoke(settings, *command, manifest, on_event)
    except Exception as error:
        return Outcome(False, f"{type(error).__name__}: {error}")
    failed = [(str(r.status), r.node.name, _said(r)) for r in result.result or [] if r.status in {"fail", "error"}]
    return Outcome(bool(result.success), str(result.exception or ""), tuple(failed))


def _said(result: Any) -> str:
    """dbt's message; of a test that found rows, how many there are and where it says what they contradict."""
    if result.status == "fail":
        return (
            f"{result.failures:,} rows contradict it. What it proves, and the query: {result.node.original_file_path}"
        )
    return result.message or ""
