"""Times without a zone: they are UTC, they land as instants, and a window over them is the same whatever zone a session is in."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from orchestration.errors import Refused
from orchestration.extract.catalog import catalog
from tests.loading import Home, table_load
from tests.sources import HandWritten

WHOLE = catalog()["custom_gpt"]
SYSTEM = WHOLE.model_copy(update={"tables": {"usage_records": WHOLE.tables["usage_records"]}})  # one table is faster


@pytest.fixture(params=["UTC", "Asia/Kolkata", "America/Los_Angeles"])
def home(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Home]:
    home = Home(tmp_path / "home", f"duckdb://{tmp_path / 'source.duckdb'}", SYSTEM)
    home.con.execute(f"set TimeZone = '{request.param}'")
    yield home
    home.close()


@pytest.fixture
def source(tmp_path: Path) -> HandWritten:
    return HandWritten(tmp_path / "source.duckdb", SYSTEM, keys=True)


def calls(rows: str) -> str:
    return f"insert into public.usage_records (id, created_at, compute_time_seconds) {rows}"


def days(home: Home) -> dict[int, datetime]:
    rows = home.rows("select id, epoch_us(created_at) from raw_custom_gpt.usage_records order by id")
    return {ident: datetime.fromtimestamp(instant / 1e6, UTC) for ident, instant in rows}


def test_a_day_ends_at_midnight_utc(home: Home, source: HandWritten) -> None:
    source.run(
        calls(
            "values (1, '2026-03-01 00:00:00', 0.5), (2, '2026-03-01 23:59:59.999999', 0.25),"
            " (3, '2026-03-02 00:00:00', 1), (4, '2026-03-02 23:30:00', 1)"
        )
    )
    first = home.load(date(2026, 3, 1))
    assert days(home) == {
        1: datetime(2026, 3, 1, tzinfo=UTC),
        2: datetime(2026, 3, 1, 23, 59, 59, 999999, tzinfo=UTC),
    }
    assert home.touched(first, "usage_records") == [date(2026, 3, 1)]
    second = home.load(date(2026, 3, 2))
    assert list(days(home)) == [1, 2, 3, 4]
    assert home.touched(second, "usage_records") == [date(2026, 3, 2)]
    assert home.rows("select sum(compute_time_seconds) from raw_custom_gpt.usage_records") == [(2.75,)]


def test_late_and_deleted_rows_are_found_by_the_comparison(home: Home, source: HandWritten) -> None:
    source.run(calls("select n, timestamp '2026-03-01 12:00:00' + interval (n) hour, 1 from range(96) t(n)"))
    for _ in range(2):  # the second one remembers what each day holds
        home.load(date(2026, 3, 4))
    source.run(
        "delete from public.usage_records where id in (8, 38)",  # late on 1 March, early on 3 March
        calls("values (500, '2026-03-02 01:00:00', 1), (501, '2026-03-05 01:00:00', 1)"),
    )
    load = home.load(date(2026, 3, 5))
    found = table_load(load, "usage_records")
    assert (found.new, found.deleted) == (14, 2)
    assert {500, 501} <= set(days(home)) and not {8, 38} & set(days(home))
    assert home.touched(load, "usage_records") == [date(2026, 3, day) for day in (1, 2, 3, 5)]
    assert table_load(home.load(date(2026, 3, 5)), "usage_records").touched == 0


def test_a_column_that_got_a_zone_is_refused(home: Home, source: HandWritten) -> None:
    source.run(
        "drop table public.usage_records",
        "create table public.usage_records as select now() as created_at",
    )
    with pytest.raises(Refused, match="the catalog expects TIMESTAMP"):
        home.load(date(2026, 3, 1))
