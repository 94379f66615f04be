"""character_studio in a real PostgreSQL and in a file: the same rows reach the warehouse from both, and nothing personal.

Does not test: the simulated world (tests/unit/test_simulate_character_studio.py), loading in general (test_load_postgres.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import duckdb
import psycopg
import pytest

from expectations import run_suites
from expectations.suites import raw_suites
from orchestration.extract.catalog import catalog
from orchestration.extract.privacy import pseudonym
from simulator import simulate
from simulator.character_studio import TABLES
from tests.conftest import PostgresServer
from tests.loading import KEY, Home, table_load

SYSTEM = catalog()["character_studio"]
DAY, LATER = date(2025, 3, 20), date(2025, 3, 29)
SCALE = 0.6


@pytest.fixture(scope="module")
def source(postgres_server: PostgresServer) -> Iterator[str]:
    with postgres_server.new_database() as url:
        simulate("character_studio", url, scale=SCALE, until=DAY)
        # a server that lives elsewhere: its sessions tell timestamps in another zone
        with psycopg.connect(url, autocommit=True) as con:
            con.execute(
                "do $$ begin execute format('alter database %I set timezone = ''Asia/Kolkata''', current_database()); end $$"
            )
        yield url


@pytest.fixture(scope="module")
def homes(source: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Home, Home]]:
    """The same two nights, from PostgreSQL and from a file."""
    root = tmp_path_factory.mktemp("homes")
    file = f"duckdb://{root / 'demo.duckdb'}"
    simulate("character_studio", file, scale=SCALE, until=DAY)
    homes = Home(root / "postgres", source, SYSTEM), Home(root / "file", file, SYSTEM)
    for day in (DAY, LATER):
        for home in homes:
            simulate("character_studio", home.url, scale=SCALE, until=day)
            home.load(day)
    yield homes
    for home in homes:
        home.close()


def test_postgres_and_the_demo_file_load_to_the_same_rows(homes: tuple[Home, Home]) -> None:
    ours, demo = homes
    for name in SYSTEM.tables:
        query = f"select * from raw_character_studio.{name} order by all"
        assert ours.rows(query) == demo.rows(query), name
        assert ours.con.execute(query).description == demo.con.execute(query).description, name
        assert ours.one(f"select count(*) from raw_character_studio.{name}"), f"{name} is empty"
    for name in ("credit_transactions", "payments"):
        query = f"select * from deleted_character_studio.{name} order by all"
        assert ours.rows(query) == demo.rows(query), name
    assert ours.one("select count(*) from meta.quarantine") == 0


def test_what_landed_is_what_postgres_says(homes: tuple[Home, Home], source: str) -> None:
    """Row counts, times, and states that writers changed without a trace: a week has passed between the nights."""
    ours = homes[0]
    times = "count(*), max(created_at)"
    with psycopg.connect(source) as con:
        con.execute("set timezone = 'UTC'")
        for name, table in SYSTEM.tables.items():
            wanted = times if "created_at" in {c.name for c in table.columns} else "count(*)"
            as_utc = wanted.replace("created_at", "created_at at time zone 'UTC'") if "admin" not in name else wanted
            expected = con.execute(f"select {as_utc} from {name}").fetchall()
            assert ours.rows(f"select {wanted} from raw_character_studio.{name}") == expected, name
        jobs = con.execute("select status::text, count(*), sum(retry_count) from generation_jobs group by 1 order by 1")
        liked = con.execute("select count(nullif(liked, false)), count(deleted_at) from images").fetchall()
        assert ours.rows(
            "select status, count(*), sum(retry_count) from raw_character_studio.generation_jobs group by 1 order by 1"
        ) == jobs.fetchall()  # fmt: skip
        assert (
            ours.rows("select count(nullif(liked, false)), count(deleted_at) from raw_character_studio.images") == liked
        )


def test_no_expectation_fails(homes: tuple[Home, Home]) -> None:
    assert {name for name in raw_suites() if name.startswith("character_studio.")} == {
        table.full_name for table in SYSTEM.tables.values()
    }
    results = run_suites(homes[0].con, "raw", [SYSTEM.system])
    assert [(r.asset, r.check_name, r.message) for r in results if not r.success] == []


# one row each, that breaks at least the expectation named
PLANTED = [
    ("users", "role_is_known", "warning", {"role": "'emperor'"}),
    ("subscriptions", "tier_is_known", "warning", {"tier": "'ultra'"}),
    ("subscriptions", "period_ends_after_its_start", "critical",
     {"current_period_start": "'2025-03-02'", "current_period_end": "'2025-03-01'"}),
    ("credit_transactions", "use_is_negative", "critical", {"type": "'generation'", "amount": "40"}),
    ("credit_transactions", "what_comes_in_is_positive", "critical", {"type": "'purchase'", "amount": "-40"}),
    ("characters", "counters_are_numbers", "warning", {"post_count": "'many'"}),
    ("generation_jobs", "price_is_not_negative", "critical", {"credits_used": "-1"}),
    ("generation_jobs", "job_starts_after_its_creation", "warning",
     {"created_at": "'2025-03-02'", "started_at": "'2025-03-01'"}),
    ("images", "image_belongs_to_somebody", "critical", {"user_id": "null"}),
    ("lora_models", "cost_is_not_negative", "critical", {"training_cost": "-1"}),
    ("posts", "post_has_its_look", "critical", {"outfit": "null"}),
    ("funnel_sessions", "visit_has_a_session", "critical", {"session_id": "null"}),
    ("admin_audit_log", "action_is_known", "warning", {"action": "'dance'"}),
    ("payments", "amount_is_not_negative", "critical", {"amount": "-0.01"}),
    ("payments", "currency_is_the_home_currency", "warning", {"currency": "'EUR'"}),
    ("payments", "interval_is_known", "warning", {"interval": "'week'"}),
]  # fmt: skip


def test_a_planted_fault_is_found(homes: tuple[Home, Home]) -> None:
    con = homes[0].con
    con.execute("begin")
    for table, _, _, row in PLANTED:
        changes = ", ".join(f"{value} as {column}" for column, value in row.items())
        some = f"select * replace ({changes}) from raw_character_studio.{table} limit 1"
        con.execute(f"insert into raw_character_studio.{table} {some}")
    found = {(r.asset, r.check_name): r for r in run_suites(con, "raw", [SYSTEM.system]) if not r.success}
    con.execute("rollback")
    for table, check, severity, _ in PLANTED:
        result = found[f"character_studio.{table}", check]
        assert (result.severity, result.failing_rows) == (severity, 1), check


def test_a_second_load_of_the_same_day_changes_nothing(homes: tuple[Home, Home]) -> None:
    again = homes[0].load(LATER)
    assert [(t.table, t.touched) for t in again.tables if t.touched] == []


def test_personal_data_stays_behind_and_people_are_still_joined(homes: tuple[Home, Home], source: str) -> None:
    """Every value of every column that is dropped or hashed, looked for in every text of the warehouse."""
    ours, personal = homes[0], set()
    with psycopg.connect(source) as con:
        for name, table in SYSTEM.tables.items():
            landed = {c.source_column for c in table.columns if c.rule == "keep" and c.expr is None}
            hidden = {c.source_column for c in table.columns} - landed
            for column in hidden - {"input", "config", "browser_metadata", "details"}:
                found = con.execute(f"select distinct {column}::text from {name} where {column} is not null").fetchall()
                personal |= {value for (value,) in found if len(value) > 3}
        emails = {pseudonym(KEY, SYSTEM.system, "email", e) for (e,) in con.execute("select email from users")}
    assert len(personal) > 1000
    for name in SYSTEM.tables:
        texts = ours.con.execute(
            "select column_name from duckdb_columns() where schema_name = 'raw_character_studio' and table_name = ?"
            " and data_type = 'VARCHAR'", [name],
        ).fetchall()  # fmt: skip
        for (column,) in texts:
            found = {v for (v,) in ours.rows(f'select distinct "{column}" from raw_character_studio.{name}')}
            assert not found & personal, (name, column)
    ours.con.execute("checkpoint")
    for file in (ours.root / "warehouse.duckdb", *ours.archive.root.glob("*/*/*.parquet")):
        content = file.read_bytes().lower()
        assert b"example.com" not in content and b"in private" not in content and b"$2b$" not in content, file
    assert {row[0] for row in ours.rows("select email_hash from raw_character_studio.users")} == emails
    joined = (
        "select count(*) from raw_character_studio.funnel_sessions join raw_character_studio.users using (email_hash)"
    )
    assert int(str(ours.one(joined))) > 0
    with duckdb.connect(str(ours.root / "restricted" / "character_studio.duckdb"), read_only=True) as con:
        assert con.execute("select count(*) from admin_users where name like 'Team %'").fetchall() == [(5,)]


def test_postgres_has_the_types_and_keys_of_the_real_system(source: str) -> None:
    query = """
        select c.relname || '.' || a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull from pg_attribute a
        join pg_class c on c.oid = a.attrelid
        where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and a.attnum > 0
    """
    with psycopg.connect(source) as con:
        types = {column: (kind, required) for column, kind, required in con.execute(query)}
        assert {column.split(".")[0] for column in types} == {table.name for table in TABLES}
        for column, kind, required in (
            ("users.role", "role", False),
            ("users.public_name", "text", True),
            ("users.country_code", "character(2)", False),
            ("subscriptions.tier", "subscription_tier", False),
            ("generation_jobs.type", "job_type", True),
            ("generation_jobs.updated_at", "timestamp without time zone", False),
            ("characters.post_count", "text", False),
            ("posts.scene", "scene_preset", True),
            ("payments.amount", "numeric(12,2)", False),
            ("admin_audit_log.action", "character varying(100)", False),
            ("admin_audit_log.created_at", "timestamp with time zone", False),
        ):
            assert types[column] == (kind, required), column
        for table, column in (("users", "email"), ("user_credits", "user_id"), ("funnel_sessions", "session_id")):
            with pytest.raises(psycopg.errors.UniqueViolation), con.transaction():
                con.execute(f"update {table} set {column} = (select {column} from {table} order by id limit 1)")


def test_a_week_later_all_jobs_are_read_again(homes: tuple[Home, Home]) -> None:
    """Runs last: it carries the file on by a night on which nothing is due, and by one on which the comparison is."""
    demo = homes[1]
    forgotten = "update public.generation_jobs set error = 'CUDA out of memory' where created_at < '2025-03-01'"
    with duckdb.connect(demo.url.removeprefix("duckdb://")) as con:
        con.execute(forgotten)
    for days, expected in ((1, 0), (7, 1)):
        day = LATER + timedelta(days=days)
        load = table_load(demo.load(day), "generation_jobs")
        assert (load.changed > 0, load.deleted) == (expected > 0, 0)
