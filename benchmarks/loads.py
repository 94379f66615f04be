"""Loading: the first load against a bare CREATE TABLE AS, an incremental one against COPY of the same query."""

from __future__ import annotations

import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb

from benchmarks.measure import Report, alternated, measured, ratio
from benchmarks.world import LAST_DAY, World
from orchestration.extract.archive import Archive
from orchestration.extract.catalog import System, Table, catalog
from orchestration.extract.loader import Loader, LoadRequest
from orchestration.extract.projection import source_query
from orchestration.extract.reader import Window
from orchestration.extract.sources import attach
from orchestration.warehouse import NO_NETWORK

COLUMNS = "id, user_id, event_id, style_id, model_id, aspect_ratio, created_at"
NEW_DAYS = 1  # with the two days that are read again, about 1 % of the rows


class TimedArchive(Archive):
    """Knows how long it wrote, because a bare CREATE TABLE AS keeps no archive."""

    seconds = 0.0

    def write(self, *arguments, **named) -> None:
        started = time.perf_counter()
        super().write(*arguments, **named)
        TimedArchive.seconds += time.perf_counter() - started


def generations(compare: str | None) -> System:
    """The system with this one table."""
    system = catalog()["photobooth"]
    table = system.tables["generations"].model_copy(update={"compare": compare})
    return system.model_copy(update={"tables": {"generations": table}})


def connected(file: Path) -> duckdb.DuckDBPyConnection:
    """A connection with the settings of a run."""
    con = duckdb.connect(str(file), config=NO_NETWORK)
    con.execute("set TimeZone = 'UTC'; set enable_progress_bar = false; pragma disable_checkpoint_on_shutdown")
    return con


@contextmanager
def kept(home: Path) -> Iterator[Callable[[], Path]]:
    """A function that brings the home back to what it is now, in its own place: one that moved has its views made anew."""
    with tempfile.TemporaryDirectory(dir=home.parent) as place:
        copy = shutil.copytree(home, Path(place) / "home")

        def restored() -> Path:
            shutil.rmtree(home)
            return Path(shutil.copytree(copy, home))

        yield restored
        restored()


def bare(url: str, file: Path) -> None:
    """ATTACH and CREATE TABLE AS of the same columns, to a file."""
    with connected(file) as con:
        attach(con, "photobooth", url)
        con.execute(f"create table generations as select {COLUMNS} from src.public.generations")


def load(url: str, home: Path, last_day: date, compare: str | None) -> tuple[int, float]:
    """One load of the table into the home's warehouse; returns the rows that were read and the seconds of the archive."""
    with connected(home / "warehouse.duckdb") as con:
        archive = TimedArchive(home / "archive")
        loader = Loader(con, generations(compare), archive, home / "restricted")
        as_of = datetime.combine(last_day + timedelta(days=1), datetime.min.time(), UTC)
        done = loader.load(url, "a-key-of-the-benchmarks", LoadRequest("bench", as_of, "UTC", as_of))
    return done.tables[0].read, TimedArchive.seconds


def bench_full(report: Report, world: World, folder: Path, repeats: int = 3) -> None:
    """Leaves folder/loaded, a home that loaded everything."""
    archive_seconds, peaks, home = [], [], folder / "loaded"

    def bare_seconds() -> float:
        with tempfile.TemporaryDirectory(dir=folder) as place:
            return measured(bare, world.url, Path(place) / "bare.duckdb").seconds

    def our_seconds() -> float:
        shutil.rmtree(home, ignore_errors=True)
        home.mkdir()
        done = measured(load, world.url, home, LAST_DAY, None)
        archive_seconds.append(done.value[1])
        peaks.append(done.peak_mb)
        return done.seconds - done.value[1]

    bare_times, our_times = alternated(repeats, bare_seconds, our_seconds)
    rows = world.rows()
    title = f"full load of {rows / 1e6:.1f} M generations"
    report.add(title, ratio(our_times, bare_times), "x CTAS", 1.3, f"{statistics.median(our_times):.1f} s")
    report.add("  peak memory", max(peaks), "MB", 1024)
    report.add("  the archive, on top", statistics.median(archive_seconds), "s")
    report.add("  bare ATTACH + CREATE TABLE AS", statistics.median(bare_times), "s")
    report.add("  server COPY to /dev/null", server_copy(world, f"select {COLUMNS} from generations"), "s")


