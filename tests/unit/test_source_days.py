"""A comparison that looks at changed days only finds what a comparison of all keys finds."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orchestration.extract.catalog import System, catalog
from tests.loading import Home
from tests.sources import HandWritten, uuid

FIRST = date(2026, 3, 20)
photo = st.integers(0, 11)
minute = st.integers(0, 22 * 24 * 60)  # before the end of the last night; some are in the future of an earlier one
change = st.one_of(
    st.tuples(st.just("put"), photo, minute),  # a new photo, or another time for it
    st.tuples(st.just("delete"), photo, st.just(0)),
    st.tuples(st.just("bad"), photo, st.just(0)),
)
nights = st.lists(st.lists(change, max_size=6), min_size=2, max_size=5)


def photos_only() -> System:
    """The system with one table, which is faster."""
    system = catalog()["photobooth"]
    return system.model_copy(update={"tables": {"generations": system.tables["generations"]}})


def apply(source: HandWritten, kind: str, number: int, minutes: int) -> None:
    at = f"timestamptz '2026-03-03 00:00:00+00' + interval {minutes} minute"
    source.run(f"delete from public.generations where id = {uuid(number)}")
    if kind != "delete":
        time = at if kind == "put" else "null::timestamptz"
        source.run(f"insert into public.generations by name select {uuid(number)} as id, {time} as created_at")


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=nights)
def test_random_histories_end_as_with_all_keys_compared(tmp_path_factory, history: list) -> None:
    folder = tmp_path_factory.mktemp("days")
    sources = [HandWritten(folder / f"{keys}.duckdb", photos_only(), keys) for keys in (False, True)]
    homes = [Home(folder / f"home-{number}", source.url, photos_only()) for number, source in enumerate(sources)]
    for source in sources:  # a table that is not empty, and no bad row is too large a share of it
        source.run(
            "insert into public.generations by name select md5(n::varchar)::uuid as id,"
            " timestamptz '2026-03-05 12:00:00+00' + interval (n % 240) hour as created_at from range(1000) t(n)"
        )
    for night, changes in enumerate(history):
        day = FIRST + timedelta(days=night)
        found = []
        for source, home in zip(sources, homes, strict=True):
            for kind, number, minutes in changes:
                apply(source, kind, number, minutes)
            home.load(day)
            found.append(home.rows("select id, created_at from raw_photobooth.generations order by id"))
        assert found[0] == found[1]
        there = sources[0].run(
            f"select id from public.generations where created_at < timestamptz '{day + timedelta(days=1)} 00:00:00+00' order by id"
        )
        bad = {row[0] for row in sources[0].run("select id from public.generations where created_at is null")}
        assert [row for row in there] == [(key,) for key, _ in found[0] if key not in bad]
    for home in homes:
        home.close()


def test_a_quiet_night_moves_the_keys_of_its_window_only(tmp_path: Path) -> None:
    source = HandWritten(tmp_path / "source.duckdb", keys=True)
    source.run(
        "insert into public.generations by name select md5(n::varchar)::uuid as id,"
        " timestamptz '2026-03-01 00:00:00+00' + interval (n) hour as created_at from range(480) t(n)"
    )
    home = Home(tmp_path / "home", source.url)
    home.load(FIRST)
    home.load(FIRST + timedelta(days=1))  # the first comparison is of all keys and remembers the days
    assert home.one("select sum(rows) from meta.source_days where table_name = 'generations'") == 480
    source.run("delete from public.generations where created_at = '2026-03-07 05:00:00+00'")
    keys = []

    def count(step: str) -> None:
        if step == "before styles_metadata":  # the table after generations
            keys.append(home.one("select count(*) from source_keys"))

    load = home.load(FIRST + timedelta(days=2), on_step=count)
    assert keys == [23]  # of the one day that is another
    assert home.touched(load, "generations") == [date(2026, 3, 7)]
    home.close()
