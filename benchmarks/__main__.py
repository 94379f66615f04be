"""Run all benchmarks: python -m benchmarks [--photos N] [--only NAME ...]. Exits 1 when a figure misses its limit.

Only a run of all parts is kept in results.json."""

from __future__ import annotations

import argparse
import shutil
import signal
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from benchmarks import builds, loads, nights, rivals
from benchmarks.measure import Report
from benchmarks.world import CALLS, PHOTOS, make_small_world, make_world
from orchestration.extract.catalog import catalog
from tests.conftest import running_postgres

RESULTS = Path(__file__).parent / "results.json"  # committed, so that its history shows what became slower
PARTS = ("load", "rivals", "nightly", "history", "calls")
QUARTER = 0.25  # of the rows: the history that a new day is compared on


def main() -> None:
    """Measure, print each figure beside its limit, and keep all of them in RESULTS."""
    parser = argparse.ArgumentParser(prog="make bench")
    parser.add_argument("--photos", type=int, default=5_000_000, help="rows of generations")
    parser.add_argument("--calls", type=int, default=10_000_000, help="rows of api_usage")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS)
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the server is stopped and the folder removed
    report = Report()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="martlet-bench-")))
        server = stack.enter_context(running_postgres())

        def new_url() -> str:
            url = stack.enter_context(server.new_database())
            with server.admin() as admin:  # COPY to /dev/null writes a file of the server
                role = sql.Identifier(str(conninfo_to_dict(url)["user"]))
                admin.execute(sql.SQL("grant pg_write_server_files to {}").format(role))
            return url

        if "nightly" in arguments.only:
            nights.bench_nightly(report, make_small_world(new_url, ["photobooth"]), folder, limit=20)
            nights.bench_nightly(report, make_small_world(new_url, sorted(catalog())), folder, limit=45)
        if "calls" in arguments.only:
            short = make_world(new_url, CALLS, arguments.calls, QUARTER)
            nights.bench_new_day(report, make_world(new_url, CALLS, arguments.calls), short, folder, most_more=1.3)
            shutil.rmtree(folder / "long")
        if {"rivals", "history"} & set(arguments.only):
            short = make_world(new_url, PHOTOS, arguments.photos, QUARTER)
        if {"load", "history"} & set(arguments.only):
            long = make_world(new_url, PHOTOS, arguments.photos)
        if "rivals" in arguments.only:
            rivals.bench_rivals(report, short, folder)
        if "load" in arguments.only:
            loads.bench_full(report, long, folder)
            loads.bench_incremental(report, long, folder)
        if "history" in arguments.only:
            costs = nights.bench_new_day(report, long, short, folder, most_more=1.2)
            builds.bench_models(report, folder)
            builds.bench_export(report, folder)
            nights.bench_backfill(report, long, folder, costs)
    if set(arguments.only) == set(PARTS):
        report.write(RESULTS)
    missed = [figure.name for figure in report.figures if not figure.is_good]
    print(f"\n{len(report.figures)} figures, {len(missed)} missed their limit.")
    sys.exit(1 if missed else 0)


if __name__ == "__main__":
    main()
