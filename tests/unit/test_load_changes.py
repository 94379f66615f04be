"""A table with a cursor is read as it is when it is read: what was updated since midnight was there before, and stays."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import orchestration.extract.loader
from orchestration.extract.catalog import System
from tests.loading import Home, table_load
from tests.sources import HandWritten, uuid

D = [date(2026, 3, 1) + timedelta(days=n) for n in range(12)]
LOADED_AT = timedelta(hours=2)  # after the midnight that is as_of
COLUMNS = [
    {"name": "id", "type": "UUID", "rule": "keep"},
    {"name": "status", "type": "VARCHAR", "rule": "keep"},
    {"name": "created_at", "type": "TIMESTAMPTZ", "from_type": "TIMESTAMP", "rule": "keep"},
    {"name": "updated_at", "type": "TIMESTAMPTZ", "from_type": "TIMESTAMP", "rule": "keep"},
]
COMMON = {"load": "changes", "key": ["id"], "cursor": "updated_at", "reread": "1 hour", "compare": "nightly"}
TABLES = {
    "jobs": COMMON | {"event_time": "created_at", "columns": COLUMNS},
    "whole": COMMON | {"event_time": "created_at", "compare_rows": True, "columns": COLUMNS},
    "counters": COMMON | {"event_time": "updated_at", "columns": COLUMNS},
}


def source_of(folder: Path, keys: bool) -> HandWritten:
    model = System.model_validate({"system": "photobooth", "local_timezone": "UTC", "tables": TABLES})
    return HandWritten(folder / "source.duckdb", model, keys=keys)


@pytest.fixture(autouse=True)
def only_these(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tables of these tests belong to no system of the real catalog."""
    model = System.model_validate({"system": "photobooth", "local_timezone": "UTC", "tables": TABLES})
    monkeypatch.setattr(orchestration.extract.loader, "catalog", lambda: {"photobooth": model})


@pytest.fixture(params=[False, True], ids=["", "keys enforced"])
def source(tmp_path: Path, request: pytest.FixtureRequest) -> HandWritten:
    return source_of(tmp_path, request.param)


@pytest.fixture
def home(tmp_path: Path, source: HandWritten) -> Iterator[Home]:
    home = Home(tmp_path / "home", source.url, source.system)
    yield home
    home.close()


def put(table: str, number: int, at: str, status: str = "queued") -> str:
    return f"insert into public.{table} values ({uuid(number)}, '{status}', '{at}', '{at}')"


def update(table: str, number: int, at: str, status: str = "done") -> str:
    return f"update public.{table} set status = '{status}', updated_at = '{at}' where id = {uuid(number)}"


@pytest.mark.parametrize("table", TABLES)
def test_a_row_updated_between_midnight_and_its_load_is_kept(home: Home, source: HandWritten, table: str) -> None:
    source.run(put(table, 1, "2026-03-01 10:00"), put(table, 2, "2026-03-01 11:00"))
    assert table_load(home.load(D[0]), table).new == 2
    source.run(update(table, 1, "2026-03-03 01:00"))  # midnight of the second day has passed
    found = table_load(home.load(D[1]), table)
    assert (found.new, found.changed, found.deleted) == (0, 1, 0)
    assert home.rows(f"select status from raw_photobooth.{table} order by id") == [("done",), ("queued",)]
    assert table_load(home.load(D[2]), table).touched == 0


def test_a_job_that_began_before_midnight_and_ended_after_it_is_there(home: Home, source: HandWritten) -> None:
    source.run(put("jobs", 1, "2026-03-01 23:50"), update("jobs", 1, "2026-03-02 00:10"))
    source.run(put("jobs", 2, "2026-03-02 00:05"))
    assert table_load(home.load(D[0]), "jobs").new == 1, "the other one belongs to the next day"
    assert home.one("select status from raw_photobooth.jobs") == "done"
    assert table_load(home.load(D[1]), "jobs").new == 1


def test_a_backfill_of_past_days_keeps_what_was_updated_later(home: Home, source: HandWritten) -> None:
    source.run(put("jobs", 1, "2026-03-01 10:00"), put("jobs", 2, "2026-03-02 10:00"))
    home.load(D[4])
    source.run(update("jobs", 1, "2026-03-06 01:00"))
    found = table_load(home.backfill(D[0], D[1], D[4]), "jobs")
    assert (found.changed, found.deleted) == (1, 0)


def test_what_is_deleted_since_midnight_is_gone(home: Home, source: HandWritten) -> None:
    source.run(put("jobs", 1, "2026-03-01 10:00"), put("jobs", 2, "2026-03-01 10:00"))
    home.load(D[0])
    source.run(update("jobs", 1, "2026-03-03 00:30"))
    home.load(D[1])
    source.run(f"delete from public.jobs where id = {uuid(1)}")
    assert table_load(home.load(D[2]), "jobs").deleted == 1


def test_a_row_that_is_dated_never_is_set_aside(home: Home, source: HandWritten) -> None:
    source.run(put("jobs", 1, "2026-03-01 10:00"), put("jobs", 2, "2026-03-01 10:00"))
    source.run(f"update public.jobs set created_at = '9999-12-31' where id = {uuid(2)}")
    for day in D[:2]:
        found = table_load(home.load(day), "jobs")
        assert (found.quarantined, found.total) == (1, 1)


ACTS = st.lists(
    st.tuples(st.sampled_from(["put", "update", "delete"]), st.integers(1, 5), st.integers(0, 24 * 60 - 1)), max_size=6
)


@settings(max_examples=40, deadline=None)
@given(keys=st.booleans(), nights=st.lists(ACTS, min_size=1, max_size=6))
def test_after_every_night_raw_is_the_source(keys: bool, nights: list[list[tuple[str, int, int]]]) -> None:
    """Whatever happened between two loads, at whatever time: rows dated before as_of, as they are now."""
    with tempfile.TemporaryDirectory() as folder:
        source = source_of(Path(folder), keys)
        home = Home(Path(folder) / "home", source.url, source.system)
        there: set[int] = set()
        for day, acts in zip(D, nights, strict=False):
            began = datetime.combine(day, time()) + LOADED_AT  # when the load before was over
            for kind, number, minute in sorted(acts, key=lambda act: act[2]):
                at = str(began + timedelta(minutes=minute))
                for table in TABLES:
                    if kind == "put" and number not in there:
                        source.run(put(table, number, at))
                    elif kind == "update":
                        source.run(update(table, number, at, status=at))
                    elif kind == "delete":
                        source.run(f"delete from public.{table} where id = {uuid(number)}")
                there = there | {number} if kind == "put" else there - {number} if kind == "delete" else there
            home.load(day, accept=tuple(TABLES))
            as_of = day + timedelta(days=1)
            for table in TABLES:
                dated = "true" if table == "counters" else f"created_at < '{as_of}'"
                columns = "id, status, created_at, updated_at"
                expected = source.run(f"select {columns} from public.{table} where {dated} order by id")
                kept = home.rows(
                    f"select id, status, created_at::timestamp, updated_at::timestamp from raw_photobooth.{table} order by id"
                )
                assert kept == expected, (table, day)
        home.close()
