"""The demo system in a real PostgreSQL: the same content as in a DuckDB file, and the exact types of the specification."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from pathlib import Path

import duckdb
import psycopg
import pytest

from simulator import simulate
from simulator.photobooth.schema import TABLES

SCALE = 0.15
FIRST, LAST = dt.date(2025, 1, 20), dt.date(2025, 2, 20)


def in_duckdb(path: Path, table: str) -> list[tuple]:
    with duckdb.connect(str(path), read_only=True) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        return comparable(connection.execute(f"select * from public.{table}").fetchall())


def in_postgres(url: str, table: str) -> list[tuple]:
    with psycopg.connect(url) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        return comparable(connection.execute(f"select * from public.{table}").fetchall())


def comparable(rows: list[tuple]) -> list[tuple]:
    """Rows in one order and one form: documents parsed, instants as text."""

    def value(item: object) -> str:
        if isinstance(item, str) and item.startswith("{"):
            item = json.loads(item)
        if isinstance(item, dict):
            return json.dumps(item, sort_keys=True)
        if isinstance(item, dt.datetime):
            return item.astimezone(dt.UTC).isoformat()
        if isinstance(item, Decimal):
            return format(item.normalize(), "f")
        return repr(item) if isinstance(item, str | list | bool | type(None)) else str(item)

    return sorted(tuple(map(value, row)) for row in rows)


def test_a_history_in_postgres_equals_one_run_in_duckdb_row_by_row(postgres_url: str, tmp_path: Path) -> None:
    simulate("photobooth", postgres_url, scale=SCALE, until=FIRST)
    advanced = simulate("photobooth", postgres_url, scale=SCALE, until=LAST)
    assert advanced.days_advanced == (LAST - FIRST).days
    simulate("photobooth", str(tmp_path / "once.duckdb"), scale=SCALE, until=LAST)
    for table in TABLES:
        rows = in_postgres(postgres_url, table.name)
        assert rows == in_duckdb(tmp_path / "once.duckdb", table.name), table.name
        assert rows, f"{table.name} is empty, so the comparison proves nothing"


def test_postgres_has_the_types_keys_and_indexes_of_the_specification(postgres_url: str) -> None:
    simulate("photobooth", postgres_url, scale=SCALE, until=dt.date(2024, 11, 1))
    with psycopg.connect(postgres_url) as connection:
        found = connection.execute("""
            select c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull
            from pg_attribute a join pg_class c on c.oid = a.attrelid
            where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and a.attnum > 0
        """).fetchall()
        types = {(table, column): (kind, required) for table, column, kind, required in found}
        assert types["payment_notifications", "amount"] == ("numeric", False)
        assert types["partner_contracts", "monthly_value"] == ("numeric(12,2)", False)
        assert types["partner_contracts", "currency"] == ("character(3)", False)
        assert types["profiles", "unlocked_packs"] == ("text[]", False)
        assert types["partners", "config"] == ("jsonb", False)
        assert types["uptime_checks", "id"] == ("bigint", True)
        assert types["clients", "name"] == ("text", True)
        assert types["generations", "created_at"] == ("timestamp with time zone", False)
        assert {table for table, _ in types} == {table.name for table in TABLES}
        (indexes,) = connection.execute(
            "select array_agg(indexdef) from pg_indexes where schemaname = 'public'"
        ).fetchone()
        for table in TABLES:
            if table.event_time:
                assert any(f"{table.name}_{table.event_time}_idx" in index for index in indexes)
        with pytest.raises(psycopg.errors.UniqueViolation):
            connection.execute(
                "insert into favorites select gen_random_uuid(), user_id, style_id from ("
                "select gen_random_uuid() user_id, 'a' style_id) x, generate_series(1, 2)"
            )


def test_a_wrong_password_is_not_repeated_in_the_error(postgres_url: str) -> None:
    broken = postgres_url.replace("p%40ss", "wr0ng%40")
    with pytest.raises(psycopg.OperationalError) as refused:
        simulate("photobooth", broken, scale=SCALE, until=FIRST)
    assert "wr0ng" not in str(refused.value)
