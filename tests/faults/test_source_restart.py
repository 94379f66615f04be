"""The source's server crashes while it is read: the load fails as a whole, and the next one is right."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

import simulator
from orchestration.errors import Unavailable
from tests.conftest import PostgresServer, running_postgres
from tests.e2e.conftest import WarmDeployment, forget_history
from tests.faults.conftest import DAY
from tests.loading import Home

BEFORE = date(2024, 11, 18)
MANY = (
    "insert into generations (id, style_id, created_at) select gen_random_uuid(), 'many',"
    " timestamptz '2024-11-10 00:00:00+00' + i * interval '1 second' from generate_series(1, 100000) i"
)


@pytest.fixture(scope="module")
def crashing() -> Iterator[PostgresServer]:
    """A server of this file's own, to be crashed."""
    with running_postgres() as server:
        yield server


@pytest.fixture
def source(crashing: PostgresServer) -> Iterator[str]:
    with crashing.new_database() as url:
        simulator.simulate("photobooth", url, scale=0.1, until=BEFORE)
        yield url


def crash(server: PostgresServer) -> None:
    server.stop("immediate")
    server.start()


@pytest.mark.parametrize(
    ("is_first", "step"),
    [
        (True, "before generations"),
        (False, "before partners"),
        (False, "before generations"),
        (False, "before uptime_checks"),
    ],
)
def test_a_restart_between_two_tables_undoes_the_whole_load(
    crashing: PostgresServer, source: str, tmp_path: Path, is_first: bool, step: str
) -> None:
    """The server is up again before the next table is asked for: reading on would mix two snapshots."""
    home, undisturbed = Home(tmp_path / "home", source), Home(tmp_path / "undisturbed", source)
    if is_first:
        change(source, MANY)  # so many that DuckDB reads them over several connections
    else:
        home.load(BEFORE)
        undisturbed.load(BEFORE)
    before = contents(home) if not is_first else {}
    simulator.simulate("photobooth", source, scale=0.1, until=DAY)
    with pytest.raises(Unavailable) as caught:
        home.load(DAY, on_step=lambda name: crash(crashing) if name == step else None)
    assert "photobooth: reading from 127.0.0.1" in str(caught.value) and "The load was undone" in str(caught.value)
    after = contents(home)
    assert {count for count, _ in after.values()} == {0} if is_first else after == before
    newest = "000000.parquet" if is_first else "000001.parquet"
    assert [file for file in home.archive.root.rglob("*.parquet") if file.name > newest] == []

    home.load(DAY)
    undisturbed.load(DAY)
    assert contents(home) == contents(undisturbed)
    assert contents(home, "archive_photobooth") == contents(undisturbed, "archive_photobooth")
    assert not list(home.archive.root.rglob("*.pending"))
    home.close()
    undisturbed.close()


def contents(home: Home, schema: str = "raw_photobooth") -> dict[str, tuple]:
    """Rows and their sum per table, without the number of the load: one that failed costs a number."""
    query = "select count(*), bit_xor(hash(t)) from (select * exclude (_load_id) from {}.{}) t"
    return {table: home.rows(query.format(schema, table))[0] for table in home.system.tables}


def test_a_restart_in_the_middle_of_a_table_ends_with_exit_code_1_and_the_next_run_publishes(
    crashing: PostgresServer, eve: WarmDeployment, source: str, tmp_path: Path
) -> None:
    """A view slows the server down while it copies `generations`; half of the rows are on their way when it crashes."""
    simulator.simulate("photobooth", source, scale=0.1, until=DAY)
    deployment = replace(eve, home=tmp_path / "home", source=tmp_path / "unused")
    forget_history(deployment)
    deployment.give_parse()
    change(
        source,
        "alter table generations rename to kept",
        "create view generations as select * from kept where pg_sleep(0.1) is not null",
    )
    crasher = threading.Thread(target=crash_in_copy, args=(crashing, source), daemon=True)
    crasher.start()
    done = deployment.martlet("nightly", MARTLET_PHOTOBOOTH_URL=source)
    crasher.join(60)
    assert not crasher.is_alive(), done.stdout + done.stderr
    assert done.returncode == 1, done.stdout + done.stderr
    where = urlsplit(source)
    assert f"photobooth: reading from {where.hostname}:{where.port}{where.path} failed" in done.stderr
    assert "The load was undone" in done.stderr and "Traceback" not in done.stderr
    assert not (deployment.exports / "latest").exists()
    assert {file.name for file in (deployment.home / "archive").rglob("*.parquet")} == {"000000.parquet"}

    change(source, "drop view generations", "alter table kept rename to generations")
    done = deployment.martlet("nightly", MARTLET_PHOTOBOOTH_URL=source)
    assert done.returncode == 0, done.stdout + done.stderr
    assert deployment.content_hashes() == eve.content_hashes()
    assert not list((deployment.home / "archive").rglob("*.pending"))


def crash_in_copy(server: PostgresServer, url: str) -> None:
    """Crash the server as soon as a client copies the slow view."""
    name = urlsplit(url).path[1:]
    copying = "select count(*) from pg_stat_activity where datname = %s and query like 'COPY%%generations%%' and wait_event = 'PgSleep'"
    with server.admin() as admin:
        while admin.execute(copying, [name]).fetchall() == [(0,)]:
            time.sleep(0.02)
    crash(server)


def change(url: str, *statements: str) -> None:
    with psycopg.connect(url, autocommit=True) as con:
        for statement in statements:
            con.execute(statement)
