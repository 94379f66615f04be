"""Rows that a source commits behind the cursor: their transaction was open while the load ran.

Two real sessions. Inside `reread` the next load finds them, before it the next comparison of keys does.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import psycopg
import pytest

import simulator
from orchestration.extract.catalog import System, catalog
from tests.conftest import PostgresServer
from tests.loading import Home, table_load

DAY = date(2025, 1, 15)


def system_with_changes() -> System:
    """Photobooth, with its contracts read by their cursor: none of its own tables is."""
    whole = catalog()["photobooth"]
    cursor = {"load": "changes", "event_time": "created_at", "cursor": "updated_at", "reread": timedelta(days=2)}
    contracts = whole.tables["partner_contracts"].model_copy(update={**cursor, "compare": "weekly"})
    return whole.model_copy(update={"tables": {**whole.tables, "partner_contracts": contracts}})


@pytest.fixture
def home(postgres_server: PostgresServer, tmp_path: Path) -> Iterator[Home]:
    with postgres_server.new_database() as url:
        simulator.simulate("photobooth", url, scale=0.1, until=DAY)
        home = Home(tmp_path / "home", url, system_with_changes())
        yield home
        home.close()


INSERT = {
    "generations": "insert into generations (id, created_at) values (gen_random_uuid(), %s)",
    "wallet_transactions": "insert into wallet_transactions (id, partner_id, amount, type, created_at)"
    " select gen_random_uuid(), id, 5, 'purchase', %s from partners limit 1",
    "partner_contracts": "insert into partner_contracts (id, partner_id, monthly_value, currency, starts_on, status, created_at,"
    " updated_at) select gen_random_uuid(), id, 5, 'ARS', '2025-01-01', 'active', '2025-01-02', %s from partners limit 1",
}


@pytest.mark.parametrize(
    ("table", "nights_until_compared"), [("generations", 1), ("wallet_transactions", 7), ("partner_contracts", 7)]
)
def test_a_row_committed_late_behind_the_cursor_is_found(home: Home, table: str, nights_until_compared: int) -> None:
    with psycopg.connect(home.url) as slow, psycopg.connect(home.url, autocommit=True) as quick:
        slow.execute(INSERT[table], ["2025-01-15 12:00:00+00"])  # inside `reread`, which is 2 days
        slow.execute(INSERT[table], ["2024-12-01 12:00:00+00"])
        quick.execute(INSERT[table], ["2025-01-15 23:59:59+00"])  # the cursor passes both of them
        assert table_load(home.load(DAY), table).total == total(quick, table)
        slow.commit()
        found = [table_load(home.load(DAY + timedelta(days=n)), table).new for n in range(1, nights_until_compared + 1)]
        expected = [1] + [0] * (nights_until_compared - 1)
        expected[-1] += 1
        assert found == expected
        assert home.one(f"select count(*) from raw_photobooth.{table}") == total(quick, table)


def test_an_update_committed_late_behind_the_cursor_is_found(home: Home) -> None:
    with psycopg.connect(home.url) as slow, psycopg.connect(home.url, autocommit=True) as quick:
        ids = quick.execute("select id from partner_contracts order by id limit 2").fetchall()
        update = "update partner_contracts set monthly_value = 77.5, updated_at = %s where id = %s"
        slow.execute(update, ["2025-01-15 12:00:00+00", *ids[0]])
        quick.execute(update, ["2025-01-15 23:59:59+00", *ids[1]])
        home.load(DAY)
        raw = "select id from raw_photobooth.partner_contracts where monthly_value = 77.5 order by id"
        assert home.rows(raw) == [ids[1]]
        slow.commit()
        assert table_load(home.load(DAY + timedelta(days=1)), "partner_contracts").changed == 1
        assert home.rows(raw) == ids


def total(con: psycopg.Connection, table: str) -> int:
    row = con.execute(f"select count(*) from {table} where created_at < '2025-01-16'").fetchone()
    assert row is not None
    return row[0]
