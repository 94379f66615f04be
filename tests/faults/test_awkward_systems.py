"""Each system alone, as bare as a deployment may be, in a PostgreSQL that checks no encoding, with rows that no product should write.

Two nights: what a gate must stop stops the first one with a clear message; then the second one publishes, and every other awkward
value has ended as itself, as a warning, or set aside with its reason. photobooth's are in tests/integration/test_load_postgres.py.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
import psycopg
import pytest

import simulator
from orchestration.extract.catalog import System, catalog
from orchestration.graph import idle
from orchestration.publish.verify import verify
from tests.conftest import PostgresServer
from tests.e2e.conftest import WarmDeployment, forget_history
from tests.faults.conftest import night_after
from tests.parsed import parsed
from tests.warm import Warm

DAY = date(2024, 11, 25)
CLOCK = night_after(DAY)["MARTLET_NOW"]
SCALE = 2  # more than a hundred rows in what grows: of those one may be set aside

NOBODY = "00000000-0000-4000-8000-000000000000"
BAD_TEXT = r"E'caf\xe9'"
LONG_TEXT = "repeat('x', 5000000)"
NO_UTF8, INFINITE = "text that is not valid UTF-8", "a time that is infinite"
TOO_LATE = "a time after the year 2199"


@dataclass(frozen=True)
class Awkward:
    """What is done to a system's rows, and where each of it ends.

    `planted` and `stopping` are (table, column, value), each of another row; `stopping` names also the value that mends the row
    and how many rows the message counts. `more` is further SQL that comes first. `set_aside` are tables with columns and reasons, `warned`
    tables with checks, `typed` queries on raw tables with their answers.
    """

    system: str
    planted: tuple[tuple[str, str, str], ...]
    stopping: tuple[tuple[str, str, str, str, str], ...]
    set_aside: set[tuple[str, str, str]]
    warned: set[tuple[str, str]]
    typed: dict[str, object]
    more: str = "select"


CASES = [
    Awkward(
        "marketing_engine",
        planted=(
            ("api_usage", "service_type", "'telepathy'"),
            ("api_usage", "user_id", f"'{NOBODY}'"),
            ("api_usage", "model", BAD_TEXT),
            ("api_usage", "total_cost", "'NaN'"),
            ("api_usage", "created_at", "'9999-12-31 23:59:59+00'"),
            ("activity_logs", "created_at", "'infinity'"),
            ("user_subscriptions", "plan_type", "'platinum'"),
            ("user_subscriptions", "billing_period_end", "'9999-12-31 23:59:59+00'"),
            ("campaigns", "tags", "array['été', null]"),
            ("campaigns", "name", LONG_TEXT),
        ),
        stopping=(
            ("campaigns", "total_cost", "'NaN'", "0", "1 row"),
            ("usage_aggregations", "total_cost", "-1", "0", "1 row"),
        ),
        set_aside={
            ("api_usage", "model", NO_UTF8),
            ("api_usage", "total_cost", "NaN is not a DECIMAL(12,6) to the last digit"),
            ("api_usage", "created_at", TOO_LATE),
            ("activity_logs", "created_at", INFINITE),
        },
        warned={("api_usage", "service_type_is_known"), ("user_subscriptions", "plan_type_is_known")},
        typed={
            "select count(*) from api_usage where service_type = 'telepathy'": 1,
            f"select count(*) from facts.fct_generations where user_key = 'marketing_engine:{NOBODY}'": 1,
            "select max(length(campaign_name)) from facts.dim_campaign": 5_000_000,
            "select max(billing_period_end)::varchar from user_subscriptions": "9999-12-31 23:59:59+00",
            "select list(tags) from campaigns where list_contains(tags, 'été')": [["été", None]],
        },
    ),
    Awkward(
        "character_studio",
        more="alter type job_type add value 'telepathy'",
        planted=(
            ("generation_jobs", "type", "'telepathy'"),
            ("generation_jobs", "user_id", f"'{NOBODY}'"),
            ("generation_jobs", "input", f"jsonb_build_object('scene', {LONG_TEXT})"),
            ("generation_jobs", "input", "'[1, 2]'"),
            ("generation_jobs", "started_at", "'9999-12-31 00:00:00'"),
            ("generation_jobs", "completed_at", "'infinity'"),
            ("images", "outfit", BAD_TEXT),
            ("images", "created_at", "'9999-12-31 00:00:00'"),
            ("characters", "config", "'\"none\"'"),
            ("characters", "post_count", "'many'"),
        ),
        stopping=(
            ("credit_transactions", "created_at", "'infinity'", "'2024-11-20'", "1 row"),
            ("admin_users", "name", BAD_TEXT, "'Somebody'", "1 row"),
        ),
        set_aside={
            ("generation_jobs", "completed_at", INFINITE),
            ("images", "outfit", NO_UTF8),
            ("images", "created_at", TOO_LATE),
        },
        warned={("generation_jobs", "type_is_known"), ("characters", "counters_are_numbers")},
        typed={
            "select count(*) from generation_jobs where type = 'telepathy'": 1,
            f"select count(*) from facts.fct_generations where user_key = 'character_studio:{NOBODY}'": 1,
            "select max(length(scene)) from generation_jobs": 5_000_000,
            "select max(started_at)::varchar from generation_jobs": "9999-12-31 00:00:00+00",
            "select count(*) from characters where style is null": 1,
            "select count(*) from characters where post_count = 'many'": 1,
        },
    ),
    Awkward(
        "custom_gpt",
        # messages that are no list, and a conversation of 5 MB, both of somebody who is not there; and an invoice
        more="insert into conversations (id, user_id, messages, created_at) values"
        """ (1, 'nobody', '{"role": "user"}', '2024-11-20'), (2, 'nobody', jsonb_build_array(jsonb_build_object("""
        f"'role', 'user', 'content', {LONG_TEXT})), '2024-11-20');"
        " insert into billing_invoices (id, user_id, amount_cents, currency, status, created_at, paid_at)"
        " select 1, min(id), 1999, 'USD', 'paid', timestamp '2024-11-20', timestamp '2024-11-20' from users",
        planted=(
            ("usage_records", "operation_type", "'telepathy'"),
            ("usage_records", "user_id", "'nobody'"),
            ("usage_records", "created_at", "'9999-12-31 23:59:59'"),
            ("subscriptions", "tier", "'platinum'"),
            ("subscriptions", "monthly_training_hours_limit", "'NaN'"),
            ("subscriptions", "stripe_customer_id", LONG_TEXT),
            ("users", "last_login_at", "'9999-12-31 23:59:59'"),
        ),
        stopping=(
            ("usage_records", "compute_time_seconds", "'NaN'", "1", "1 row"),
            ("usage_records", "created_at", "'infinity'", "'2024-11-20'", "2 rows"),
            ("subscriptions", "monthly_training_hours_used", "'Infinity'", "1", "1 row"),
            ("subscriptions", "status", BAD_TEXT, "'active'", "1 row"),
            ("billing_invoices", "paid_at", "'9999-12-31 23:59:59'", "'2024-11-20'", "1 row"),
            ("users", "created_at", "'9999-12-31 23:59:59'", "'2024-11-20'", "1 row"),
        ),
        set_aside={("usage_records", "created_at", TOO_LATE)},
        warned={
            ("usage_records", "operation_type_is_known"),
            ("subscriptions", "tier_is_known"),
            ("subscriptions", "limit_is_unlimited_or_positive"),
            ("conversations", "conversation_has_messages"),
        },
        typed={
            "select count(*) from usage_records where operation_type = 'telepathy'": 1,
            "select count(*) from facts.fct_generations where user_key = 'custom_gpt:nobody'": 1,
            "select list(message_count order by id) from conversations": [None, 1],
            "select sum(amount)::varchar from facts.fct_payments where reporting_date = '2024-11-20'": "19.99",
            "select count(*) from subscriptions where isnan(monthly_training_hours_limit)": 1,
            "select max(last_login_at)::varchar from users": "9999-12-31 23:59:59+00",
        },
    ),
    Awkward(
        "media_vault",
        planted=(
            ("user_activity_logs", "action", "'levitated'"),
            ("user_activity_logs", "user_id", "'nobody'"),
            ("user_activity_logs", "session_id", LONG_TEXT),
            ("user_activity_logs", "details", """'{"count": "many"}'"""),
            ("user_activity_logs", "details", "'[1, 2]'"),
            ("user_activity_logs", "details", f"jsonb_build_object('theme', {BAD_TEXT})"),
            ("user_activity_logs", "created_at", "'9999-12-31 23:59:59'"),
            ("content_sessions", "subreddits", f"array[{BAD_TEXT}, 'b']"),
            ("user_credits", "next_refresh_at", "'9999-12-31 23:59:59'"),
        ),
        stopping=(
            ("credit_transactions", "created_at", "'infinity'", "'2024-11-20'", "1 row"),
            ("users", "role", BAD_TEXT, "'user'", "1 row"),
        ),
        set_aside={
            ("user_activity_logs", "theme", NO_UTF8),
            ("user_activity_logs", "created_at", TOO_LATE),
        },
        warned={("user_activity_logs", "action_is_known"), ("user_activity_logs", "count_is_a_number")},
        typed={
            "select count(*) from user_activity_logs where action = 'levitated'": 1,
            "select count(*) from facts.fct_activity where user_key = 'media_vault:nobody'": 1,
            "select count(*) from user_activity_logs where item_count = 'many'": 1,
            "select max(length(session_id)) from user_activity_logs": 5_000_000,
            "select max(next_refresh_at)::varchar from user_credits": "9999-12-31 23:59:59+00",
        },
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.system)
def test_a_bare_system_alone_is_published_and_each_awkward_row_ends_as_it_should(
    case: Awkward, postgres_server: PostgresServer, warm: Warm, tmp_path: Path
) -> None:
    system = catalog()[case.system]
    with postgres_server.new_database(encoding="SQL_ASCII") as url:
        simulator.simulate(case.system, url, scale=SCALE, until=DAY)
        change(url, *bare(system), case.more, *plant([*case.planted, *(row[:3] for row in case.stopping)]))
        deployment = WarmDeployment(tmp_path / "home", urls={case.system: url}, warm=warm, clock=CLOCK)
        forget_history(deployment)
        deployment.give_parse()
        stopped = deployment.martlet("nightly")
        assert stopped.returncode == 3, stopped.stdout + stopped.stderr
        for table, column, _, _, rows in case.stopping:
            assert f"{case.system}.{table}: column {column}: {rows} " in stopped.stderr
        assert not (deployment.exports / "latest").exists()
        mended = [(table, column, good) for table, column, _, good, _ in case.stopping]
        change(url, *plant([*case.planted, *mended])[len(case.planted) :])
        done = deployment.martlet("nightly")
        assert done.returncode == 0, done.stdout + done.stderr
        every_row_is_there_or_set_aside(deployment, case, url)
    only_this_system_is_published(deployment, case.system)


def bare(system: System) -> list[str]:
    """Take away every table and column that a deployment may lack."""
    tables = system.tables.values()
    gone = [f"drop table {table.source}" for table in tables if table.optional]
    lacking = {(t.source, c.source_column) for t in tables if not t.optional for c in t.columns if c.optional}
    return [*gone, *(f'alter table {table} drop column "{column}"' for table, column in sorted(lacking))]


def plant(rows: list[tuple[str, str, str]]) -> list[str]:
    """Give rows of tables, each another one from the newest on, a value."""
    statements = []
    for number, (table, column, value) in enumerate(rows):
        key = "user_id" if table == "user_credits" else "id"
        nth = sum(other[0] == table for other in rows[:number])
        row = f"(select ctid from {table} order by {key} desc offset {nth} limit 1)"
        statements.append(f"update {table} set {column} = {value} where ctid = {row}")
    return statements


def change(url: str, *statements: str) -> None:
    with psycopg.connect(url, autocommit=True, client_encoding="SQL_ASCII") as con:
        for statement in statements:
            done = con.execute(statement.encode())
            assert not statement.startswith("update") or done.rowcount == 1, statement


def every_row_is_there_or_set_aside(deployment: WarmDeployment, case: Awkward, url: str) -> None:
    with duckdb.connect(str(deployment.home / "warehouse.duckdb"), read_only=True) as con:
        con.execute(f"set TimeZone = 'UTC'; set schema = 'raw_{case.system}'")
        newest = "load_id = (select max(load_id) from meta.loads)"
        aside = con.execute(f"select table_name, column_name, reason from meta.quarantine where {newest}").fetchall()
        assert len(aside) == len(case.set_aside) and set(aside) == case.set_aside
        assert {query: con.execute(query).fetchall()[0][0] for query in case.typed} == case.typed
        failed = con.execute(
            "select split_part(asset, '.', 2), check_name from meta.gate_records"
            " where not success and build_id = (select build_id from meta.build)"
        ).fetchall()
        assert case.warned <= set(failed)
        with psycopg.connect(url, client_encoding="SQL_ASCII") as source:
            for name, table in catalog()[case.system].tables.items():
                there = (
                    0
                    if table.optional
                    else source.execute(f"select count(*) from {table.source}".encode()).fetchone()[0]
                )
                (kept,) = con.execute(f"select count(*) from {name}").fetchone()
                assert kept + sum(row[0] == name for row in aside) == there, name


def only_this_system_is_published(deployment: WarmDeployment, system: str) -> None:
    """What only others feed is there and empty; where there is no value there is a reason."""
    assert verify(deployment.exports.parent) == []
    unfed = {name.rpartition(".")[2] for name in idle(json.loads(parsed().dbt_graph.read_text()), [system])}
    marts = deployment.manifest()["marts"]
    assert unfed & set(marts)
    for name, mart in marts.items():
        assert not (mart["rows"] and name in unfed), name
        if "platform" in {column["name"] for column in mart["columns"]}:
            assert set(deployment.mart(name).project("platform").distinct().fetchall()) <= {(system,)}, name
    values = "count(value) > 0, count(*) filter ((value is null) = (null_reason is null))"
    assert deployment.mart("mart_kpi_scorecard").aggregate(values).fetchall() == [(True, 0)]
