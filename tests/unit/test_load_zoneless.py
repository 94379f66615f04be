"""Times without a zone are UTC, and a comparison of all rows finds what a forgotten cursor hides."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import ValidationError

from orchestration.extract.catalog import System
from tests.loading import Home, table_load
from tests.sources import HandWritten, uuid

D = [date(2026, 3, 1) + timedelta(days=n) for n in range(10)]
COLUMNS = [
    {"name": "id", "type": "UUID", "rule": "keep"},
    {"name": "status", "type": "VARCHAR", "rule": "keep"},
    {"name": "created_at", "type": "TIMESTAMPTZ", "from_type": "TIMESTAMP", "rule": "keep"},
    {"name": "updated_at", "type": "TIMESTAMPTZ", "from_type": "TIMESTAMP", "rule": "keep"},
]
JOBS = {
    "load": "changes", "key": ["id"], "event_time": "created_at", "cursor": "updated_at", "reread": "1 hour",
    "compare": "weekly", "compare_rows": True, "columns": COLUMNS,
}  # fmt: skip
SEEN = {
    "load": "append", "key": ["id"], "event_time": "created_at", "reread": "1 hour", "compare": "nightly",
    "columns": COLUMNS[:3],
}  # fmt: skip


def system(**tables: dict) -> System:
    return System.model_validate({"system": "photobooth", "local_timezone": "UTC", "tables": tables})


@pytest.fixture(params=[False, True], ids=["", "keys enforced"])
def source(tmp_path: Path, request: pytest.FixtureRequest) -> HandWritten:
    return HandWritten(tmp_path / "source.duckdb", system(jobs=JOBS, seen=SEEN), keys=request.param)


@pytest.fixture
def home(tmp_path: Path, source: HandWritten, monkeypatch: pytest.MonkeyPatch) -> Iterator[Home]:
    home = Home(tmp_path / "home", source.url, source.system)
    # the tables of this test belong to no system of the real catalog
    monkeypatch.setattr("orchestration.extract.loader.catalog", lambda: {"photobooth": source.system})
    yield home
    home.close()


def job(number: int, at: str, status: str = "queued") -> str:
    return f"insert into public.jobs values ({uuid(number)}, '{status}', '{at}', '{at}')"


def seen(number: int, at: str) -> str:
    return f"insert into public.seen values ({uuid(number)}, 'x', '{at}')"


@pytest.mark.parametrize("zone", ["UTC", "Asia/Kolkata", "America/Los_Angeles"])
def test_a_time_without_a_zone_is_utc_whatever_zone_the_session_is_in(
    home: Home, source: HandWritten, zone: str
) -> None:
    home.con.execute(f"set TimeZone = '{zone}'")
    source.run(job(1, "2026-03-01 23:59:59"), job(2, "2026-03-02 00:00:00"), seen(1, "2026-03-01 23:59:59"))
    first = home.load(D[0])
    assert table_load(first, "jobs").new == 1, "the second begins with the day that is not over"
    source.run(seen(2, "2026-03-02 00:30:00"), seen(3, "2026-03-03 00:00:00"))
    assert table_load(home.load(D[1]), "seen").new == 1
    for table in ("jobs", "seen"):
        assert home.rows(f"select epoch(created_at)::bigint from raw_photobooth.{table} order by 1")[0] == (
            int(datetime(2026, 3, 1, 23, 59, 59, tzinfo=UTC).timestamp()),
        )
        assert home.rows(f"select distinct typeof(created_at) from raw_photobooth.{table}") == [
            ("TIMESTAMP WITH TIME ZONE",)
        ]
    assert home.touched(first, "jobs") == [D[0]]


@pytest.mark.parametrize("time", ["infinity", "-infinity", "9999-12-31 23:59:59", "2200-01-01 00:00:00"])
def test_a_time_that_no_row_can_have_is_set_aside_whenever_it_comes(home: Home, source: HandWritten, time: str) -> None:
    source.run(job(1, time), job(2, "2026-03-01 10:00:00"), seen(1, "2026-03-01 10:00:00"))
    first = home.load(D[0])
    assert [table_load(first, table).quarantined for table in ("jobs", "seen")] == [1, 0]
    source.run(job(3, time), seen(2, time), seen(3, "2026-03-02 10:00:00"), job(4, "2199-12-31 23:59:59"))
    second = home.load(D[1])
    assert [table_load(second, table).quarantined for table in ("jobs", "seen")] == [2, 1]
    assert table_load(second, "seen").new == 1
    assert home.one("select count(*) from raw_photobooth.jobs") == 1


@pytest.mark.parametrize("time", ["infinity", "9999-12-31 23:59:59"])
def test_a_row_that_is_moved_to_such_a_time_stays_as_it_was(home: Home, source: HandWritten, time: str) -> None:
    source.run(job(1, "2026-03-01 10:00:00"), job(2, "2026-03-01 11:00:00"))
    home.load(D[0])
    source.run(f"update public.jobs set created_at = '{time}', updated_at = '{time}' where id = {uuid(1)}")
    load = table_load(home.load(D[1]), "jobs")
    assert (load.quarantined, load.deleted, load.changed) == (1, 0, 0)
    assert home.one("select count(*) from raw_photobooth.jobs") == 2


def test_a_comparison_of_all_rows_finds_what_the_cursor_forgot(home: Home, source: HandWritten) -> None:
    source.run(*(job(n, "2026-03-01 10:00:00") for n in (1, 2, 3)), job(5, "2026-03-01 20:00:00"))
    home.load(D[0])
    source.run(
        f"update public.jobs set status = 'completed' where id = {uuid(1)}",
        f"delete from public.jobs where id = {uuid(2)}",
        job(4, "2026-02-20 10:00:00"),
    )
    nightly = table_load(home.load(D[1]), "jobs")
    assert nightly.touched == 0
    weekly = table_load(home.load(D[7]), "jobs")
    assert (weekly.new, weekly.changed, weekly.deleted) == (1, 1, 1)
    states = home.rows("select status from raw_photobooth.jobs order by id")
    assert states == [("completed",), ("queued",), ("queued",), ("queued",)]
    assert table_load(home.load(D[8]), "jobs").read == 1, "the next comparison is a week away"


def test_a_comparison_of_rows_is_for_tables_with_a_cursor() -> None:
    for change in ({"load": "snapshot"}, {"compare": None}):
        with pytest.raises(ValidationError, match="compare_rows needs"):
            system(jobs={**JOBS, **change})
