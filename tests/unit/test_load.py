"""The rules of loading that hold for any source, on a hand-written file: windows, comparison, deletes, guards, archive.

Does not test: PostgreSQL (tests/integration/test_load_postgres.py), models on top (tests/dbt/).
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest

from orchestration.errors import Refused, Unavailable
from orchestration.extract.archive import Archive, latest_state
from orchestration.extract.catalog import catalog
from orchestration.extract.replay import replay
from tests.loading import Home, table_load
from tests.sources import HandWritten, uuid

D = [date(2026, 3, 1) + timedelta(days=n) for n in range(40)]


@pytest.fixture(params=[False, True], ids=["", "keys enforced"])
def source(tmp_path: Path, request: pytest.FixtureRequest) -> HandWritten:
    """Where the source enforces its keys, a first load takes a short cut and comparisons look at changed days only."""
    return HandWritten(tmp_path / "source.duckdb", keys=request.param)


@pytest.fixture
def home(tmp_path: Path, source: HandWritten) -> Iterator[Home]:
    home = Home(tmp_path / "home", source.url)
    yield home
    home.close()


def photo(number: int, at: str, style: str = "s1") -> str:
    return f"insert into public.generations by name select {uuid(number)} as id, '{at}'::timestamptz as created_at, '{style}' as style_id"


def partner(number: int, credits: int = 100) -> str:
    return f"insert into public.partners by name select {uuid(number)} as id, {credits} as credits_total"


def raw(home: Home, table: str, columns: str) -> list[tuple]:
    return home.rows(f"select {columns} from raw_photobooth.{table} order by all")


def test_a_missed_night_is_covered_by_the_next(home: Home, source: HandWritten) -> None:
    source.run(photo(1, "2026-03-01 10:00:00+00"))
    home.load(D[0])
    source.run(photo(2, "2026-03-02 10:00:00+00"), photo(3, "2026-03-03 10:00:00+00"))
    load = home.load(D[2])
    assert table_load(load, "generations").new == 2
    assert home.touched(load, "generations") == [D[1], D[2]]


def test_a_late_row_inside_reread_and_one_before_it_are_both_in_the_next_load(home: Home, source: HandWritten) -> None:
    """generations: reread 2 days, keys compared nightly."""
    source.run(*(photo(n, f"2026-03-{n:02d} 10:00:00+00") for n in range(1, 21)))
    home.load(D[19])
    source.run(photo(101, "2026-03-19 09:00:00+00"), photo(102, "2026-03-02 09:00:00+00"))
    load = home.load(D[20])
    assert home.touched(load, "generations") == [D[1], D[18]]


def test_a_table_compared_weekly_finds_an_old_late_row_a_week_later(home: Home, source: HandWritten) -> None:
    insert = (
        "insert into public.wallet_transactions by name select {} as id, '{}'::timestamptz as created_at, 5 as amount"
    )
    source.run(insert.format(uuid(1), "2026-03-01 10:00:00+00"), insert.format(uuid(2), "2026-03-20 10:00:00+00"))
    home.load(D[19])
    source.run(insert.format(uuid(3), "2026-03-05 10:00:00+00"))
    new = [table_load(home.load(D[19 + n]), "wallet_transactions").new for n in range(1, 8)]
    assert new == [0, 0, 0, 0, 0, 0, 1]


def test_a_photo_deleted_inside_or_before_the_window_is_gone_and_archived(home: Home, source: HandWritten) -> None:
    source.run(*(photo(n, f"2026-03-{n:02d} 10:00:00+00") for n in range(1, 21)))
    home.load(D[19])
    source.run(f"delete from public.generations where id in ({uuid(3)}, {uuid(20)})")
    load = home.load(D[20])
    assert table_load(load, "generations").deleted == 2
    assert home.touched(load, "generations") == [D[2], D[19]]
    gone = home.rows("select created_at::date from archive_photobooth.generations where _op = 'delete' order by 1")
    assert gone == [(D[2],), (D[19],)]


def test_a_row_whose_time_moved_touches_both_days_and_stays_one_row(home: Home, source: HandWritten) -> None:
    source.run(photo(1, "2026-03-10 10:00:00+00"), photo(2, "2026-03-20 10:00:00+00"))
    home.load(D[19])
    source.run(f"update public.generations set created_at = '2026-03-04 10:00:00+00' where id = {uuid(2)}")
    load = home.load(D[20])
    assert home.touched(load, "generations") == [D[3], D[19]]
    assert home.one("select count(*) from raw_photobooth.generations") == 2


def test_an_updated_row_is_changed_once(home: Home, source: HandWritten) -> None:
    source.run(partner(1), partner(2))
    home.load(D[0])
    source.run(f"update public.partners set credits_total = 300 where id = {uuid(1)}")
    assert table_load(home.load(D[1]), "partners").changed == 1
    assert table_load(home.load(D[2]), "partners").touched == 0
    history = home.rows(
        f"select credits_total, _observed_at::date from archive_photobooth.partners where id = {uuid(1)} order by _load_id"
    )
    assert history == [(100, D[1]), (300, D[2])]


def test_payments_that_decide_together_touch_their_days_together(home: Home, source: HandWritten) -> None:
    """The earlier notification of payment m1 arrives late: the day of the later one changes too."""
    insert = "insert into public.payment_notifications by name select {} as id, '{}'::timestamptz as created_at, '{}' as mercadopago_id"
    source.run(
        insert.format(uuid(1), "2026-03-10 10:00:00+00", "m1"), insert.format(uuid(2), "2026-03-11 10:00:00+00", "m2")
    )
    home.load(D[10])
    source.run(insert.format(uuid(3), "2026-03-05 10:00:00+00", "m1"))
    assert home.touched(home.load(D[11]), "payment_notifications") == [D[4], D[9]]


def test_a_backfill_reads_its_days_again_and_no_others(home: Home, source: HandWritten) -> None:
    source.run(*(photo(n, f"2026-03-{n:02d} 10:00:00+00") for n in range(1, 21)))
    home.load(D[19])
    source.run(
        "update public.generations set style_id = 's2' where created_at < '2026-03-12 00:00:00+00'",
        f"delete from public.generations where id in ({uuid(5)}, {uuid(9)})",
        photo(55, "2026-03-06 11:00:00+00"),
    )
    load = home.backfill(D[4], D[6], as_of=D[19])
    assert home.touched(load, "generations") == [D[4], D[5], D[6]]
    state = dict(raw(home, "generations", "created_at, style_id"))
    changed = sorted({at.date() for at, style in state.items() if style == "s2"})
    assert changed == [D[5], D[6]]  # D[4]'s only photo is gone; later days wait for their own backfill
    assert home.one("select max(as_of)::date from meta.loads") == D[20]


def test_a_backfill_of_an_empty_home_loads_everything(home: Home, source: HandWritten) -> None:
    source.run(partner(1), *(photo(n, f"2026-03-{n:02d} 10:00:00+00") for n in range(1, 11)))
    home.backfill(D[7], D[9], as_of=D[9])
    assert home.one("select count(*) from raw_photobooth.generations") == 10
    assert home.one("select count(*) from raw_photobooth.partners") == 1


def test_an_emptied_table_stops_the_load_and_can_be_waived_once(home: Home, source: HandWritten) -> None:
    source.run(partner(1), partner(2))
    home.load(D[0])
    source.run("delete from public.partners")
    with pytest.raises(Refused, match=r"photobooth\.partners: the source table is empty; it held 2 rows on 2026-03-01"):
        home.load(D[1])
    assert home.one("select count(*) from raw_photobooth.partners") == 2
    load = home.load(D[1], accept=("photobooth.partners",))
    assert table_load(load, "partners").waived is not None
    assert home.one("select count(*) from raw_photobooth.partners") == 0
    source.run(partner(3))
    assert table_load(home.load(D[2]), "partners").new == 1


def test_an_emptied_append_table_stops_too(home: Home, source: HandWritten) -> None:
    source.run(photo(1, "2026-03-01 10:00:00+00"))
    home.load(D[0])
    source.run("delete from public.generations")
    with pytest.raises(Refused, match=r"photobooth\.generations: the source table is empty; it held 1 rows"):
        home.load(D[1])


@pytest.mark.parametrize(("lost", "stops"), [(20, False), (21, True)])
def test_a_table_may_lose_half_of_its_rows_and_not_one_more(
    home: Home, source: HandWritten, lost: int, stops: bool
) -> None:
    source.run(*(partner(n) for n in range(40)))
    home.load(D[0])
    source.run(f"delete from public.partners where right(id::varchar, 12)::int < {lost}")
    if stops:
        with pytest.raises(Refused, match="21 of 40 rows are gone"):
            home.load(D[1])
    else:
        assert table_load(home.load(D[1]), "partners").deleted == lost


def test_a_row_that_turned_bad_keeps_its_last_good_state(home: Home, source: HandWritten) -> None:
    insert = "insert into public.events by name select {} as id, 'x' as event_name, {} as end_date"
    source.run(insert.format(uuid(1), "'2026-05-01'::timestamptz"), insert.format(uuid(2), "null"))
    home.load(D[0])
    source.run(f"update public.events set end_date = 'infinity' where id = {uuid(1)}")
    load = table_load(home.load(D[1]), "events")
    assert (load.quarantined, load.deleted, load.changed) == (1, 0, 0)
    assert home.one(f"select end_date::date from raw_photobooth.events where id = {uuid(1)}") == date(2026, 5, 1)


def test_the_archive_adds_up_to_raw_and_rebuilds_it(home: Home, source: HandWritten, tmp_path: Path) -> None:
    source.run(partner(1), partner(2), *(photo(n, f"2026-03-{n:02d} 10:00:00+00") for n in range(1, 11)))
    home.load(D[9])
    source.run("delete from public.generations where style_id = 's1' and created_at < '2026-03-04'", partner(3, 700))
    source.run(f"update public.partners set credits_total = 5 where id = {uuid(1)}")
    home.load(D[10])
    with duckdb.connect() as fresh:
        fresh.execute("set TimeZone = 'UTC'")
        replay(fresh, [home.system], Archive(home.archive.root))
        for table in home.system.tables.values():
            query = f"select * from raw_photobooth.{table.name} order by all"
            assert fresh.execute(query).fetchall() == home.rows(query), table.name
            view = f"archive_photobooth.{table.name}"
            assert home.rows(f"select * from ({latest_state(table, view)}) order by all") == home.rows(query)


def test_a_lost_warehouse_is_not_taken_for_a_new_one(home: Home, source: HandWritten, tmp_path: Path) -> None:
    source.run(partner(1))
    home.load(D[0])
    home.close()
    (home.root / "warehouse.duckdb").unlink()
    again = Home(home.root, source.url)
    with pytest.raises(Unavailable, match="martlet rebuild"):
        again.load(D[1])
    assert len(list(home.archive.root.glob("*/partners/*.parquet"))) == 2
    again.close()


KILLED = """
import os, signal, sys
from datetime import date
from pathlib import Path
sys.path.insert(0, {root!r})
from tests.loading import Home
home = Home(Path({home!r}), {url!r})
def die(step):
    if step == {step!r}:
        os.kill(os.getpid(), signal.SIGKILL)
