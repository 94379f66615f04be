"""What a source deleted stays known: when it was seen, when it was missed, and that it may come back.

On hand-written files; what models make of it is in tests/dbt/.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest
from pydantic import ValidationError

from orchestration.extract.catalog import Table, catalog
from orchestration.extract.replay import replay
from tests.loading import Home
from tests.sources import HandWritten, uuid

D = [date(2026, 3, 1) + timedelta(days=n) for n in range(40)]
KEPT = (
    "select right(id::varchar, 2)::int, style_id, created_at::date, _first_seen_at::date, _last_seen_at::date,"
    " _observed_at::date from deleted_photobooth.generations order by 1"
)  # an as_of is the end of a day: the date is the day after


@pytest.fixture
def source(tmp_path: Path, request: pytest.FixtureRequest) -> HandWritten:
    return HandWritten(tmp_path / "source.duckdb", keys=getattr(request, "param", True))


either_way = pytest.mark.parametrize("source", [False, True], ids=["", "keys enforced"], indirect=True)


@pytest.fixture
def home(tmp_path: Path, source: HandWritten) -> Iterator[Home]:
    home = Home(tmp_path / "home", source.url)
    yield home
    home.close()


def photo(number: int, day: date, style: str = "s1") -> str:
    return (
        f"insert into public.generations by name select {uuid(number)} as id, '{day} 10:00:00+00'::timestamptz as created_at,"
        f" '{style}' as style_id"
    )


def gone(*numbers: int) -> str:
    return f"delete from public.generations where id in ({', '.join(map(uuid, numbers))})"


def replayed(home: Home) -> list[tuple]:
    """What a rebuild makes of the archive."""
    with duckdb.connect() as fresh:
        fresh.execute("set TimeZone = 'UTC'")
        replay(fresh, [home.system], home.archive)
        return fresh.execute("select * from deleted_photobooth.generations order by all").fetchall()


@either_way
def test_a_deleted_photo_is_kept_with_the_nights_that_saw_and_missed_it(home: Home, source: HandWritten) -> None:
    source.run(photo(1, D[0]), photo(9, D[0]))
    home.load(D[0])
    source.run(photo(2, D[1]), photo(3, D[1]))
    home.load(D[1])
    home.load(D[2])  # nothing changed: the archive does not know of this night
    source.run(gone(1), photo(4, D[3]))
    home.load(D[3])
    source.run(gone(3), f"update public.generations set style_id = 's2' where id = {uuid(2)}")
    home.load(D[4])
    source.run(gone(2))
    home.load(D[5])
    assert home.rows(KEPT) == [
        (1, "s1", D[0], D[1], D[2], D[4]),  # seen on the nights of D0 and D1, missed on that of D3
        (2, "s2", D[1], D[5], D[5], D[6]),  # as it was at the end, since the night of D4
        (3, "s1", D[1], D[2], D[4], D[5]),
    ]
    assert replayed(home) == home.rows("select * from deleted_photobooth.generations order by all")


@either_way
def test_a_photo_that_comes_back_is_no_longer_deleted_and_touches_the_day_it_had(
    home: Home, source: HandWritten
) -> None:
    source.run(*(photo(n, D[n]) for n in range(1, 6)))
    home.load(D[5])
    source.run(gone(2, 3))
    home.load(D[6])
    source.run(photo(2, D[2]), photo(3, D[5]))  # one as it was, the other on another day
    load = home.load(D[7])
    assert home.rows(KEPT) == []
    assert home.touched(load, "generations") == [D[2], D[3], D[5]]
    source.run(gone(3))
    home.load(D[8])
    assert home.rows(KEPT) == [(3, "s1", D[5], D[8], D[8], D[9])]  # seen since it came back
    assert replayed(home) == home.rows("select * from deleted_photobooth.generations order by all")


def test_all_photos_may_go_and_come_back(home: Home, source: HandWritten) -> None:
    """A table that lost every row is filled by the short cut of a first load where the source enforces keys."""
    source.run(*(photo(n, D[n]) for n in range(1, 4)))
    home.load(D[5])
    source.run(gone(1, 2, 3))
    home.load(D[6], accept=("generations",))
    assert [row[0] for row in home.rows(KEPT)] == [1, 2, 3]
    source.run(photo(1, D[4]), photo(2, D[2]))
    load = home.load(D[7])
    assert [row[0] for row in home.rows(KEPT)] == [3]
    assert home.touched(load, "generations") == [D[1], D[2], D[4]]
    assert replayed(home) == home.rows("select * from deleted_photobooth.generations order by all")


def test_a_backfill_that_misses_a_photo_keeps_it_too(home: Home, source: HandWritten) -> None:
    source.run(*(photo(n, D[n]) for n in range(1, 6)))
    home.load(D[5])
    source.run(gone(2, 4))
    home.backfill(D[1], D[3], as_of=D[5])
    assert home.rows(KEPT) == [(2, "s1", D[2], D[6], D[6], D[6])]


def test_a_warehouse_that_is_older_than_this_gets_what_the_archive_knows(home: Home, source: HandWritten) -> None:
    source.run(*(photo(n, D[n]) for n in range(1, 6)))
    home.load(D[5])
    source.run(gone(2, 4))
    home.load(D[6])
    before = home.rows(KEPT)
    home.con.execute("drop schema deleted_photobooth cascade")
    home.load(D[7])
    assert home.rows(KEPT) == before and len(before) == 2


def test_a_changed_catalog_is_followed_for_deleted_rows_too(home: Home, source: HandWritten) -> None:
    source.run(photo(1, D[1]), photo(2, D[2]))
    home.load(D[2])
    source.run(gone(1))
    home.load(D[3])
    whole, generations = home.system, home.system.tables["generations"]
    fewer = generations.model_copy(update={"columns": [c for c in generations.columns if c.name != "aspect_ratio"]})
    home.system = whole.model_copy(update={"tables": {**whole.tables, "generations": fewer}})
    source.run(gone(2), photo(3, D[4]))
    home.load(D[4])
    home.system = whole
    home.load(D[5])
    assert home.rows("select style_id, aspect_ratio from deleted_photobooth.generations") == [
        ("s1", None),
        ("s1", None),
    ]


def test_only_a_table_compared_every_night_may_keep_what_it_deleted() -> None:
    wallet = catalog()["photobooth"].tables["wallet_transactions"]  # compared weekly
    with pytest.raises(ValidationError, match="keep_deleted needs load: append and compare: nightly"):
        Table.model_validate(wallet.model_dump(by_alias=True) | {"keep_deleted": True})
