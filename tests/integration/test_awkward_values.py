"""Values that no product should have written, in a real PostgreSQL of each system: kept as they are, typed, or set aside with a
reason; every other row arrives.

photobooth has tests of its own (test_load_postgres.py). What models make of a kind that nobody knows is in dbt's unit tests.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import psycopg
import pytest

import simulator
from orchestration.extract.catalog import catalog
from tests.conftest import PostgresServer
from tests.loading import Home

DAY = date(2025, 2, 14)


@dataclass(frozen=True)
class Awkward:
    """What is done to a system's rows, which tables must set how many of them aside and why, and what must have arrived."""

    system: str
    changes: tuple[str, ...]
    set_aside: dict[tuple[str, str], int]
    arrived: dict[str, object]


def one(table: str, column: str, value: str, which: str = "min") -> str:
    """Give a row of a table, its first or its last, another value."""
    return f"update {table} set {column} = {value} where ctid = (select {which}(ctid) from {table})"


CASES = [
    Awkward(
        "marketing_engine",
        (
            one("api_usage", "total_cost", "'NaN'", "max"),
            one("subscription_payments", "paid_at", "'9999-12-31 23:59:59+00'", "max"),
            one("subscription_payments", "created_at", "'infinity'"),
            one("api_usage", "service_type", "'telepathy'"),
            one("campaigns", "name", "repeat('é', 2500000)"),
            one("user_subscriptions", "billing_period_end", "'9999-12-31 23:59:59+00'"),
        ),
        {
            ("api_usage", "NaN is not a DECIMAL(12,6) to the last digit"): 1,
            ("subscription_payments", "a time that is infinite"): 1,
            ("subscription_payments", "a time after the year 2199"): 1,
        },
        {
            "select count(*) from api_usage where service_type = 'telepathy'": 1,
            "select max(strlen(name)) from campaigns": 5_000_000,
            "select max(billing_period_end)::varchar from user_subscriptions": "9999-12-31 23:59:59+00",
        },
    ),
    Awkward(
        "character_studio",
        (
            one("subscriptions", "current_period_end", "'infinity'"),
            one("characters", "config", "'[1, 2]'"),
            one("generation_jobs", "input", "jsonb_build_object('scene', repeat('x', 5000000))"),
            one("generation_jobs", "started_at", "'9999-12-31 00:00:00'"),
        ),
        {("subscriptions", "a time that is infinite"): 1},
        {
            "select count(*) from characters where style is null": 1,
            "select max(length(scene)) from generation_jobs": 5_000_000,
            "select max(started_at)::varchar from generation_jobs": "9999-12-31 00:00:00+00",
        },
    ),
    Awkward(
        "custom_gpt",
        (
            one("training_sessions", "compute_cost", "'NaN'"),
            one("conversations", "messages", '\'{"role": "user"}\''),
            one("usage_records", "created_at", "'-infinity'", "max"),
            one("usage_records", "created_at", "'9999-12-31 23:59:59+00'"),
        ),
        {
            ("training_sessions", "NaN is not a DECIMAL(18,6) to the last digit"): 1,
            ("usage_records", "a time that is infinite"): 1,
            ("usage_records", "a time after the year 2199"): 1,
        },
        {"select count(*) from conversations where message_count is null": 1},
    ),
    Awkward(
        "media_vault",
        (
            one("user_activity_logs", "details", '\'{"count": "many"}\''),
            one("user_activity_logs", "user_id", "'nobody'", "max"),
            one("user_activity_logs", "action", "'levitated'", "max"),
            one("credit_transactions", "created_at", "'infinity'"),
        ),
        {("credit_transactions", "a time that is infinite"): 1},
        {
            "select action from user_activity_logs where user_id = 'nobody'": "levitated",
            "select count(*) from user_activity_logs where item_count = 'many'": 1,
        },
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.system)
def test_awkward_values_are_kept_or_set_aside_and_nothing_else_is_lost(
    case: Awkward, postgres_server: PostgresServer, tmp_path: Path
) -> None:
    system = catalog()[case.system]
    with postgres_server.new_database() as url:
        simulator.simulate(case.system, url, scale=0.3, until=DAY)
        with psycopg.connect(url, autocommit=True) as con:
            for statement in case.changes:
                assert con.execute(statement.encode()).rowcount == 1, statement
        home = Home(tmp_path / "home", url, system)
        load = home.load(DAY)
        found = home.rows("select table_name, reason, count(*) from meta.quarantine group by all")
        assert {(table, reason): count for table, reason, count in found} == case.set_aside
        assert {t.table: t.quarantined for t in load.tables if t.quarantined} == {
            table: sum(n for (of, _), n in case.set_aside.items() if of == table) for table, _ in case.set_aside
        }
        home.con.execute(f"use warehouse.raw_{case.system}")
        assert {query: home.one(query) for query in case.arrived} == case.arrived
        home.close()
