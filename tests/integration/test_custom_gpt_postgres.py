"""custom_gpt from a real PostgreSQL and from the demo file: the same raw rows, no failed check, nobody's name."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from urllib.parse import urlsplit

import duckdb
import psycopg
import pytest

from expectations import run_suites
from orchestration.extract.catalog import catalog
from orchestration.extract.privacy import pseudonym
from simulator import simulate
from simulator.custom_gpt.schema import TABLES
from tests.conftest import PostgresServer
from tests.loading import KEY, Home, table_load

SYSTEM = "custom_gpt"
SCALE = 0.15
FIRST, DAY, NEXT = dt.date(2025, 1, 31), dt.date(2026, 11, 12), dt.date(2026, 11, 20)
PLANNED = {  # columns that a deployment may lack
    table.name: [c.name for c in table.columns if c.optional] for table in catalog()[SYSTEM].tables.values()
}


@pytest.fixture(scope="module")
def urls(postgres_server: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The same world twice. The server's clock is far from UTC: times without a zone are UTC nevertheless."""
    with postgres_server.new_database() as server:
        name = urlsplit(server).path[1:]
        with postgres_server.admin() as admin:
            admin.execute(f"alter database {name} set timezone to 'Asia/Kolkata'")
        file = f"duckdb://{tmp_path_factory.mktemp('demo') / 'demo.duckdb'}"
        for url in (server, file):
            simulate(SYSTEM, url, scale=SCALE, until=DAY)
        yield {"postgres": server, "file": file}


@pytest.fixture(scope="module")
def homes(urls: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Home]]:
    """Both loaded twice: at DAY, and eight days later, when accounts and models went and rows came late."""
    found = {}
    for kind, url in urls.items():
        home = found[kind] = Home(tmp_path_factory.mktemp("home") / kind, url, catalog()[SYSTEM])
        home.load(DAY)
        simulate(SYSTEM, url, scale=SCALE, until=NEXT)
        home.load(NEXT)
    yield found
    for home in found.values():
        home.close()


def test_postgres_has_the_types_of_the_product(urls: dict[str, str]) -> None:
    with psycopg.connect(urls["postgres"]) as con:
        found = con.execute("""
            select c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.atthasdef
            from pg_attribute a join pg_class c on c.oid = a.attrelid
            where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and a.attnum > 0
        """).fetchall()
        types = {(table, column): tuple(rest) for table, column, *rest in found}
        assert {table for table, _ in types} == {table.name for table in TABLES}
        assert types["users", "id"] == ("character varying(255)", True, False)
        assert types["users", "username"] == ("character varying(80)", False, False)
        assert types["subscriptions", "id"] == ("integer", True, True)
        assert types["subscriptions", "monthly_training_hours_used"] == ("real", False, False)
        assert types["conversations", "messages"] == ("jsonb", False, False)
        assert types["audit_logs", "old_values"] == ("json", False, False)
        assert types["training_sessions", "id"] == ("uuid", True, False)
        assert types["model_ratings", "rating"] == ("smallint", False, False)
        assert {kind for (_, name), (kind, *_) in types.items() if name.endswith("_at")} == {
            "timestamp without time zone"
        }
        with pytest.raises(psycopg.errors.UniqueViolation):
            con.execute("insert into users (id, email) select 'a', email from users limit 1")


def test_both_hold_the_same_rows_and_load_to_the_same_rows(homes: dict[str, Home]) -> None:
    server, file = homes["postgres"], homes["file"]
    for name in server.system.tables:
        query = f"select * from raw_custom_gpt.{name} order by all"
        assert server.rows(query) == file.rows(query), name
        assert server.con.execute(query).description == file.con.execute(query).description, name
        archived = f"select * from archive_custom_gpt.{name} order by all"
        assert server.rows(query), name
        assert server.rows(archived) == file.rows(archived), name


