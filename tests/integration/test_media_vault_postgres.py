"""media_vault in a real PostgreSQL and in a DuckDB file: the same rows arrive from both, and nobody's data with them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import psycopg
import pytest

from expectations import run_suites
from orchestration.extract.catalog import catalog
from orchestration.extract.privacy import pseudonym
from simulator import engine, simulate
from simulator.media_vault.schema import TABLES
from tests.conftest import PostgresServer
from tests.loading import KEY, Home

SCALE = 0.12
FIRST, LAST = date(2026, 1, 31), date(2026, 2, 2)  # over a reset of all balances
SYSTEM = catalog()["media_vault"]


class Both(NamedTuple):
    url: str
    postgres: Home
    file: Home


@pytest.fixture(scope="module")
def both(postgres_server: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    """Two warehouses with the same three nights, of a server in another time zone and of a file."""
    root = tmp_path_factory.mktemp("media_vault")
    with postgres_server.new_database() as url, pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine, "WRITE_DAYS", 1000)  # few large writes are quicker, and write the same
        with psycopg.connect(url, autocommit=True) as con:
            con.execute(
                "do $$ begin execute format('alter role %I set timezone to %L', current_user, 'Asia/Kolkata'); end $$"
            )
        file = f"duckdb://{root / 'demo.duckdb'}"
        found = Both(url, Home(root / "postgres", url, SYSTEM), Home(root / "file", file, SYSTEM))
        for number in range((LAST - FIRST).days + 1):
            day = FIRST + timedelta(days=number)
            for home in (found.postgres, found.file):
                simulate("media_vault", home.url, scale=SCALE, until=day)
                home.load(day)
        yield found
        found.postgres.close()
        found.file.close()


def test_both_load_to_the_same_rows(both: Both) -> None:
    for name in SYSTEM.tables:
        query = f"select * exclude (_load_id, _observed_at) from raw_media_vault.{name} order by all"
        rows = both.postgres.rows(query)
        assert rows == both.file.rows(query), name
        assert rows, f"{name} is empty, so the comparison proves nothing"
        assert both.postgres.con.execute(query).description == both.file.con.execute(query).description, name


def test_what_landed_after_three_nights_is_what_postgres_says(both: Both) -> None:
    end = f"timestamp '{LAST + timedelta(days=1)}'"
    with psycopg.connect(both.url) as con:
        for name in SYSTEM.tables:
            (expected,) = con.execute(f"select count(*) from {name}").fetchone()
            found = both.postgres.one(f"select count(*) from raw_media_vault.{name}")
            # of the log ours keeps what the product's retention has deleted in these nights
            assert found > expected if name == "user_activity_logs" else found == expected, name
        for query in (
            "select sum(balance), max(next_refresh_at) from {}user_credits",
            "select sum(amount), sum(balance_after), max(created_at) from {}credit_transactions",
            "select count(*), count(completed_at), max(completed_at) from {}credit_purchases",
            "select sum(pages_viewed), max(updated_at), min(first_activity_at) from {}user_usage_stats",
        ):
            (landed,) = both.postgres.rows(query.format("raw_media_vault."))
            in_utc = tuple(v.replace(tzinfo=None) if isinstance(v, datetime) else v for v in landed)
            assert in_utc == con.execute(query.format("")).fetchone()
        emails = {pseudonym(KEY, "media_vault", "email", e) for (e,) in con.execute("select email from users") if e}
        feeds = con.execute("select sum(cardinality(subreddits)), count(share_code) from content_sessions").fetchone()
    hashes = "select email_hash from raw_media_vault.users where email_hash is not null"
    assert {row[0] for row in both.postgres.rows(hashes)} == emails
    shared = "select sum(feed_count), count(*) filter (has_share_code) from raw_media_vault.content_sessions"
    assert both.postgres.rows(shared) == [feeds]
    assert both.postgres.one(f"select count(*) from raw_media_vault.login_events where created_at >= {end}") == 0


def test_no_expectation_of_the_raw_tables_fails(both: Both) -> None:
    assert [r.message for r in run_suites(both.postgres.con, "raw", ["media_vault"]) if not r.success] == []


def test_an_account_that_is_erased_takes_its_rows_along(both: Both) -> None:
    tables = (
        "user_usage_stats",
        "user_credits",
        "content_sessions",
        "user_media",
        "community_likes",
        "credit_transactions",
    )
    counts = " + ".join(f"(select count(*) from {{0}}{name} where user_id = '{{1}}')" for name in tables)
    (ident,) = both.postgres.rows(
        "select user_id from raw_media_vault.community_likes group by 1 order by count(*) desc"
    )[0]
    assert both.postgres.one(f"select {counts}".format("raw_media_vault.", ident)) > len(tables)
    with psycopg.connect(both.url, autocommit=True) as con:
        for name in tables:
            con.execute(f"delete from {name} where user_id = %s", [ident])
        con.execute("delete from users where id = %s", [ident])
        both.postgres.load(LAST)
        assert both.postgres.one(f"select {counts}".format("raw_media_vault.", ident)) == 0
        left = con.execute("select count(*) from users").fetchone()
    assert both.postgres.rows("select count(*) from raw_media_vault.users") == [left]


def test_no_personal_value_reaches_the_warehouse_or_the_archive(both: Both, tmp_path: Path) -> None:
    with psycopg.connect(both.url, autocommit=True) as con:
        for statement in (
            "update users set email = 'canary@example.com', first_name = 'Canary', last_name = 'Canary',"
            " profile_image_url = 'canary', interests = jsonb_build_object('content_role', 'creator', 'wishes', 'canary')",
            "update user_activity_logs set details = '{\"title\": \"canary\"}', ip_address = 'canary', user_agent = 'canary'",
            "update content_sessions set title = 'canary', ai_prompt = 'canary', subreddits = array['canary']",
            "update session_media set caption = 'canary', media_url = 'canary', thumbnail = 'canary', source_post = 'canary'",
            "update user_media set original_name = 'canary', file_url = 'canary'",
            "update credit_purchases set external_id = 'canary'",
        ):
            con.execute(statement)
    home = Home(tmp_path / "home", both.url, SYSTEM)
    home.load(LAST)
    assert home.rows("select distinct content_role from raw_media_vault.users") == [("creator",)]
    assert home.one("select count(*) filter (not has_caption) from raw_media_vault.session_media") == 0
    home.con.execute("checkpoint")
    for file in (home.root / "warehouse.duckdb", *home.archive.root.glob("*/*/*.parquet")):
        assert b"canary" not in file.read_bytes().lower(), file
    home.close()


def test_postgres_has_the_types_and_keys_of_the_specification(both: Both) -> None:
    with psycopg.connect(both.url) as con:
        found = con.execute("""
            select c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull
            from pg_attribute a join pg_class c on c.oid = a.attrelid
            where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and a.attnum > 0
        """).fetchall()
        types = {(table, column): (kind, required) for table, column, kind, required in found}
        assert {table for table, _ in types} == {table.name for table in TABLES}
        assert types["users", "id"] == ("character varying", True)
        assert types["user_activity_logs", "id"] == ("integer", True)
        assert types["user_activity_logs", "feature"] == ("character varying", True)
        assert types["user_activity_logs", "created_at"] == ("timestamp without time zone", False)
        assert types["session_media", "order"] == ("integer", False)
        assert types["credit_purchases", "currency"] == ("character varying(8)", False)
        assert types["content_sessions", "subreddits"] == ("text[]", False)
        assert types["login_events", "id"] == ("bigint", True)
        for insert in (
            "insert into community_likes (id, user_id, kind, item_id) select -n, 'a', 'media', 1 from generate_series(1, 2) n",
            "insert into referrals (id, referee_id) select -n, 'a' from generate_series(1, 2) n",
            "insert into user_usage_stats (id, user_id) select -n, 'a' from generate_series(1, 2) n",
        ):
            with pytest.raises(psycopg.errors.UniqueViolation):
                con.execute(insert)
            con.rollback()