home.load(date(2026, 3, 2), on_step=die)
"""


@pytest.mark.parametrize(
    "step", ["before events", "before restricted", "before promote", "before commit", "after commit"]
)
def test_a_load_killed_anywhere_is_repeated_as_if_nothing_had_happened(
    home: Home, source: HandWritten, tmp_path: Path, step: str
) -> None:
    source.run(partner(1), photo(1, "2026-03-01 10:00:00+00"))
    home.load(D[0])
    home.close()
    source.run(
        partner(2),
        photo(2, "2026-03-02 10:00:00+00"),
        f"update public.partners set credits_total = 7 where id = {uuid(1)}",
    )
    root = str(Path(__file__).resolve().parents[2])
    code = KILLED.format(root=root, home=str(home.root), url=source.url, step=step)
    done = subprocess.run([sys.executable, "-c", code], cwd=root, env={**os.environ, "PYTHONPATH": root})
    assert done.returncode == -signal.SIGKILL
    again = Home(home.root, source.url)
    again.load(D[1])
    undisturbed = Home(tmp_path / "undisturbed", source.url)
    undisturbed.load(D[1])
    for table in catalog()["photobooth"].tables:
        query = f"select * exclude (_load_id, _observed_at) from raw_photobooth.{table} order by all"
        assert again.rows(query) == undisturbed.rows(query)
        archived = f"select count(*), count(distinct _load_id) from archive_photobooth.{table} where _observed_at > '2026-03-02'"
        assert again.one(
            f"select count(*) from ({latest_state(catalog()['photobooth'].tables[table], 'archive_photobooth.' + table)})"
        ) == len(again.rows(query))
        assert again.rows(archived)[0][1] <= 1
    assert not list(home.archive.root.glob("*/*/*.pending"))
    again.close()
    undisturbed.close()


def many_photos(count: int, day: str, first: int = 0) -> str:
    return (
        f"insert into public.generations by name select ('00000000-0000-4000-8000-' || lpad((i + {first})::varchar, 12, '0'))::uuid"
        f" as id, timestamptz '{day} 00:00:00+00' + to_seconds(i) as created_at from range({count}) t(i)"
    )


def test_the_guard_measures_what_was_compared_not_the_window(home: Home, source: HandWritten) -> None:
    """30 photos in the window, 400 before it: 20 old deletions pass, 300 do not."""
    source.run(many_photos(400, "2026-03-01"), many_photos(30, "2026-03-20", 1000))
    home.load(D[19])
    source.run("delete from public.generations where right(id::varchar, 12)::int < 20")
    assert table_load(home.load(D[20]), "generations").deleted == 20
    source.run("delete from public.generations where right(id::varchar, 12)::int < 300")
    with pytest.raises(Refused, match="280 of 410 rows are gone"):
        home.load(D[21])


def test_an_older_warehouse_does_not_cost_the_archive_a_file(home: Home, source: HandWritten, tmp_path: Path) -> None:
    source.run(partner(1))
    home.load(D[0])
    home.close()
    shutil.copy(home.root / "warehouse.duckdb", tmp_path / "backup")
    again = Home(home.root, source.url)
    source.run(partner(2))
    again.load(D[1])
    again.close()
    shutil.copy(tmp_path / "backup", home.root / "warehouse.duckdb")
    files = sorted(home.archive.root.glob("*/*/*.parquet"))
    old = Home(home.root, source.url)
    with pytest.raises(Unavailable, match="older copy"):
        old.load(D[2])
    assert sorted(home.archive.root.glob("*/*/*.parquet")) == files
    old.close()


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("alter table public.events rename event_type to kind", "`event_type` is gone"),
        ("drop table public.activity_logs", "public.activity_logs is not in the source"),
    ],
)
def test_what_is_optional_may_be_absent_but_not_vanish(
    home: Home, source: HandWritten, statement: str, words: str
) -> None:
    source.run("insert into public.events by name select uuid() as id, 'wedding' as event_type, 'x' as event_name")
    source.run("insert into public.activity_logs by name select uuid() as id, '2026-03-01'::timestamptz as created_at")
    home.load(D[0])
    source.run(statement)
    with pytest.raises(Refused, match=words):
        home.load(D[1])
    home.load(D[1], accept=("events", "activity_logs"))
    home.load(D[2])


def test_a_payment_that_leaves_its_group_touches_the_days_of_those_it_leaves(home: Home, source: HandWritten) -> None:
    insert = "insert into public.payment_notifications by name select {} as id, '{}'::timestamptz as created_at, '{}' as mercadopago_id"
    source.run(
        insert.format(uuid(1), "2026-03-10 10:00:00+00", "m1"), insert.format(uuid(2), "2026-03-11 10:00:00+00", "m1")
    )
    home.load(D[10])
    source.run(f"update public.payment_notifications set mercadopago_id = 'm2' where id = {uuid(1)}")
    assert home.touched(home.load(D[11]), "payment_notifications") == [D[9], D[10]]


def test_a_row_moved_into_the_future_leaves_and_stops_nothing(home: Home, source: HandWritten) -> None:
    insert = (
        "insert into public.wallet_transactions by name select {} as id, '{}'::timestamptz as created_at, 5 as amount"
    )
    source.run(insert.format(uuid(1), "2026-03-10 10:00:00+00"), insert.format(uuid(2), "2026-03-10 11:00:00+00"))
    home.load(D[10])
    source.run(f"update public.wallet_transactions set created_at = '2036-01-01 00:00:00+00' where id = {uuid(1)}")
    assert table_load(home.load(D[11]), "wallet_transactions").deleted == 1
    source.run(insert.format(uuid(3), "2026-03-12 11:00:00+00"))
    assert table_load(home.load(D[12]), "wallet_transactions").new == 1


def test_rows_missed_en_masse_are_read_with_the_whole_table_and_counted_once(
    home: Home, source: HandWritten, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("orchestration.extract.reader.WHOLE_TABLE_KEYS", 5)
    source.run(many_photos(50, "2026-03-01"), many_photos(30, "2026-03-20", 1000))
    home.load(D[19])
    source.run(many_photos(10, "2026-03-05", 2000))
    load = home.load(D[20])
    assert (table_load(load, "generations").new, table_load(load, "generations").changed) == (10, 0)
    assert home.touched(load, "generations") == [D[4]]


@pytest.mark.parametrize("source", [False], indirect=True)
def test_a_duplicate_of_a_table_compared_weekly_is_found_every_night(home: Home, source: HandWritten) -> None:
    insert = (
        "insert into public.wallet_transactions by name select {} as id, '{}'::timestamptz as created_at, 5 as amount"
    )
    source.run(*(insert.format(uuid(1), "2026-03-01 10:00:00+00") for _ in range(2)))
    found = [table_load(home.load(D[n]), "wallet_transactions").duplicate_keys for n in range(5)]
    assert found == [1, 1, 1, 1, 1]
    assert home.rows("select load_id from meta.quarantine") == [(5,)]  # read again every night, kept once
    source.run("delete from public.wallet_transactions", insert.format(uuid(1), "2026-03-01 10:00:00+00"))
    assert table_load(home.load(D[5]), "wallet_transactions").duplicate_keys == 0


def test_a_changed_catalog_is_followed(home: Home, source: HandWritten) -> None:
    """A column more, one less, one of another type; the archive keeps what it has."""
    source.run(partner(1))
    full = home.system
    partners = full.tables["partners"]
    fewer = [c for c in partners.columns if c.name not in {"credits_used", "user_id"}]
    retyped = [c.model_copy(update={"type": "BIGINT"}) if c.name == "credits_total" else c for c in fewer]
    tables = {**full.tables, "partners": partners.model_copy(update={"columns": retyped})}
    home.system = full.model_copy(update={"tables": tables})
    home.load(D[0])
    source.run(f"update public.partners set credits_used = 7 where id = {uuid(1)}")
    home.system = full
    home.load(D[1])
    assert home.rows("select credits_total, credits_used, typeof(credits_total) from raw_photobooth.partners") == [
        (100, 7, "INTEGER")
    ]
    assert home.one("select count(*) from archive_photobooth.partners") == 2


def test_the_text_of_a_value_that_can_not_be_converted_is_not_shown(tmp_path: Path, source: HandWritten) -> None:
    """The source column became text, so what was a JSON document may be anything."""
    source.run("alter table public.payment_notifications alter data type varchar")
    source.run(
        "insert into public.payment_notifications by name select uuid() as id, 'canary@example.com' as data,"
        " '2026-03-01'::timestamptz as created_at"
    )
    home = Home(tmp_path / "other", source.url)
    with pytest.raises(Refused) as caught:
        home.load(D[0])
    assert "photobooth.payment_notifications: column `data` is varchar" in str(caught.value)
    assert "canary" not in str(caught.value)
    home.close()