def test_what_landed_is_what_the_server_says(homes: dict[str, Home], urls: dict[str, str]) -> None:
    home = homes["postgres"]
    with psycopg.connect(urls["postgres"]) as con:
        for name in home.system.tables:
            assert (
                home.rows(f"select count(*) from raw_custom_gpt.{name}")
                == con.execute(f"select count(*) from {name}").fetchall()
            ), name
        newest = con.execute("select max(created_at), sum(tokens_used) from usage_records").fetchone()
        cost = con.execute("select sum(compute_cost::text::numeric) from training_sessions").fetchone()
        messages = con.execute("select sum(jsonb_array_length(messages)) from conversations").fetchone()
        mails = {pseudonym(KEY, SYSTEM, "email", mail) for (mail,) in con.execute("select email from users")}
    (found,) = home.rows("select max(created_at), sum(tokens_used) from raw_custom_gpt.usage_records")
    assert (found[0].astimezone(dt.UTC).replace(tzinfo=None), found[1]) == newest
    assert home.rows("select sum(compute_cost) from raw_custom_gpt.training_sessions") == [cost]
    assert cost[0] > Decimal(0)
    (counts,) = home.rows(
        "select sum(message_count), sum(user_message_count), sum(assistant_message_count) from raw_custom_gpt.conversations"
    )
    assert counts == (messages[0], messages[0] / 2, messages[0] / 2)
    assert {row[0] for row in home.rows("select email_hash from raw_custom_gpt.users")} == mails


def test_no_check_fails(homes: dict[str, Home]) -> None:
    results = run_suites(homes["postgres"].con, "raw", [SYSTEM])
    assert [r.message for r in results if not r.success] == []
    assert len(results) > 90


def test_days_are_those_of_utc_and_a_second_load_changes_nothing(homes: dict[str, Home]) -> None:
    for home in homes.values():
        again = home.load(NEXT)
        assert [(t.table, t.touched) for t in again.tables if t.touched] == []
        days = {row[0] for row in home.rows("select distinct created_at::date from raw_custom_gpt.usage_records")}
        assert days <= {
            row[0] for row in home.rows("select distinct day from meta.touched_days where table_name = 'usage_records'")
        }


def test_no_personal_value_reaches_the_warehouse_or_the_archive(tmp_path: Path, postgres_url: str) -> None:
    """Every text of the source that may be somebody's holds a canary."""
    simulate(SYSTEM, postgres_url, scale=0.5, until=dt.date(2025, 3, 1))
    rules = catalog()[SYSTEM].tables
    with psycopg.connect(postgres_url, autocommit=True) as con:
        for table in TABLES:
            landed = {c.source_column for c in rules[table.name].columns if c.rule == "keep"} - {"messages"}
            for column in table.columns:
                if column.name in landed or not column.type.startswith(("varchar", "text", "json")):
                    continue
                value = f"'canary-' || {table.key}"
                if column.type.startswith("json"):
                    value = f"""('[{{"role": "user", "content": "canary-' || {table.key} || '"}}]')::{column.type}"""
                con.execute(f"update {table.name} set {column.name} = {value}")
    home = Home(tmp_path, postgres_url, catalog()[SYSTEM])
    home.load(dt.date(2025, 3, 1))
    home.con.execute("checkpoint")
    assert home.one("select count(*) from raw_custom_gpt.conversations where user_message_count = 1") > 0
    home.close()
    for file in [home.root / "warehouse.duckdb", *home.archive.root.glob("*/*/*.parquet")]:
        assert b"canary" not in file.read_bytes().lower(), file


def test_a_deployment_without_what_is_planned_loads(postgres_url: str, tmp_path: Path) -> None:
    file = f"duckdb://{tmp_path / 'old.duckdb'}"
    for kind, url in (("server", postgres_url), ("file", file)):
        simulate(SYSTEM, url, scale=1, until=FIRST)
        home = Home(tmp_path / kind, url, catalog()[SYSTEM])
        with psycopg.connect(url) if kind == "server" else duckdb.connect(str(tmp_path / "old.duckdb")) as con:
            for name, table in home.system.tables.items():
                if table.optional:
                    con.execute(f"drop table public.{name}")
                for column in () if table.optional else PLANNED[name]:
                    con.execute(f"alter table public.{name} drop column {column}")
        load = home.load(FIRST)
        assert load.absent == [name for name, table in home.system.tables.items() if table.optional]
        assert table_load(load, "usage_records").new > 0 and table_load(load, "models").new > 0
        assert home.one("select count(request_id) from raw_custom_gpt.usage_records") == 0
        assert home.one("select count(validation_loss) from raw_custom_gpt.models") == 0
        home.close()
