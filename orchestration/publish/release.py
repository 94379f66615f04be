"""Publishing a release: write aside, audit, swap. A reader sees the old release or the new one, never a part.

Belongs here: the order of the steps. Each is announced to `on_step`, so that a test can kill the process there.
What holds personal data is a part of the release in a root of its own: it is there before the swap, and pointed to after it.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from orchestration.build import loaded_systems
from orchestration.errors import Refused, Unavailable
from orchestration.publish import (
    audit,
    before,
    changes,
    describe,
    disk,
    documented,
    files,
    gates,
    pointer,
    proofs,
    restricted,
    retention,
)
from orchestration.publish.build import BuildInfo, PublishSettings
from orchestration.publish.describe import Described
from orchestration.publish.documented import Export
from orchestration.publish.layout import MANIFEST, Layout, sha256_of
from orchestration.publish.marts import read_dbt_manifest, read_marts
from orchestration.publish.parallel import for_each
from orchestration.publish.pointer import Hook

# in the order in which `on_step` hears of them
STEPS = (
    "staged", "parquet_written", "csv_written", "proved", "described", "restricted_written", "restricted_sealed",
    "synced", "renamed", "sealed", "link_written", "latest_swapped", "json_written", "json_swapped", "audited",
    "restricted_swapped", "recorded",
)  # fmt: skip
_DISK_ERRORS = (OSError, duckdb.IOException, duckdb.OutOfMemoryException)


@dataclass(frozen=True)
class Release:
    """A published release. `is_new` is False when the same content was there already; `notes` are for people.

    `restricted` is the folder of its part with personal data, or None.
    """

    release_id: str
    path: Path
    as_of: str
    is_new: bool
    rows: dict[str, int]  # per mart
    previous_release: str | None
    manifest_sha256: str
    notes: tuple[str, ...] = ()
    restricted: Path | None = None


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
    return manifest is not None and before.is_whole(layout, manifest)


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
    to_publish = read_marts(con, dbt_manifest, loaded_systems(con))
    marts = for_each(con, to_publish, lambda own, mart: Described(mart, proofs.measure(own, mart)))
    since = documented.first_day(build.reporting_day, settings.export_months)
    with documented.exports(con, settings.documents, dbt_manifest, settings.names, since) as found:
        exports = files.measure_exports(con, settings, build, found)
        if previous and before.is_same(layout, previous, build, [*marts, *exports]):
            _record(con, layout, previous)
            return _release(layout, previous, is_new=False)
        schema_diff = changes.schema_changes(previous, [d.mart for d in marts])
        if settings.contract_stable:
            changes.refuse_breaking(schema_diff, still)
        before.demand_space(layout, previous)

        public = [d for d in exports if not _is_restricted(d)]
        private = [d for d in exports if _is_restricted(d)]
        release_id = layout.new_id(build.reporting_day, build.created_at)
        previous_id = previous["release_id"] if previous else None
        head = describe.provenance(release_id, settings.contract_version, build, previous_id, dbt_manifest)
        staging = layout.staging(release_id, os.getpid())
        try:
            files.write(con, settings, build, marts, public, staging, on_step)
            compared = for_each(
                con, marts, lambda own, d: changes.row_changes(own, d.mart, d.content.content_hash, layout, previous)
            )
            for d, rows in zip(marts, compared, strict=True):
                d.changes = rows
            (staging / "SCHEMA_DIFF.md").write_text(changes.markdown(schema_diff, release_id, previous_id), "utf-8")
            disk.write_json(staging / "datapackage.json", describe.datapackage(release_id, build, [*marts, *public]))
            loads = describe.loads(con, build.build_id)
            manifest = {
                **head,
                **describe.contents(marts, public, staging, ("datapackage.json", "SCHEMA_DIFF.md")),
                **describe.quality(schema_diff, gate_results, loads, describe.waivers(con)),
                "restricted": [d.mart.name for d in private],
            }
            disk.write_json(staging / MANIFEST, manifest)
            on_step("described")
            _write_restricted(con, layout.restricted, build, private, head, on_step)
            _go_live(layout, staging, manifest, on_step)
        except BaseException:
            if pointer.current_id(layout) != release_id:
                for root in (layout, layout.restricted):
                    disk.remove(root.staging(release_id, os.getpid()))
                    disk.remove(root.release(release_id))
            raise
    _record(con, layout, manifest)
    on_step("recorded")
    return _release(layout, manifest, is_new=True)


def _is_restricted(described: Described) -> bool:
    return isinstance(described.mart, Export) and described.mart.documented.is_restricted


def _write_restricted(
    con: duckdb.DuckDBPyConnection, own: Layout, build: BuildInfo, exports: list[Described], head: dict[str, Any],
    on_step: Hook,
) -> None:  # fmt: skip
    """The part of the release with personal data: written, proved and in its place, but not pointed to."""
    staging = own.staging(head["release_id"], os.getpid())
    if exports:
        own.create()
        staging.mkdir(mode=0o700)
        files.write_exports(con, build, exports, staging)
        files.prove_exports(build, exports, staging)
        disk.write_json(staging / "datapackage.json", describe.datapackage(head["release_id"], build, exports))
        disk.write_json(staging / MANIFEST, {**head, **describe.contents([], exports, staging, ("datapackage.json",))})
    on_step("restricted_written")
    if exports:
        _settle(own, staging, head["release_id"], lambda step: None)
    on_step("restricted_sealed")


def _go_live(layout: Layout, staging: Path, manifest: dict[str, Any], on_step: Hook) -> None:
    """Seal, force to the disk, rename, point. A power cut at any place leaves a complete `latest`."""
    _settle(layout, staging, manifest["release_id"], on_step)
    sha256 = pointer.point_to(layout, manifest, on_step)
    audit.append(layout, pointer.entry_of("publish", manifest, sha256))
    on_step("audited")
    restricted.follow(layout)
    on_step("restricted_swapped")


def _settle(layout: Layout, staging: Path, release_id: str, on_step: Hook) -> None:
    """From the staging folder to its place among the releases, for good."""
    folder = layout.release(release_id)
    disk.seal(staging, layout.file_mode, layout.folder_mode, top=False)
    disk.fsync_tree(staging)
    on_step("synced")
    staging.rename(folder)
    disk.fsync(layout.releases)
    disk.fsync(layout.root)
    on_step("renamed")
    disk.seal(folder, layout.file_mode, layout.folder_mode, top=True)
    on_step("sealed")


def _still(layout: Layout) -> str:
    release_id = pointer.current_id(layout)
    return f"`latest` is still {release_id}" if release_id else "there is no release yet"


def _release(layout: Layout, manifest: dict[str, Any], *, is_new: bool) -> Release:
    release_id, own = manifest["release_id"], layout.restricted
    part = (own.readable_manifest(release_id) or {}) if manifest.get("restricted") else {}
    entries = [*manifest["marts"].values(), *manifest.get("exports", {}).values(), *part.get("exports", {}).values()]
    return Release(
        release_id,
        layout.release(release_id),
        manifest["as_of"],
        is_new,
        {name: mart["rows"] for name, mart in manifest["marts"].items()},
        manifest["previous_release"],
        sha256_of(layout.release(release_id) / MANIFEST),
        tuple(note for e in entries for note in [*e.get("notes", []), *([e["note"]] if e.get("note") else [])]),
        own.release(release_id) if part else None,
    )


def _record(con: duckdb.DuckDBPyConnection, layout: Layout, manifest: dict[str, Any]) -> None:
    """Keep the release in meta.publishes, once. The export folder is the truth, this table a convenience."""
    con.execute(
        "insert into meta.publishes select ?, ?, ?::timestamptz, ?::timestamptz, 'publish', ?"
        " where not exists (select 1 from meta.publishes where release_id = ? and kind = 'publish')",
        [manifest["release_id"], manifest["build_id"], manifest["as_of"], manifest["created_at"],
         sha256_of(layout.release(manifest["release_id"]) / MANIFEST), manifest["release_id"]],
    ).fetchall()  # fmt: skip
