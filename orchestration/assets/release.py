"""The release: the published marts of one build, behind the pointer `latest`.

Belongs here: calling publish/ and showing what it did. Does not: how a release is written (publish/).
"""

from collections.abc import Iterator
from typing import Any

import dagster as dg

from orchestration import clock
from orchestration.code_version import code_version
from orchestration.partitions import SINGLE_RUN, daily_partitions
from orchestration.publish.build import BuildInfo, PublishSettings
from orchestration.publish.release import Release, publish
from orchestration.publish.retention import apply_retention
from orchestration.resources import RunReport
from orchestration.settings import Settings
from orchestration.warehouse import open_warehouse


def release_asset(settings: Settings, report: RunReport, models: dict[str, Any]) -> dg.AssetsDefinition:
    """The asset `release`, downstream of every mart."""
    marts = [n["name"] for n in models["nodes"].values() if n["resource_type"] == "model" and n["schema"] == "marts"]

    @dg.asset(
        name="release",
        deps=[dg.AssetKey(["marts", name]) for name in sorted(marts)],
        partitions_def=daily_partitions(settings),
        backfill_policy=SINGLE_RUN,
        group_name="release",
        owners=["team:platform"],
        kinds={"parquet", "csv"},
        description="The newest release: every mart as Parquet and CSV with a manifest, published only after all gates"
        " of this very run passed. Readers find it under exports/v1/latest.",
        required_resource_keys={"lease"},
    )
    def release(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult]:
        with report.explain(context):
            done = _publish(settings, report, context.run.run_id)
            report.release = done
            what = "published" if done.is_new else "unchanged, still"
            report.say(context, f"release {done.release_id} {what}: {done.path}")
            for note in done.notes:
                report.say(context, note)
        yield dg.MaterializeResult(metadata=_metadata(done))

    return release


def _publish(settings: Settings, report: RunReport, build_id: str) -> Release:
    where = PublishSettings.of(settings)
    with open_warehouse(settings) as con:
        (held,) = con.execute("select max(build_id) from meta.build").fetchall()[0]
        build = BuildInfo.from_warehouse(
            con, created_at=clock.now(), code_version=code_version(), pseudonym_key_id=settings.key_id
        )
        if held != build_id:  # a run of this asset alone: its build has no gate record, and publish() says so
            build = BuildInfo(**{**build.__dict__, "build_id": build_id})
        done = publish(con, where, build, on_step=report.on_step)
        if not done.is_new:  # remembered, so that the next run knows this build needs no release
            con.execute(
                "insert into meta.publishes values (?, ?, ?, ?, 'unchanged', ?)",
                [done.release_id, build_id, build.as_of, build.created_at, done.manifest_sha256],
            )
    apply_retention(settings.exports, clock.now())
    return done


def _metadata(done: Release) -> dict[str, dg.MetadataValue | str | int]:
    lines = ["| mart | rows |", "|:--|--:|", *(f"| {mart} | {rows:,} |" for mart, rows in sorted(done.rows.items()))]
    return {
        "release": done.release_id,
        "new": "yes" if done.is_new else "no, the content is that of the release before",
        "as of": done.as_of,
        "previous release": done.previous_release or "none",
        "folder": dg.MetadataValue.path(str(done.path)),
        "restricted folder": dg.MetadataValue.path(str(done.restricted)) if done.restricted else "none",
        "manifest": dg.MetadataValue.path(str(done.path / "manifest.json")),
        "marts": dg.MetadataValue.md("\n".join(lines)),
        "dagster/row_count": sum(done.rows.values()),
    }