def server_copy(world: World, query: str) -> float:
    """Seconds that the server needs to produce the rows of a query."""
    with world.connect() as connection:
        started = time.perf_counter()
        connection.execute(f"copy ({query}) to '/dev/null' (format binary)".encode())
        return time.perf_counter() - started


def bench_incremental(report: Report, world: World, folder: Path, repeats: int = 5) -> None:
    """One per cent of the rows lies in the window of the next load: new days, and the days that are read again."""
    for n in range(1, NEW_DAYS + 1):
        world.add_day(LAST_DAY + timedelta(days=n))
    last_day = LAST_DAY + timedelta(days=NEW_DAYS)
    table = catalog()["photobooth"].tables["generations"]
    query = window_query(world, table, last_day)
    with world.connect() as connection:
        connection.execute("vacuum analyze generations")
        plan = "\n".join(row[0] for row in connection.execute(f"explain {query}".encode()).fetchall())
        (rows,) = connection.execute(f"select count(*) from ({query}) q".encode()).fetchall()[0]
    uses_index = "created_at_idx" in plan and "Seq Scan" not in plan

    with kept(folder / "loaded") as home:

        def our_seconds() -> float:
            done = measured(load, world.url, home(), last_day, None)
            assert done.value[0] == rows, (done.value, rows)
            return done.seconds

        copies, ours = alternated(repeats, lambda: server_copy(world, query), our_seconds)
        with world.connect() as connection:
            connection.execute(
                f"update generations set aspect_ratio = '21:9' where id in (select id from ({query}) q)".encode()
            )
        all_changed = [measured(load, world.url, home(), last_day, None) for _ in range(repeats)]
        first = measured(load, world.url, home(), last_day, "nightly")
        again = measured(load, world.url, folder / "loaded", last_day + timedelta(days=1), "nightly")
    spared = [max(seconds - 0.3, 0) for seconds in ours]
    total = world.rows()
    title = f"incremental load of {rows / total:.1%} of the rows, less 0.3 s"
    report.add(title, ratio(spared, copies), "x COPY", 2.5, f"{statistics.median(ours):.2f} s for {rows:,} rows")
    report.add("  the source's index is not used", float(not uses_index), "", 0, plan.splitlines()[0].strip())
    report.add("  COPY of the same query", statistics.median(copies), "s")
    slowest = statistics.median(done.seconds for done in all_changed)
    note = f"its archive {statistics.median(done.value[1] for done in all_changed):.2f} s"
    report.add("  the load when each of these rows is new or changed", slowest, "s", None, note)
    note = f"the first time {first.seconds:.1f} s; peak {max(first.peak_mb, again.peak_mb):,.0f} MB"
    report.add("  a quiet load with its comparison of keys", again.seconds, "s", None, note)
    with world.connect() as connection:
        connection.execute("delete from generations where created_at >= %s", [LAST_DAY + timedelta(days=1)])
        connection.execute("vacuum analyze generations")


def window_query(world: World, table: Table, last_day: date) -> str:
    """What the loader asks the source for, with the window of a load of `last_day` after one of LAST_DAY."""
    until = datetime.combine(last_day + timedelta(days=1), datetime.min.time(), UTC)
    with duckdb.connect(config=NO_NETWORK) as con, world.connect() as connection:
        source = attach(con, "photobooth", world.url)
        (newest,) = connection.execute(
            "select max(created_at) from generations where created_at < %s", [LAST_DAY + timedelta(days=1)]
        ).fetchall()[0]
        present = {column.name: column.name for column in table.columns}
        window = Window(until, newest - table.reread)
        return source_query(table, source, present, window.source_where(table, present))
