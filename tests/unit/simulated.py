"""What holds for every demo system, and the world of two years that is asked for it. Not a test itself.

Belongs here: the tests that every system inherits. Does not: the traps and sums of one system (test_simulate_<system>.py),
how the simulator is used (test_simulator.py). A system is one class in one file, and a file stays in one process: so its
world, which takes seconds, is made once.
"""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pytest

from simulator import WORLD_START, SimulationResult, engine, simulate
from simulator.schema import Table

UNTIL = dt.date(2026, 11, 20)
SCALE = 0.3


def days_from(first: dt.date, count: int) -> tuple[dt.date, ...]:
    return tuple(first + dt.timedelta(days=n) for n in range(count))


@contextmanager
def reading(path: Path, schemas: str = "public") -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(path), read_only=True) as connection:
        connection.execute(f"SET TimeZone = 'UTC'; SET search_path = '{schemas}'")
        yield connection


def content(path: Path, tables: Sequence[Table]) -> dict[str, list[tuple]]:
    """The rows of each table in the order of their keys, by `schema.table`."""
    with reading(path) as db:
        return {t.path: db.execute(f"select * from {t.path} order by {t.key}").fetchall() for t in tables}


def one(db: duckdb.DuckDBPyConnection, sql: str) -> int:
    row = db.execute(sql).fetchone()
    assert row is not None
    return row[0]


