"""Whole runs of the command line: a first night, an empty one, one new day, a backfill, from process start to exit."""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from benchmarks.builds import settings_of
from benchmarks.measure import Report, measured, pace
from benchmarks.world import LAST_DAY, World
from orchestration import transform
from orchestration.extract.catalog import catalog

PROJECT = Path(__file__).resolve().parent.parent
BACKFILL_DAYS = 30


@dataclass
class Deployment:
    """A home that reads a world; every run is given a clock that has just passed the day."""

    world: World
    home: Path

    def run(self, day: date, *arguments: str) -> float:
        """Run the command line as if in the night after `day`; returns the seconds."""
        clean = {k: v for k, v in os.environ.items() if not k.startswith(("MARTLET_", "DAGSTER_", "DBT_"))}
        environment = clean | {
            "MARTLET_HOME": str(self.home),
            **{catalog()[system].variable: url for system, url in self.world.urls.items()},
            "MARTLET_PSEUDONYM_KEY": "a-key-of-the-benchmarks",
            "MARTLET_NOW": f"{day + timedelta(days=1)}T02:00:00+00:00",
            "DO_NOT_TRACK": "1",
        }
        started = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-m", "orchestration.cli", *arguments],
            cwd=PROJECT, env=environment, capture_output=True, text=True,
        )  # fmt: skip
        seconds = time.perf_counter() - started
        if done.returncode != 0:
            raise RuntimeError(
                f"martlet {' '.join(arguments)} ended with {done.returncode}:\n{done.stdout}{done.stderr}"
            )
        return seconds

    @property
    def release(self) -> str:
        return os.readlink(self.home / "exports" / "v1" / "latest")


@dataclass
class Costs:
    """Seconds of a first night, of nights without a new row, and of nights with one new day."""

    full: float
    empty: list[float]
    new_day: list[float]

    @property
    def quiet(self) -> float:
        """An empty night; of several the fastest, because what disturbs a run only makes it slower."""
        return min(self.empty)

    @property
    def noise(self) -> float:
        """What two nights differ by that do the same: a smaller cost can't be told from nothing."""
        first, second, *_ = sorted(self.empty)
        return second - first

    @property
    def increment(self) -> float:
        """What a new day costs above an empty night."""
        return min(self.new_day) - self.quiet

    @property
    def work(self) -> float:
        """What a full build costs above an empty night."""
        return self.full - self.quiet


def measure_costs(deployment: Deployment, repeats: int) -> Costs:
    """A first night until LAST_DAY, then nights in pairs: one without a new row, one with a new day."""
    measured(parse, deployment.home)  # reading the models is no part of a full build
    costs = Costs(deployment.run(LAST_DAY, "nightly"), [], [])
    day = LAST_DAY
    for _ in range(repeats):
        day += timedelta(days=1)
        costs.empty.append(deployment.run(day, "nightly"))
        day += timedelta(days=1)
        deployment.world.add_day(day)
        costs.new_day.append(deployment.run(day, "nightly"))
    return costs


def parse(home: Path) -> None:
    transform.ensure_manifest(settings_of(home))


def bench_new_day(report: Report, long: World, short: World, folder: Path, most_more: float, repeats: int = 3) -> Costs:
    """One new day on a long history, and on one of a quarter, which may cost `most_more` times less; leaves folder/long, the
    home of the long one."""
    rows, quarter = long.rows(), short.rows()
    costs = measure_costs(Deployment(long, folder / "long"), repeats)
    few = measure_costs(Deployment(short, folder / "short"), repeats)
    title = f"one new day on {rows / 1e6:.1f} M rows of {long.large.table}, of a full build"
    report.add(title, costs.increment / costs.work, "x", 0.1, f"{costs.increment:.1f} s of {costs.work:.1f} s")
    note = f"{costs.increment:.1f} s and {few.increment:.1f} s"
    least = max(costs.noise, few.noise, 0.1)
    more = max(costs.increment, least) / max(few.increment, least)
    note += f"; less than {least:.1f} s is noise"
    report.add(f"  the same day, {rows / quarter:.1f} times the history", more, "x", most_more, note)
    report.add("  first night", costs.full, "s")
    report.add("  a night without a new row", costs.quiet, "s", None, f"{few.quiet:.1f} s on the short history")
    shutil.rmtree(folder / "short")
    return costs


def bench_backfill(report: Report, long: World, folder: Path, costs: Costs) -> None:
    """Thirty days again in one run, after a source changed rows of each, against the share of these days in a full build."""
    first = LAST_DAY - timedelta(days=BACKFILL_DAYS - 1)
    with long.connect() as connection:
        window = "created_at >= %s and created_at < %s"
        bounds = [first, LAST_DAY + timedelta(days=1)]
        query = f"select count(*) filter (where {window})::float8 / count(*) from generations"
        (share,) = connection.execute(query.encode(), bounds).fetchall()[0]
        connection.execute(
            f"update generations set aspect_ratio = '21:9' where {window} and id::text like '00%%'".encode(), bounds
        )
    deployment = Deployment(long, folder / "long")
    day = LAST_DAY + timedelta(days=10)
    deployment.run(day, "nightly")
    empty = min(deployment.run(day + timedelta(days=n), "nightly") for n in (1, 2))
    before = deployment.release
    arguments = ("backfill", "--start", str(first), "--end", str(LAST_DAY))
    seconds = deployment.run(day + timedelta(days=2), *arguments)
    assert deployment.release != before
    title = f"a backfill of {BACKFILL_DAYS} days in one run, of their work in a full build"
    note = f"{seconds:.1f} s, an empty night {empty:.1f} s, {share:.0%} of a full build {share * costs.work:.1f} s"
    report.add(title, (seconds - empty) / (share * costs.work), "x", 1.3, note)


def bench_nightly(report: Report, world: World, folder: Path, limit: float, repeats: int = 3) -> None:
    """A night for the next day without a new row, at scale 1, and one with nothing to do at all."""
    deployment = Deployment(world, folder / "small")
    systems = "one system" if len(world.urls) == 1 else f"{len(world.urls)} systems"
    report.add(f"first night of {systems} at scale 1", deployment.run(LAST_DAY, "nightly"), "s")
    seconds, nothing, paces = [], [], []
    for n in range(1, repeats + 1):
        paces.append(pace())
        seconds.append(deployment.run(LAST_DAY + timedelta(days=n), "nightly"))
        nothing.append(deployment.run(LAST_DAY + timedelta(days=n), "nightly"))
    machine = f"ten million additions in Python took {statistics.median(paces):.2f} s"
    note = f"{min(seconds):.1f} to {max(seconds):.1f} s, while {machine}"
    report.add(f"the next night of {systems} without a new row", statistics.median(seconds), "s", limit, note)
    report.add("  the same day again: nothing new", statistics.median(nothing), "s")
    shutil.rmtree(deployment.home)
