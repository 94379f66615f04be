"""Models and export on a warehouse that a whole night has filled, against DuckDB doing the same without us."""

from __future__ import annotations

import json
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from benchmarks.loads import connected
from benchmarks.measure import Report, alternated, measured, ratio
from orchestration import transform
from orchestration.publish import export, proofs
from orchestration.publish.marts import Column, Mart, canonical_type, read_dbt_manifest, read_marts
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


def bench_export(report: Report, folder: Path, repeats: int = 5) -> None:
    """All marts, and beside them a million photos, as many rows as a CSV may have: the marts alone show the cost of a file."""
    home = folder / "long"
    ours, bare = alternated(repeats, lambda: write(home, BIG, export_ours), lambda: write(home, BIG, export_bare))
    report.add(
        "export of all marts and a million photos in order, Parquet and CSV",
        ratio(ours, bare),
        "x COPY",
        1.3,
        f"{statistics.median(ours):.2f} s",
    )
    ours, bare = alternated(repeats, lambda: write(home, 0, export_ours), lambda: write(home, 0, export_bare))
    report.add("  the marts alone", ratio(ours, bare), "x COPY", None, f"{statistics.median(ours):.2f} s")
    report.add("  the marts read back by a second engine", write(home, 0, read_back), "s")


def write(home: Path, photos: int, how: Callable[[duckdb.DuckDBPyConnection, Mart, Path], float]) -> float:
    """Seconds to export every mart, and so many photos as one more."""
    with connected(home / "warehouse.duckdb") as con, tempfile.TemporaryDirectory(dir=home) as place:
        marts = read_marts(con, read_dbt_manifest(home / "dbt" / "manifest.json"))
        if photos:
            con.execute(
                f"create temp table photos as from facts.fct_generations order by generation_key limit {photos}"
            )
            described = con.execute("describe photos").fetchall()
            marts.append(
                Photos("photos", "", ("generation_key",), tuple(Column(c, canonical_type(t)) for c, t, *_ in described))
            )
        return sum(how(con, mart, Path(place)) for mart in marts)


class Photos(Mart):
    """A fact in the place of a mart."""

    @property
    def relation(self) -> str:
        return "photos"


def export_ours(con: duckdb.DuckDBPyConnection, mart: Mart, place: Path) -> float:
    started = time.perf_counter()
    (rows,) = con.execute(f"select count(*) from {mart.relation}").fetchall()[0]
    order = export.in_order(con, mart, rows)
    export.write_parquet(con, mart, order, place / f"{mart.name}.parquet")
    export.write_csv(con, mart, export.csv_columns(mart, "UTC"), order, place / f"{mart.name}.csv")
    return time.perf_counter() - started


def export_bare(con: duckdb.DuckDBPyConnection, mart: Mart, place: Path) -> float:
    started = time.perf_counter()
    con.execute(f"copy {mart.relation} to '{place}/{mart.name}.parquet' (format parquet, compression zstd)")
    con.execute(f"copy {mart.relation} to '{place}/{mart.name}.csv' (format csv)")
    return time.perf_counter() - started


def read_back(con: duckdb.DuckDBPyConnection, mart: Mart, place: Path) -> float:
    export.write_parquet(con, mart, f"order by {mart.order}", place / f"{mart.name}.parquet")
    started = time.perf_counter()
    proofs.prove_parquet(mart, proofs.measure(con, mart), place / f"{mart.name}.parquet")
    return time.perf_counter() - started