class Simulated:
    """A system says what is special about it. Its own tests read `world` or `db`, and carry on `later`, a copy."""

    name: str
    tables: Sequence[Table]
    people: str  # the table of those who sign up
    traps: Mapping[str, str]  # what makes the real system hard to read: a query that finds it
    stops: Sequence[dt.date]  # where the runs of a history end
    optional: Sequence[str]  # tables and `table.column`s that a deployment may lack
    ahead: Sequence[str]  # columns that may name a moment to come
    small = 0.12  # the scale of worlds of a few months
    scales_without_optional: Sequence[float] = ()  # if not at `small`
    empty_so_far: Sequence[str] = ()  # tables without rows when the history ends
    unique_unless_null: Sequence[str] = ()  # columns
    schemas = "public"
    write_days = engine.WRITE_DAYS  # in a history
    daily_until = dt.date(2024, 12, 5)  # where a history that is written every day ends

    @classmethod
    def run(cls, path: Path, until: dt.date, scale: float | None = None, seed: int = 7) -> SimulationResult:
        return simulate(cls.name, str(path), scale or cls.small, seed, until)

    @pytest.fixture(scope="class")
    @classmethod
    def world(cls, tmp_path_factory: pytest.TempPathFactory) -> Path:
        """Two years at less than a third of the usual size."""
        path = tmp_path_factory.mktemp("world") / f"{cls.name}.duckdb"
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(engine, "WRITE_DAYS", 100)  # few large writes are quicker, and write the same
            cls.run(path, UNTIL, SCALE)
        return path

    @pytest.fixture(scope="class")
    @classmethod
    def db(cls, world: Path) -> Iterator[duckdb.DuckDBPyConnection]:
        with reading(world, cls.schemas) as connection:
            yield connection

    @pytest.fixture
    def later(self, world: Path, tmp_path: Path) -> Path:
        return shutil.copy(world, tmp_path / "later.duckdb")

    # --- the same world, however one comes to it -----------------------------------------------------------------------

    def test_a_history_of_runs_equals_one_run(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(engine, "WRITE_DAYS", self.write_days)
        once, often = tmp_path / "once.duckdb", tmp_path / "often.duckdb"
        self.run(once, self.stops[-1])
        for until in self.stops:
            self.run(often, until)
        expected, found = content(once, self.tables), content(often, self.tables)
        for table in self.tables:
            assert found[table.path] == expected[table.path], table.path
            if table.name not in self.empty_so_far:
                assert expected[table.path], f"{table.path} is empty, so the comparison proves nothing"

    def test_when_it_writes_does_not_change_what_it_writes(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monthly, daily = tmp_path / "monthly.duckdb", tmp_path / "daily.duckdb"
        self.run(monthly, self.daily_until)
        monkeypatch.setattr(engine, "WRITE_ROWS", 1)
        self.run(daily, self.daily_until)
        assert content(daily, self.tables) == content(monthly, self.tables)

    def test_another_seed_is_another_world(self, tmp_path: Path) -> None:
        for seed in (7, 8):
            self.run(tmp_path / f"{seed}.duckdb", dt.date(2024, 11, 5), 0.001, seed)
        seven, eight = (content(tmp_path / f"{seed}.duckdb", self.tables) for seed in (7, 8))
        assert seven[self.people] != eight[self.people]

    def test_a_day_already_lived_is_left_alone(self, tmp_path: Path) -> None:
        path, last = tmp_path / "a.duckdb", dt.date(2024, 11, 20)
        done = simulate(self.name, f"duckdb://{path}", self.small, until=last)
        assert (done.until, done.days_advanced) == (last, 20)
        assert sum(done.rows_inserted.values()) > 0
        before = content(path, self.tables)
        again = self.run(path, dt.date(2024, 11, 10))
        assert (again.until, again.days_advanced, sum(again.rows_inserted.values())) == (last, 0, 0)
        assert content(path, self.tables) == before

    def test_before_the_world_begins_there_is_only_a_schema(self, tmp_path: Path) -> None:
        path = tmp_path / "a.duckdb"
        assert self.run(path, WORLD_START - dt.timedelta(days=1)).until is None
        assert {len(rows) for rows in content(path, self.tables).values()} == {0}

    @pytest.mark.parametrize("scale", [0.001, 0.01, 3])
    def test_any_scale_knows_where_it_stands(self, tmp_path: Path, scale: float) -> None:
        path = tmp_path / "a.duckdb"
        assert self.run(path, dt.date(2024, 11, 3), scale).days_advanced == 3
        assert self.run(path, dt.date(2024, 11, 5), scale).days_advanced == 2

    def test_what_is_optional_may_be_missing(self, tmp_path: Path) -> None:
        for scale in self.scales_without_optional or (self.small,):
            path, first, last = tmp_path / f"{scale}.duckdb", dt.date(2024, 12, 20), dt.date(2024, 12, 28)
            self.run(path, first, scale)
            with duckdb.connect(str(path)) as connection:
                for table, _, column in (item.partition(".") for item in self.optional):
                    change = f"alter table public.{table} drop {column}" if column else f"drop table public.{table}"
                    connection.execute(change)
            done = self.run(path, last, scale)
            assert (done.until, done.days_advanced) == (last, 8), scale

    # --- what must never be, and what must occur -----------------------------------------------------------------------

    def test_nothing_lies_in_the_future(self, db: duckdb.DuckDBPyConnection) -> None:
        end = UNTIL + dt.timedelta(days=1)
        for table in self.tables:
            for column in table.columns:
                if column.type.startswith("timestamp") and column.name not in self.ahead:
                    late = one(db, f"select count(*) from {table.path} where {column.name} >= '{end}'")
                    assert late == 0, f"{table.path}.{column.name}"

    def test_keys_are_unique_required_columns_filled_and_enums_kept(self, db: duckdb.DuckDBPyConnection) -> None:
        for table in self.tables:
            for group in ((table.key,), *table.unique):
                names = ", ".join(group)
                known = f"where {names} is not null" if names in self.unique_unless_null else ""
                again = one(db, f"select count(*) - count(distinct ({names})) from {table.path} {known}")
                assert again == 0, (table.path, names)
            for column in table.columns:
                where = (table.path, column.name)
                if not column.null:
                    assert one(db, f"select count(*) from {table.path} where {column.name} is null") == 0, where
                if column.values:
                    found = db.execute(f"select distinct {column.name} from {table.path}").fetchall()
                    assert {value for (value,) in found} <= {None, *column.values}, where

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        if "trap" in metafunc.fixturenames:
            metafunc.parametrize("trap", self.traps)

    def test_the_trap_occurs(self, db: duckdb.DuckDBPyConnection, trap: str) -> None:
        assert one(db, self.traps[trap]) > 0
