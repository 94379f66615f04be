"""marketing_engine in a real PostgreSQL and in a DuckDB file: the same rows, types of the source, and no person in the warehouse."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import duckdb
import psycopg
import pytest

from expectations import run_suites
from orchestration.extract.catalog import catalog
from orchestration.extract.privacy import pseudonym
from simulator import simulate
from tests.conftest import PostgresServer
from tests.loading import KEY, Home, table_load

SYSTEM = catalog()["marketing_engine"]
SCALE = 2
DAY = date(2024, 12, 28)
NEXT = DAY + timedelta(days=3)


@pytest.fixture(scope="module")
def source(postgres_server: PostgresServer) -> Iterator[str]:
    with postgres_server.new_database() as url:
        simulate(SYSTEM.system, url, scale=SCALE, until=DAY)
        yield url


@pytest.fixture(scope="module")
def homes(source: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Home, Home]]:
    """Two warehouses: one read from PostgreSQL, one from a file of the same world; a load, three days, and a load."""
    folder = tmp_path_factory.mktemp("homes")
    file = f"duckdb://{folder / 'demo.duckdb'}"
    simulate(SYSTEM.system, file, scale=SCALE, until=DAY)
    pair = (Home(folder / "postgres", source, SYSTEM), Home(folder / "file", file, SYSTEM))
    for home in pair:
        home.load(DAY)
        simulate(SYSTEM.system, home.url, scale=SCALE, until=NEXT)
        home.load(NEXT)
    yield pair
    for home in pair:
        home.close()


def test_postgres_and_the_demo_file_load_to_the_same_rows(homes: tuple[Home, Home]) -> None:
    postgres, demo = homes
    for name in SYSTEM.tables:
        query = f"select * from raw_marketing_engine.{name} order by all"
        rows = postgres.rows(query)
        assert rows == demo.rows(query), name
        assert rows, f"{name} is empty, so the comparison proves nothing"
        assert postgres.con.execute(query).description == demo.con.execute(query).description, name


def test_what_landed_after_two_loads_is_what_postgres_says(homes: tuple[Home, Home], source: str) -> None:
    """Also what changed without a timestamp within `reread`; nothing was set aside. The rest waits for the comparison."""
    home = homes[0]
    assert home.rows("select * from meta.quarantine") == []
    with psycopg.connect(source) as con:
        for name, table in SYSTEM.tables.items():
            there = con.execute(f"select count(*) from {table.source}").fetchone()
            if table.compare != "weekly":
                assert home.rows(f"select count(*) from raw_marketing_engine.{name}") == [there], name
        asked = "select sum(total_cost), count(user_rating), count(distinct request_id) from {}"
        expected = [con.execute(asked.format("api_usage")).fetchone()]
        emails = {pseudonym(KEY, SYSTEM.system, "email", e) for (e,) in con.execute("select email from auth.users")}
    assert home.rows(asked.format("raw_marketing_engine.api_usage")) == expected
    assert {h for (h,) in home.rows("select email_hash from raw_marketing_engine.users")} == emails


def test_the_source_has_the_types_and_keys_of_the_product(source: str) -> None:
    with psycopg.connect(source) as con:
        found = con.execute("""
            select n.nspname || '.' || c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull
            from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
            where n.nspname in ('auth', 'public') and c.relkind = 'r' and a.attnum > 0
        """).fetchall()
        types = {(table, column): (kind, required) for table, column, kind, required in found}
        assert {table for table, _ in types} == {table.source for table in SYSTEM.tables.values()}
        for table, column, kind, required in (
            ("auth.users", "id", "uuid", True),
            ("public.api_usage", "total_cost", "numeric(12,6)", True),
            ("public.api_usage", "video_seconds", "numeric(10,2)", False),
            ("public.api_usage", "ip_address", "inet", False),
            ("public.api_usage", "country_code", "character varying(2)", False),
            ("public.api_usage", "user_rating", "smallint", False),
            ("public.campaigns", "tags", "text[]", False),
            ("public.media_plans", "name", "character varying", False),
            ("public.media_plan_platforms", "calculated_cpl", "numeric", False),
            ("public.subscription_payments", "currency", "character(3)", False),
            ("public.usage_aggregations", "total_input_tokens", "bigint", False),
        ):
            assert types[table, column] == (kind, required), (table, column)
        asked = "select count(*) from pg_constraint where contype = 'u' and connamespace::regnamespace::text in ('auth', 'public')"
        unique = con.execute(asked).fetchall()
        assert unique == [(5,)]


def test_a_second_load_of_the_same_day_changes_nothing(homes: tuple[Home, Home]) -> None:
    again = homes[0].load(NEXT)
    assert [(t.table, t.touched) for t in again.tables if t.touched] == []
    assert table_load(again, "users").read > 20


def test_no_expectation_fails_and_every_one_can_be_asked(homes: tuple[Home, Home]) -> None:
    results = run_suites(homes[0].con, "raw", [SYSTEM.system])
    assert [r.message for r in results if not r.success] == []
    assert {r.asset for r in results} == {t.full_name for t in SYSTEM.tables.values()}


def test_personal_data_stays_in_the_source(homes: tuple[Home, Home], source: str, tmp_path: Path) -> None:
    """One canary in every column that holds a person; it lands nowhere, whole or as part of another value."""
    with psycopg.connect(source, autocommit=True) as con:
        personal = {
            "auth.users": ("email", "raw_user_meta_data"),
            "api_usage": (
                "request_data",
                "response_data",
                "error_message",
                "user_agent",
                "referrer",
                "city",
                "endpoint",
            ),
            "user_subscriptions": ("stripe_customer_id", "stripe_subscription_id"),
            "usage_alerts": ("message", "metadata"),
            "campaigns": ("description", "settings"),
            "activity_logs": ("details", "user_agent"),
            "media_plans": ("name", "description"),
            "user_sessions": ("user_agent", "referrer", "landing_page", "exit_page"),
            "frontend_metrics": ("page_url",),
            "user_feedback": ("feedback_text",),
        }
        document = {"raw_user_meta_data", "request_data", "response_data", "metadata", "settings", "details"}
        web = {"referrer", "endpoint", "landing_page", "exit_page", "page_url"}
        for table, columns in personal.items():
            for column in columns:
                value = "'canary ' || id"
                value = """('{"who": "canary"}')::jsonb""" if column in document else value
                value = "'https://example.com/page?who=canary@example.com'" if column in web else value
                con.execute(f"update {table} set {column} = {value}")
        con.execute("update api_usage set ip_address = '203.0.113.251'")
        con.execute("update user_sessions set ip_address = '203.0.113.251'")
    home = Home(tmp_path / "home", source, SYSTEM)
    home.load(NEXT)
    home.con.execute("checkpoint")
    for file in (home.root / "warehouse.duckdb", *home.archive.root.glob("*/*/*.parquet")):
        text = file.read_bytes().lower()
        assert b"canary" not in text and b"203.0.113" not in text, file
    for schema in ("raw_marketing_engine", "archive_marketing_engine"):  # Parquet is compressed: look at the values too
        for name in SYSTEM.tables:
            found = home.one(f"select count(*) from {schema}.{name} t where contains(lower(t::varchar), 'canary')")
            assert found == 0, (schema, name)
    assert home.one("select count(email_hash) from raw_marketing_engine.users") > 20
    assert not (home.root / "restricted").exists()
    home.close()


def test_a_source_of_the_bare_product_is_read_too(homes: tuple[Home, Home], tmp_path: Path) -> None:
    """Without the tables and columns that are planned: they are empty here, with their types."""
    path = tmp_path / "bare.duckdb"
    simulate(SYSTEM.system, str(path), scale=SCALE, until=date(2024, 11, 10))
    optional = [table.name for table in SYSTEM.tables.values() if table.optional]
    planned = [c.source_column for c in SYSTEM.tables["api_usage"].columns if c.optional] + ["city", "browser_version"]
    with duckdb.connect(str(path)) as con:
        for name in optional:
            con.execute(f"drop table public.{name}")
        for column in planned:
            con.execute(f"alter table public.api_usage drop column {column}")
    home = Home(tmp_path / "home", f"duckdb://{path}", SYSTEM)
    assert home.load(date(2024, 11, 10)).absent == optional
    counted = "select count(*), count(agent_device), count(user_rating), count(country_code) from raw_marketing_engine.api_usage"
    calls, devices, *lacking = home.rows(counted)[0]
    assert calls == devices > 0 and lacking == [0, 0]
    assert home.one("select count(*) from raw_marketing_engine.user_sessions") == 0
    assert [r.message for r in run_suites(home.con, "raw", [SYSTEM.system]) if not r.success] == []
    home.close()
