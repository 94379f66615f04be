"""The files of a release: each written into the staging folder, then read back by the second engine.

Belongs here: which files there are. Does not: their format (export.py), what a proof is (proofs.py), going live (release.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb

from orchestration.publish import documented, export, proofs
from orchestration.publish.build import BuildInfo, PublishSettings
from orchestration.publish.describe import Described
from orchestration.publish.documented import Export
from orchestration.publish.marts import Mart
from orchestration.publish.parallel import for_each
from orchestration.publish.pointer import Hook
from orchestration.publish.proofs import Content


def measure_exports(
    con: duckdb.DuckDBPyConnection, settings: PublishSettings, build: BuildInfo, found: Sequence[Export]
) -> list[Described]:
    """What each documented export will hold; of one that is too large only how many rows it has."""
    return [_measure(con, settings, build, one) for one in found]


def _measure(con: duckdb.DuckDBPyConnection, settings: PublishSettings, build: BuildInfo, one: Export) -> Described:
    rows = con.execute(f"select count(*) from {one.relation}").fetchall()[0][0]
    if rows <= settings.csv_row_cap:
        columns = export.csv_columns(one, build.reporting_timezone, with_utc=False)
        return Described(one, Content(rows, {}, proofs.csv_hash(con, one, columns)))
    note = export.too_large(one, rows, settings.csv_row_cap, _way_out(con, settings, build, one))
    return Described(one, Content(rows, {}, ""), note=note)


def _way_out(con: duckdb.DuckDBPyConnection, settings: PublishSettings, build: BuildInfo, one: Export) -> str:
    """Where the rows of an export are found that has too many for a spreadsheet."""
    if not one.documented.months_of:
        return f"Use parquet/{one.documented.models[0]}.parquet, which it is made of."
    months, rows = documented.months_that_fit(con, one, build.reporting_day, settings.csv_row_cap)
    if not months:
        return "Not even the newest month alone would fit."
    return f"Set MARTLET_EXPORT_MONTHS={months} to have the newest {months} calendar months ({rows:,} rows)."


def write(
    con: duckdb.DuckDBPyConnection, settings: PublishSettings, build: BuildInfo, marts: list[Described],
    exports: list[Described], staging: Path, on_step: Hook,
) -> None:  # fmt: skip
    """Write every file of the public release, then have each of them read back. Raises Refused when one differs."""
    for folder in ("parquet", "csv"):
        (staging / folder).mkdir(parents=True)
    on_step("staged")
    order: dict[str, str] = {}

    def write_parquet(own: duckdb.DuckDBPyConnection, d: Described) -> None:
        order[d.mart.name] = export.in_order(own, d.mart, d.content.rows)
        export.write_parquet(own, d.mart, order[d.mart.name], _parquet(staging, d.mart))

    def write_csv(own: duckdb.DuckDBPyConnection, d: Described) -> None:
        if d.content.rows > settings.csv_row_cap:
            way_out = f"Use parquet/{d.mart.name}.parquet, which holds all of them."
            d.note = export.too_large(d.mart, d.content.rows, settings.csv_row_cap, way_out)
            _too_large(staging, d.mart).write_text(d.note + "\n", encoding="utf-8")
        else:
            columns = export.csv_columns(d.mart, build.reporting_timezone)
            export.write_csv(own, d.mart, columns, order[d.mart.name], _csv(staging, d.mart))

    def prove(own: duckdb.DuckDBPyConnection, d: Described) -> None:
        rows, path = d.content.rows, _parquet(staging, d.mart)
        proofs.prove_parquet(d.mart, d.content, path)
        d.add_file(staging, path, "parquet", rows, d.mart.shape, d.content.content_hash)
        if d.note:
            d.add_file(staging, _too_large(staging, d.mart), "text")
            return
        columns, path = export.csv_columns(d.mart, build.reporting_timezone), _csv(staging, d.mart)
        text_hash = proofs.prove_csv(own, d.mart, columns, d.content, path)
        d.add_file(staging, path, "csv", rows, [{"name": c.name, "type": c.type} for c in columns], text_hash)

    for_each(con, marts, write_parquet)
    on_step("parquet_written")
    for_each(con, marts, write_csv)
    write_exports(con, build, exports, staging)
    on_step("csv_written")
    for_each(con, marts, prove)
    prove_exports(build, exports, staging)
    on_step("proved")


def write_exports(con: duckdb.DuckDBPyConnection, build: BuildInfo, exports: list[Described], staging: Path) -> None:
    """Write the CSV of each export, or what stands in its place."""
    (staging / "csv").mkdir(parents=True, exist_ok=True)
    for d in exports:
        if d.note:
            _too_large(staging, d.mart).write_text(d.note + "\n", encoding="utf-8")
        else:
            columns = export.csv_columns(d.mart, build.reporting_timezone, with_utc=False)
            export.write_csv(con, d.mart, columns, f"order by {d.mart.order}", _csv(staging, d.mart))


def prove_exports(build: BuildInfo, exports: list[Described], staging: Path) -> None:
    """Have each export read back. Raises Refused when one differs from the warehouse."""
    for d in exports:
        if d.note:
            d.add_file(staging, _too_large(staging, d.mart), "text")
            continue
        columns = export.csv_columns(d.mart, build.reporting_timezone, with_utc=False)
        proofs.prove_export(columns, d.content.rows, d.content.content_hash, _csv(staging, d.mart))
        d.add_file(staging, _csv(staging, d.mart), "csv", d.content.rows, d.mart.shape, d.content.content_hash)


def _parquet(staging: Path, mart: Mart) -> Path:
    return staging / "parquet" / f"{mart.name}.parquet"


def _csv(staging: Path, mart: Mart) -> Path:
    return staging / "csv" / f"{mart.name}.csv"


def _too_large(staging: Path, mart: Mart) -> Path:
    return staging / "csv" / f"{mart.name}.too-large.txt"
