"""The short cut of a first load gives what the long way gives; a row that must be set aside takes the long way.

A DuckDB source vouches for a key by a constraint; without one, every load takes the long way.
"""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orchestration.extract import first_load
from tests.loading import Home, table_load
from tests.sources import HandWritten, uuid

DAY = date(2026, 3, 10)
seconds = st.integers(min_value=-40 * 365 * 86400, max_value=68 * 365 * 86400)  # about 1930 to 2038


def load(folder: Path, rows: list[str], zone: str, vouched: bool) -> tuple[Home, HandWritten]:
    folder.mkdir(parents=True)
    source = HandWritten(folder / "source.duckdb")
    if vouched:
        source.run("alter table public.generations add primary key (id)")
    source.run(*rows)
    return Home(folder / "home", source.url), source


def state(home: Home) -> tuple[list, list, list]:
    columns = "id, style_id, created_at, _observed_at, _load_id"
    return (
        home.rows(f"select {columns} from raw_photobooth.generations order by id"),
        home.rows("select day from meta.touched_days where table_name = 'generations' order by 1"),
        home.rows(f"select {columns}, _op from archive_photobooth.generations order by id"),
    )


def photo(number: int, instant: str) -> str:
    return (
        f"insert into public.generations by name select {uuid(number)} as id, 's' as style_id, {instant} as created_at"
    )


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(times=st.lists(seconds, max_size=12), zone=st.sampled_from(["UTC", "Asia/Kolkata", "America/New_York"]))
def test_both_ways_give_the_same_rows_days_and_archive(tmp_path_factory, times: list[int], zone: str) -> None:
    rows = [photo(n, f"to_timestamp({second})") for n, second in enumerate(times)]
    found = []
    for vouched in (True, False):
        home, _ = load(tmp_path_factory.mktemp("first") / "x", rows, zone, vouched)
        request = {"timezone": zone}
        home.load(DAY, **request)
        found.append(state(home))
        days = home.rows(
            f"select distinct (created_at at time zone '{zone}')::date as d from raw_photobooth.generations order by 1"
        )
        assert set(days) <= set(found[-1][1])
        home.close()
    assert found[0] == found[1]


def test_the_short_way_is_taken_and_needs_no_batch(tmp_path: Path, monkeypatch) -> None:
    home, _ = load(tmp_path / "x", [photo(1, "timestamptz '2026-03-01 10:00:00+00'")], "UTC", vouched=True)
    taken = []
    real = first_load.fill

    def spy(source, table, *rest):
        rows = real(source, table, *rest)
        taken.append((table.name, rows))
        return rows

    monkeypatch.setattr(first_load, "fill", spy)
    home.load(DAY)
    assert ("generations", 1) in taken
    home.load(DAY + timedelta(days=1))
    assert taken[-1][1] is None and dict(taken)["generations"] is None  # the second night compares


def test_a_bad_row_is_set_aside_and_the_others_arrive(tmp_path: Path) -> None:
    rows = [photo(n, "timestamptz '2026-03-01 10:00:00+00'") for n in range(150)]
    home, source = load(tmp_path / "x", rows, "UTC", vouched=True)
    source.run(photo(500, "null::timestamptz"))
    result = table_load(home.load(DAY), "generations")
    assert (result.new, result.quarantined, result.total) == (150, 1, 150)
    assert home.one("select count(*) from raw_photobooth.generations where _load_id < 0") == 0
    assert home.one("select count(*) from archive_photobooth.generations") == 150


def test_a_key_that_nobody_vouches_for_is_counted(tmp_path: Path) -> None:
    rows = [photo(n // 2, "timestamptz '2026-03-01 10:00:00+00'") for n in range(300)]
    home, _ = load(tmp_path / "x", rows, "UTC", vouched=False)
    assert table_load(home.load(DAY), "generations").duplicate_keys == 150
