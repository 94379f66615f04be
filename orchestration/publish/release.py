"""Publishing a release: write aside, audit, swap. A reader sees the old release or the new one, never a part.

Belongs here: the order of the steps. Each is announced to `on_step`, so that a test can kill the process there.
"""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from orchestration.errors import Refused, Unavailable
from orchestration.publish import audit, changes, describe, disk, export, gates, pointer, proofs, retention
from orchestration.publish.build import BuildInfo, PublishSettings
from orchestration.publish.describe import Described
from orchestration.publish.layout import MANIFEST, Layout, sha256_of, utc_text
from orchestration.publish.marts import Mart, read_dbt_manifest, read_marts
from orchestration.publish.pointer import Hook

# in the order in which `on_step` hears of them
STEPS = (
    "staged", "parquet_written", "csv_written", "proved", "described", "synced", "renamed", "sealed",
    "link_written", "latest_swapped", "json_written", "json_swapped", "audited", "recorded",
)  # fmt: skip
_DISK_ERRORS = (OSError, duckdb.IOException, duckdb.OutOfMemoryException)


@dataclass(frozen=True)
class Release:
    """A published release. `is_new` is False when the same content was there already; `notes` are for people."""

    release_id: str
    path: Path
    as_of: str
    is_new: bool
    rows: dict[str, int]  # per mart
    previous_release: str | None
    manifest_sha256: str
    notes: tuple[str, ...] = ()


def latest_release(settings: PublishSettings) -> Release | None:
    """The release that `latest` names, or None. Raises Unavailable when its manifest can't be read."""
    layout = Layout(settings.exports, settings.contract_version)
    if pointer.current_id(layout) is None:
        return None
    manifest = pointer.current_manifest(layout)
    if manifest is None:
        raise Unavailable(f"{layout.latest} names a release whose manifest can't be read. Run: martlet verify.")
    return _release(layout, manifest, is_new=False)


def has_whole_release(settings: PublishSettings) -> bool:
    """Whether `latest` names a release whose files are all there, by name and size; verify() looks closer."""
    layout = Layout(settings.exports, settings.contract_version)
    manifest = pointer.current_manifest(layout)
    return manifest is not None and _is_whole(layout, manifest)


def publish(
    con: duckdb.DuckDBPyConnection, settings: PublishSettings, build: BuildInfo, on_step: Hook = lambda step: None
) -> Release:
    """Publish the marts of this build and point `latest` to them; the caller holds the lease.

    The same content for the same as_of publishes nothing and gives the release that is there. Raises Refused when
    gates, proofs or the schema forbid it, Unavailable when disk or files fail; `latest` is then as it was.
    """
    layout = Layout(settings.exports, settings.contract_version)
    try:
        return _publish(con, layout, settings, build, on_step)
    except _DISK_ERRORS as error:
        raise Unavailable(
            f"The release can't be written to {layout.exports}: {error}. {_still(layout)}."
            " Look at the space and the permissions of that disk, then run again."
        ) from error


def _publish(
    con: duckdb.DuckDBPyConnection, layout: Layout, settings: PublishSettings, build: BuildInfo, on_step: Hook
) -> Release:
    still = _still(layout)
    gate_results = gates.demand_gates(con, build.build_id, still)
    layout.create()
    retention.sweep(settings.exports, settings.contract_version)
    previous = pointer.current_manifest(layout)
    if previous and datetime.fromisoformat(previous["as_of"]) > build.as_of:
        raise Refused(f"This build is of {build.reporting_day}, but {still}, which is later. Use: martlet backfill.")
    dbt_manifest = read_dbt_manifest(settings.dbt_manifest)
    described = [Described(mart, proofs.measure(con, mart)) for mart in read_marts(con, dbt_manifest)]
    if previous and _is_same(layout, previous, build, described):
        _record(con, layout, previous)
        return _release(layout, previous, is_new=False)
    schema_diff = changes.schema_changes(previous, [d.mart for d in described])
    if settings.contract_stable:
        changes.refuse_breaking(schema_diff, still)
    _demand_space(layout, previous)

    release_id = layout.new_id(build.reporting_day, build.created_at)
    staging = layout.staging(release_id, os.getpid())
    try:
        _write_files(con, settings, build, described, staging, on_step)
        for d in described:
            d.changes = changes.row_changes(con, d.mart, layout, previous)
        previous_id = previous["release_id"] if previous else None
        (staging / "SCHEMA_DIFF.md").write_text(changes.markdown(schema_diff, release_id, previous_id), "utf-8")
        disk.write_json(staging / "datapackage.json", describe.datapackage(release_id, build, described))
        loads = describe.loads(con, build.build_id)
        manifest = {
            **describe.provenance(release_id, settings.contract_version, build, previous_id, dbt_manifest),
            **describe.contents(described, staging, ("datapackage.json", "SCHEMA_DIFF.md")),
            **describe.quality(schema_diff, gate_results, loads, describe.waivers(con)),
        }
        disk.write_json(staging / MANIFEST, manifest)
        on_step("described")
        _go_live(layout, staging, manifest, on_step)
    except BaseException:
        if pointer.current_id(layout) != release_id:
            disk.remove(staging)
            disk.remove(layout.release(release_id))
        raise
    _record(con, layout, manifest)
    on_step("recorded")
    return _release(layout, manifest, is_new=True)


