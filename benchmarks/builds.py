"""Models and export on a warehouse that a whole night has filled, against DuckDB doing the same without us."""

from __future__ import annotations

import json
import shutil
import statistics
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from benchmarks.loads import connected
from benchmarks.measure import Report, alternated, measured, ratio
from orchestration import transform
from orchestration.publish import export, proofs
from orchestration.publish.marts import Mart, read_dbt_manifest, read_marts
from orchestration.settings import Settings


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


def bench_export(report: Report, folder: Path, repeats: int = 3) -> None:
    """All marts, and a table of a million rows, which shows the rate rather than the cost of a file."""
    home = folder / "long"
    names = ", ".join(c.name for c in marts_of(home)[0].columns[:1])
    ours, bare = alternated(repeats, lambda: write_ours(home), lambda: write_bare(home))
    report.add(
        "export of all marts as Parquet and CSV",
        ratio(ours, bare),
        "x COPY",
        1.3,
        f"{statistics.median(ours):.2f} s {names and ''}",
    )
    report.add("  reading them back by a second engine", measured(prove, home).value, "s")


def marts_of(home: Path) -> list[Mart]:
    with connected(home / "warehouse.duckdb") as con:
        return read_marts(con, read_dbt_manifest(home / "dbt" / "manifest.json"))


def write_ours(home: Path) -> float:
    with connected(home / "warehouse.duckdb") as con, tempfile.TemporaryDirectory() as place:
        marts = read_marts(con, read_dbt_manifest(home / "dbt" / "manifest.json"))
        started = time.perf_counter()
        for mart in marts:
            export.write_parquet(con, mart, Path(place) / f"{mart.name}.parquet")
            export.write_csv(con, mart, export.csv_columns(mart, "UTC"), Path(place) / f"{mart.name}.csv")
        return time.perf_counter() - started


def write_bare(home: Path) -> float:
    with connected(home / "warehouse.duckdb") as con, tempfile.TemporaryDirectory() as place:
        marts = read_marts(con, read_dbt_manifest(home / "dbt" / "manifest.json"))
        started = time.perf_counter()
        for mart in marts:
            con.execute(f"copy {mart.relation} to '{place}/{mart.name}.parquet' (format parquet, compression zstd)")
            con.execute(f"copy {mart.relation} to '{place}/{mart.name}.csv' (format csv)")
        return time.perf_counter() - started


def prove(home: Path) -> float:
    with connected(home / "warehouse.duckdb") as con, tempfile.TemporaryDirectory() as place:
        marts = read_marts(con, read_dbt_manifest(home / "dbt" / "manifest.json"))
        for mart in marts:
            export.write_parquet(con, mart, Path(place) / f"{mart.name}.parquet")
        started = time.perf_counter()
        for mart in marts:
            proofs.prove_parquet(mart, proofs.measure(con, mart), Path(place) / f"{mart.name}.parquet")
        return time.perf_counter() - started


__all__ = ["bench_export", "bench_models", "duckdb"]
