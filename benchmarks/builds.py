"""Models and export on a warehouse that a whole night has filled, against DuckDB doing the same without us."""

from __future__ import annotations

import json
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import duckdb

from benchmarks.loads import connected
from benchmarks.measure import Report, alternated, measured, ratio
from orchestration import transform
from orchestration.publish import export, proofs
from orchestration.publish.marts import Column, Mart, canonical_type, read_dbt_manifest, read_marts
from orchestration.publish.parallel import for_each
from orchestration.settings import Settings

BIG = 1_000_000  # rows


def settings_of(home: Path) -> Settings:
    return Settings.from_env({"MARTLET_HOME": str(home)})


def run_models(home: Path) -> float:
    """All models in full through dbt; seconds from the start of the first to the end of the last."""
    settings = settings_of(home)
    result = transform.invoke(settings, ["run", "--full-refresh"])
    assert result.success, result.exception
    written = json.loads((settings.dbt_target / "run_results.json").read_text())["results"]
    times = [step for node in written for step in node["timing"]]
    moments = [
        datetime.fromisoformat(step[end]).astimezone(UTC) for step in times for end in ("started_at", "completed_at")
    ]
    return (max(moments) - min(moments)).total_seconds()


def run_compiled(home: Path) -> float:
    """The same SQL, model by model in the order of their dependencies, in one connection."""
    settings = settings_of(home)
    models = compiled_models(settings.dbt_target)
    with connected(settings.warehouse) as con:
        for schema in {schema for schema, _, _, _ in models}:
            con.execute(f"create schema if not exists bare_{schema}")
        started = time.perf_counter()
        for schema, name, kind, query in models:
            con.execute(f"create or replace {kind} bare_{schema}.{name} as {query}")
        return time.perf_counter() - started


def compiled_models(target: Path) -> list[tuple[str, str, str, str]]:
    """Schema, name, table or view, and SQL of every model that run_models has compiled; they read each other."""
    nodes = {n["unique_id"]: n for n in json.loads((target / "manifest.json").read_text())["nodes"].values()}
    order = [r["unique_id"] for r in json.loads((target / "run_results.json").read_text())["results"]]
    models = [nodes[unique_id] for unique_id in order]
    found = []
    for node in models:
        query = (target / "compiled" / node["package_name"] / node["original_file_path"]).read_text()
        for other in models:
            query = query.replace(
                other["relation_name"],
                other["relation_name"].replace(f'"{other["schema"]}"', f'"bare_{other["schema"]}"'),
            )
        kind = "view" if node["config"]["materialized"] == "view" else "table"
        found.append((node["schema"], node["name"], kind, query))
    return found


def bench_models(report: Report, folder: Path, repeats: int = 3) -> None:
    """On copies of folder/long, so that it stays as the night left it."""
    home = folder / "models"
    shutil.copytree(folder / "long", home, symlinks=True)
    ours, bare = alternated(
        repeats, lambda: measured(run_models, home).value, lambda: measured(run_compiled, home).value
    )
    count = len(compiled_models(home / "dbt"))
    report.add(
        f"all {count} models, without tests, imports and parse",
        ratio(ours, bare),
        "x SQL",
        1.3,
        f"{statistics.median(ours):.1f} s",
    )
    shutil.rmtree(home)


def bench_export(report: Report, folder: Path, repeats: int = 7) -> None:
    """All marts as a release writes them, and beside them a million photos, as many rows as a CSV may have: the marts alone show
    the cost of a file."""
    home = folder / "long"
    for title, photos in (("all marts", 0), ("all marts and a million photos", BIG)):
        ours, bare = alternated(
            repeats, partial(write, home, photos, export_ours), partial(write, home, photos, export_bare)
        )
        note = f"{statistics.median(ours):.2f} s"
        report.add(f"export of {title} in order, Parquet and CSV", ratio(ours, bare), "x COPY", 1.3, note)
    report.add("  the marts read back by a second engine", write(home, 0, read_back), "s")


def write(home: Path, photos: int, how: Callable[[duckdb.DuckDBPyConnection, list[Mart], Path], float]) -> float:
    """Seconds to export every mart, and so many photos as one more."""
    with connected(home / "warehouse.duckdb") as con, tempfile.TemporaryDirectory(dir=home) as place:
        marts = read_marts(con, read_dbt_manifest(home / "dbt" / "graph.json"))
        con.execute("drop table if exists marts.photos")
        if photos:
            con.execute(
                f"create table marts.photos as from facts.fct_generations order by generation_key limit {photos}"
            )
            described = con.execute("describe marts.photos").fetchall()
            columns = tuple(Column(c, canonical_type(t)) for c, t, *_ in described)
            marts.append(Mart("photos", "", ("generation_key",), columns))
        seconds = how(con, marts, Path(place))
        con.execute("drop table if exists marts.photos")
        return seconds


def export_ours(con: duckdb.DuckDBPyConnection, marts: list[Mart], place: Path) -> float:
    """As a release does it: one kind of file after the other, of two marts at a time, whose rows are counted before."""
    rows = {mart.name: con.execute(f"select count(*) from {mart.relation}").fetchall()[0][0] for mart in marts}
    order: dict[str, str] = {}

    def write_parquet(own: duckdb.DuckDBPyConnection, mart: Mart) -> None:
        order[mart.name] = export.in_order(own, mart, rows[mart.name])
        export.write_parquet(own, mart, order[mart.name], place / f"{mart.name}.parquet")

    def write_csv(own: duckdb.DuckDBPyConnection, mart: Mart) -> None:
        export.write_csv(own, mart, export.csv_columns(mart, "UTC"), order[mart.name], place / f"{mart.name}.csv")

    started = time.perf_counter()
    for_each(con, marts, write_parquet)
    for_each(con, marts, write_csv)
    return time.perf_counter() - started


def export_bare(con: duckdb.DuckDBPyConnection, marts: list[Mart], place: Path) -> float:
    """DuckDB's own COPY of the same tables as they lie there, one after the other; each uses all cores where it can."""
    started = time.perf_counter()
    for mart in marts:
        con.execute(f"copy {mart.relation} to '{place}/{mart.name}.parquet' (format parquet, compression zstd)")
        con.execute(f"copy {mart.relation} to '{place}/{mart.name}.csv' (format csv)")
    return time.perf_counter() - started


def read_back(con: duckdb.DuckDBPyConnection, marts: list[Mart], place: Path) -> float:
    """The proofs of a release, of the Parquet files."""
    content = for_each(con, marts, proofs.measure)
    for mart in marts:
        export.write_parquet(con, mart, f"order by {mart.order}", place / f"{mart.name}.parquet")
    started = time.perf_counter()
    for mart, said in zip(marts, content, strict=True):
        proofs.prove_parquet(mart, said, place / f"{mart.name}.parquet")
    return time.perf_counter() - started