def _go_live(layout: Layout, staging: Path, manifest: dict[str, Any], on_step: Hook) -> None:
    """Seal, force to the disk, rename, point. A power cut at any place leaves a complete `latest`."""
    folder = layout.release(manifest["release_id"])
    disk.seal(staging, top=False)
    disk.fsync_tree(staging)
    on_step("synced")
    staging.rename(folder)
    disk.fsync(layout.releases)
    disk.fsync(layout.root)
    on_step("renamed")
    disk.seal(folder, top=True)
    on_step("sealed")
    sha256 = pointer.point_to(layout, manifest, on_step)
    audit.append(layout.audit, pointer.entry_of("publish", manifest, sha256))
    on_step("audited")


def _still(layout: Layout) -> str:
    release_id = pointer.current_id(layout)
    return f"`latest` is still {release_id}" if release_id else "there is no release yet"


def _write_files(
    con: duckdb.DuckDBPyConnection, settings: PublishSettings, build: BuildInfo, described: list[Described],
    staging: Path, on_step: Hook,
) -> None:  # fmt: skip
    """Write every file, then have the second engine read each of them back."""
    for folder in ("parquet", "csv"):
        (staging / folder).mkdir(parents=True)
    on_step("staged")
    order = {d.mart.name: export.in_order(con, d.mart, d.content.rows) for d in described}
    for d in described:
        export.write_parquet(con, d.mart, order[d.mart.name], _parquet(staging, d.mart))
    on_step("parquet_written")
    csv = {d.mart.name: export.csv_columns(d.mart, build.reporting_timezone) for d in described}
    for d in described:
        if d.content.rows > settings.csv_row_cap:
            d.note = export.too_large(d.mart, d.content.rows, settings.csv_row_cap)
            (staging / "csv" / f"{d.mart.name}.too-large.txt").write_text(d.note + "\n", encoding="utf-8")
        else:
            export.write_csv(con, d.mart, csv[d.mart.name], order[d.mart.name], _csv(staging, d.mart))
    on_step("csv_written")
    for d in described:
        name, rows, path = d.mart.name, d.content.rows, _parquet(staging, d.mart)
        proofs.prove_parquet(d.mart, d.content, path)
        d.add_file(staging, path, "parquet", rows, d.mart.shape, d.content.content_hash)
        if d.note:
            d.add_file(staging, staging / "csv" / f"{name}.too-large.txt", "text")
            continue
        path = _csv(staging, d.mart)
        text_hash = proofs.prove_csv(con, d.mart, csv[name], d.content, path)
        shape = [{"name": c.name, "type": c.type} for c in csv[name]]
        d.add_file(staging, path, "csv", rows, shape, text_hash)
    on_step("proved")


def _parquet(staging: Path, mart: Mart) -> Path:
    return staging / "parquet" / f"{mart.name}.parquet"


def _csv(staging: Path, mart: Mart) -> Path:
    return staging / "csv" / f"{mart.name}.csv"


def _is_same(layout: Layout, previous: dict[str, Any], build: BuildInfo, described: list[Described]) -> bool:
    """Same as_of, same marts, columns, keys and content, and the files of that release are still all there."""
    before = {n: (m["content_hash"], m["key"], [(c["name"], c["type"]) for c in m["columns"]])
              for n, m in previous["marts"].items()}  # fmt: skip
    now = {d.mart.name: (d.content.content_hash, list(d.mart.key), [(c.name, c.type) for c in d.mart.columns])
           for d in described}  # fmt: skip
    return previous["as_of"] == utc_text(build.as_of) and before == now and _is_whole(layout, previous)


def _is_whole(layout: Layout, manifest: dict[str, Any]) -> bool:
    folder = layout.release(manifest["release_id"])
    paths = [(folder / f["path"], f["bytes"]) for f in manifest["files"]]
    return all(path.is_file() and path.stat().st_size == size for path, size in paths)


def _demand_space(layout: Layout, previous: dict[str, Any] | None) -> None:
    """Twice the size of the previous release must be free. Raises Unavailable."""
    needed = 2 * disk.size_of(layout.release(previous["release_id"])) if previous else 0
    free = shutil.disk_usage(layout.root).free
    if free < needed:
        raise Unavailable(
            f"{layout.exports} lacks space: {free:,} bytes are free, a release needs {needed:,}. Nothing was published."
        )


def _release(layout: Layout, manifest: dict[str, Any], *, is_new: bool) -> Release:
    release_id = manifest["release_id"]
    return Release(
        release_id,
        layout.release(release_id),
        manifest["as_of"],
        is_new,
        {name: mart["rows"] for name, mart in manifest["marts"].items()},
        manifest["previous_release"],
        sha256_of(layout.release(release_id) / MANIFEST),
        tuple(mart["note"] for mart in manifest["marts"].values() if mart["note"]),
    )


def _record(con: duckdb.DuckDBPyConnection, layout: Layout, manifest: dict[str, Any]) -> None:
    """Keep the release in meta.publishes, once. The export folder is the truth, this table a convenience."""
    con.execute(
        "insert into meta.publishes select ?, ?, ?::timestamptz, ?::timestamptz, 'publish', ?"
        " where not exists (select 1 from meta.publishes where release_id = ? and kind = 'publish')",
        [manifest["release_id"], manifest["build_id"], manifest["as_of"], manifest["created_at"],
         sha256_of(layout.release(manifest["release_id"]) / MANIFEST), manifest["release_id"]],
    ).fetchall()  # fmt: skip
