"""Loading from a real PostgreSQL: types, snapshots, personal data, and every kind of bad input.

Does not test: rules that hold for any source and run faster on a file (tests/unit/test_load.py); what arrives late or a
server that dies (tests/faults/).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

import psycopg
import pytest

import simulator
from orchestration.errors import Refused, Unavailable, WrongUsage
from orchestration.extract.privacy import pseudonym
from tests.conftest import AWKWARD_PASSWORD, PostgresServer
from tests.loading import KEY, Home, table_load

DAY = date(2025, 1, 15)
NEXT = date(2025, 1, 16)


@pytest.fixture(scope="module")
def template(postgres_server: PostgresServer) -> Iterator[str]:
    """The name of a database with a simulated photobooth at the end of DAY, to be copied by each test."""
    with postgres_server.new_database() as url:
        simulator.simulate("photobooth", url, scale=0.2, until=DAY)
        yield url


@pytest.fixture
def source(template: str, postgres_server: PostgresServer) -> Iterator[str]:
    """The URL of a copy of the template that the test may change."""
    name = urlsplit(template).path[1:]
    with postgres_server.admin() as admin:
        admin.execute(f"create database {name}_copy template {name} owner owner_{name}")
    yield template.replace(f"/{name}", f"/{name}_copy")
    with postgres_server.admin() as admin:
        admin.execute(f"drop database {name}_copy with (force)")


@pytest.fixture
def home(tmp_path: Path, source: str) -> Iterator[Home]:
    home = Home(tmp_path / "home", source)
    yield home
    home.close()


def change(url: str, *statements: str) -> None:
    with psycopg.connect(url, autocommit=True) as con:
        for statement in statements:
            con.execute(statement)


def with_password(url: str, password: str) -> str:
    parts = urlsplit(url)
    return urlunsplit(
        parts._replace(netloc=f"{parts.username}:{quote(password, safe='')}@{parts.hostname}:{parts.port}")
    )


def test_postgres_and_the_demo_file_load_to_the_same_rows(home: Home, tmp_path: Path) -> None:
    file = f"duckdb://{tmp_path / 'demo.duckdb'}"
    simulator.simulate("photobooth", file, scale=0.2, until=DAY)
    demo = Home(tmp_path / "demo", file)
    home.load(DAY)
    demo.load(DAY)
    for name in home.system.tables:
        query = f"select * from raw_photobooth.{name} order by all"
        assert home.rows(query) == demo.rows(query), name
        assert home.con.execute(query).description == demo.con.execute(query).description, name
    assert home.one("select count(*) from raw_photobooth.generations") > 100
    demo.close()


def test_what_landed_is_what_postgres_says(home: Home, source: str) -> None:
    home.load(DAY)
    with psycopg.connect(source) as con:
        for name in home.system.tables:
            expected = con.execute(f"select count(*) from {name}").fetchone()
            assert home.rows(f"select count(*) from raw_photobooth.{name}") == [expected], name
        paid = con.execute("select sum(amount), sum(credits_added) from payment_notifications").fetchone()
        emails = {
            pseudonym(KEY, "photobooth", "email", e)
            for (e,) in con.execute("select email from profiles where email <> ''")
        }
    assert home.rows("select sum(amount), sum(credits_added) from raw_photobooth.payment_notifications") == [paid]
    assert {
        row[0] for row in home.rows("select email_hash from raw_photobooth.profiles where email_hash is not null")
    } == emails


def test_a_second_load_of_the_same_day_changes_nothing(home: Home) -> None:
    home.load(DAY)
    again = home.load(DAY)
    assert [(t.table, t.touched) for t in again.tables if t.touched] == []
    assert not list(home.archive.root.glob(f"*/*/{again.load_id:06d}.parquet"))


def test_no_personal_value_reaches_the_warehouse_or_the_archive(home: Home, source: str) -> None:
    change(source, "update profiles set email = 'canary@example.com', full_name = 'Canary Person'")
    change(source, "update generations set image_url = 'https://img.example.com/canary-face', prompt = 'canary prompt'")
    home.load(DAY)
    home.con.execute("checkpoint")
    files = [home.root / "warehouse.duckdb", *home.archive.root.glob("*/*/*.parquet")]
    for file in files:
        content = file.read_bytes().lower()
        assert b"canary" not in content, file
    import duckdb

    with duckdb.connect(str(home.root / "restricted" / "photobooth.duckdb"), read_only=True) as con:
        assert con.execute("select distinct full_name from profiles").fetchall() == [("Canary Person",)]
    assert (home.root / "restricted").stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("kind", ["wrong password", "unreachable", "no such database"])
def test_a_source_that_does_not_answer_is_named_without_its_password(home: Home, source: str, kind: str) -> None:
    secret = "s3cret p@ss/w%rd"
    home.url = {
        "wrong password": with_password(source, secret),
        "unreachable": f"postgresql://someone:{quote(secret, safe='')}@127.0.0.1:1/db",
        "no such database": source.rsplit("/", 1)[0] + "/absent",
    }[kind]
    with pytest.raises(Unavailable) as caught:
        home.load(DAY)
    assert "photobooth" in str(caught.value) and "127.0.0.1" in str(caught.value)
    for text in (str(caught.value), repr(caught.value), repr(caught.value.__cause__)):
        for hidden in (secret, quote(secret, safe=""), AWKWARD_PASSWORD, quote(AWKWARD_PASSWORD, safe="")):
            assert hidden not in text
    assert caught.value.exit_code == 1


def test_a_url_that_is_no_url_is_refused_without_being_repeated(home: Home) -> None:
    home.url = "postgresql://user:pa%zz@host:notaport/db"
    with pytest.raises((WrongUsage, Unavailable)) as caught:
        home.load(DAY)
    assert "pa%zz" not in str(caught.value)


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        (
            "alter table events drop column credits_allocated",
            ["photobooth.events", "`credits_allocated` is gone", "it was integer"],
        ),
        (
            "alter table events rename credits_allocated to credits_budget",
            ["credits_budget", "looks like its new name"],
        ),
        (
            "alter table events alter credits_allocated type text",
            ["photobooth.events", "`credits_allocated` is text", "INTEGER"],
        ),
        (
            "alter table partners alter created_at type timestamp",
            ["photobooth.partners", "timestamp without time zone"],
        ),
        ("drop table favorites", ["photobooth.favorites", "public.favorites is not in the source"]),
    ],
)
def test_a_schema_that_lost_something_stops_before_anything_changes(
    home: Home, source: str, statement: str, words: list[str]
) -> None:
    home.load(DAY)
    before = home.rows("select * from raw_photobooth.generations order by all")
    change(source, statement)
    with pytest.raises(Refused) as caught:
        home.load(NEXT)
    for word in words:
        assert word in str(caught.value)
    assert home.rows("select * from raw_photobooth.generations order by all") == before
    assert home.one("select max(load_id) from meta.loads") == 1


def test_a_new_column_is_reported_and_not_read(home: Home, source: str) -> None:
    change(source, "alter table events add column secret_sauce text default 'x'")
    assert home.load(DAY).new_columns == ["photobooth.events.secret_sauce"]


def test_optional_tables_and_columns_may_be_absent(home: Home, source: str) -> None:
    change(source, "drop table uptime_checks", "alter table events drop column event_type")
    load = home.load(DAY)
    assert load.absent == ["uptime_checks"]
    assert home.rows("select count(*), count(event_type) from raw_photobooth.events")[0][1] == 0
    assert home.one("select count(*) from raw_photobooth.uptime_checks") == 0
    assert home.rows(
        "select is_present from meta.source_columns where table_name = 'events' and column_name = 'event_type'"
    ) == [(False,)]


def test_numbers_and_times_without_a_value_are_set_aside_and_nothing_else(home: Home, source: str) -> None:
    change(
        source,
        "update payment_notifications set amount = 'NaN' where id = (select min(id::text)::uuid from payment_notifications)",
        "update payment_notifications set amount = 10.005 where id = (select max(id::text)::uuid from payment_notifications)",
        "update events set end_date = 'infinity' where id = (select min(id::text)::uuid from events)",
        "insert into generations (id, created_at) values (gen_random_uuid(), 'infinity'), (gen_random_uuid(), null),"
        " (gen_random_uuid(), '9999-12-31 23:59:59+00')",
    )
    load = home.load(DAY)
    set_aside = {t.table: t.quarantined for t in load.tables if t.quarantined}
    assert set_aside == {"payment_notifications": 2, "events": 1, "generations": 3}
    reasons = dict(home.rows("select reason, count(*) from meta.quarantine group by 1"))
    assert reasons == {
        "NaN is not a DECIMAL(18,2) to the last digit": 1,
        "10.005 is not a DECIMAL(18,2) to the last digit": 1,
        "a time that is infinite": 2,
        "a time after the year 2199": 1,
        "NULL in a key or in the time of the row": 1,
    }
    for name in ("payment_notifications", "events", "generations"):
        with psycopg.connect(source) as con:
            there = con.execute(f"select count(*) from {name}").fetchone()[0]
        assert home.one(f"select count(*) from raw_photobooth.{name}") == there - set_aside[name]


def test_a_list_of_lists_is_set_aside(home: Home, source: str) -> None:
    """PostgreSQL takes one into any column of lists."""
    change(
        source, "insert into styles_metadata (id, tags) values ('deep', '{{a,b},{c,d}}'), ('flat', '{\"[[a\",null}')"
    )
    assert table_load(home.load(DAY), "styles_metadata").quarantined == 1
    assert home.rows("select row_key, column_name, reason from meta.quarantine") == [
        ("deep", "tags", "a list of lists")
    ]
    flat = "select tags from raw_photobooth.styles_metadata where id in ('flat', 'deep')"
    assert home.rows(flat) == [(["[[a", None],)]


def test_text_that_is_not_utf8_is_set_aside(tmp_path: Path, postgres_server: PostgresServer) -> None:
    """Only a database without an encoding can hold such text; nothing else is read otherwise from it."""
    with postgres_server.new_database(encoding="SQL_ASCII") as url:
        simulator.simulate("photobooth", url, scale=0.1, until=date(2024, 11, 20))
        with psycopg.connect(url, autocommit=True, client_encoding="SQL_ASCII") as con:
            con.execute("alter table events drop column event_type")
            con.execute(
                b"insert into partners (id, company_name) values (gen_random_uuid(), E'caf\\xe9'), (gen_random_uuid(), 'bar')"
            )
            con.execute(
                b"insert into styles_metadata (id, tags) values ('bad', array['x', E'caf\\xe9']), ('none', '{}'),"
                b""" ('good', array['caf\xc3\xa9', null, 'a "b" c, {d}'])"""
            )
        home = Home(tmp_path / "home", url)
        load = home.load(date(2024, 11, 20))
        assert table_load(load, "partners").quarantined == 1
        assert home.rows("select table_name, column_name, reason from meta.quarantine order by 1") == [
            ("partners", "company_name", "text that is not valid UTF-8"),
            ("styles_metadata", "tags", "text that is not valid UTF-8"),
        ]
        assert home.rows("select id from raw_photobooth.partners where company_name = 'bar'")
        tags = "select id, tags from raw_photobooth.styles_metadata where id in ('bad', 'none', 'good') order by id"
        assert home.rows(tags) == [("good", ["café", None, 'a "b" c, {d}']), ("none", [])]
        assert home.one("select count(*) - count(event_type) from raw_photobooth.events") > 0  # absent is empty
        home.close()


def test_a_duplicate_key_is_set_aside_and_counted(home: Home, source: str) -> None:
    change(
        source,
        "alter table generations drop constraint generations_pkey",
        "insert into generations select * from (select * from generations order by created_at desc limit 2) d",
    )
    load = table_load(home.load(DAY), "generations")
    assert (load.duplicate_keys, load.quarantined) == (2, 2)
    assert home.one("select count(*) - count(distinct id) from raw_photobooth.generations") == 0


def test_all_tables_come_from_one_snapshot(home: Home, source: str) -> None:
    """A client and its event committed between the reading of clients and of events are seen both or not at all."""

    def commit_in_between(step: str) -> None:
        if step == "before events":
            change(
                source,
                "insert into clients (id, partner_id, name) select 'c0000000-0000-4000-8000-000000000001', id, 'x' from partners limit 1",
                "insert into events (id, client_id, event_name, event_slug, created_at) values ('e0000000-0000-4000-8000-000000000001',"
                " 'c0000000-0000-4000-8000-000000000001', 'x', 'x-slug', '2025-01-10')",
            )

    home.load(DAY, on_step=commit_in_between)
    probe = "select (select count(*) from raw_photobooth.clients where id = 'c0000000-0000-4000-8000-000000000001'),"
    probe += " (select count(*) from raw_photobooth.events where id = 'e0000000-0000-4000-8000-000000000001')"
    assert home.rows(probe) == [(0, 0)]
    home.load(DAY)
    assert home.rows(probe) == [(1, 1)]


@pytest.mark.parametrize("rows", [0, 200_000])
def test_a_first_load_of_any_size_comes_from_the_snapshot_of_the_others(home: Home, source: str, rows: int) -> None:
    """Large tables are read over several connections, small ones over one."""
    many = "insert into generations (id, created_at) select gen_random_uuid(), '2025-01-10' from generate_series(1, %s)"

    def commit_in_between(step: str) -> None:
        if step == "before events":
            change(source, many % 1000, many % 7)

    change(source, many % rows)
    with psycopg.connect(source) as con:
        expected = con.execute("select count(*) from generations").fetchall()
    load = home.load(DAY, on_step=commit_in_between)
    assert home.rows("select count(*) from raw_photobooth.generations") == expected
    assert table_load(load, "generations").read == expected[0][0]


def test_the_source_is_never_written(home: Home, source: str) -> None:
    import duckdb

    from orchestration.extract.sources import attach

    with duckdb.connect() as con:
        attach(con, "photobooth", source)
        for statement in (
            "insert into src.public.clients (id) values (uuid())",
            "select * from postgres_query('src', 'delete from clients returning id')",
        ):
            with pytest.raises(duckdb.Error):
                con.execute(statement).fetchall()


def test_a_reader_with_select_only_is_enough(home: Home, source: str, postgres_server: PostgresServer) -> None:
    database = urlsplit(source).path[1:]
    with postgres_server.admin(database) as admin:
        admin.execute("create role martlet_reader login password 'reader pw'")
        admin.execute("grant usage on schema public to martlet_reader")
        admin.execute("grant select on all tables in schema public to martlet_reader")
    home.url = postgres_server.url("martlet_reader", "reader pw", database)
    try:
        assert table_load(home.load(DAY), "generations").new > 0
    finally:
        with postgres_server.admin(database) as admin:
            admin.execute("drop owned by martlet_reader")
            admin.execute("drop role martlet_reader")


def test_rows_of_the_unfinished_day_wait_for_the_next_night(home: Home, source: str) -> None:
    change(source, "insert into generations (id, created_at) values (gen_random_uuid(), '2025-01-16 00:00:00+00')")
    home.load(DAY)
    midnight = datetime(2025, 1, 16, tzinfo=UTC)
    assert home.rows("select max(created_at) from raw_photobooth.generations")[0][0] < midnight
    home.load(NEXT)
    assert home.rows("select max(created_at) from raw_photobooth.generations")[0][0] == midnight
