"""The release: the published marts of one build, behind the pointer `latest`.

Belongs here: calling publish/ and showing what it did. Does not: how a release is written (publish/).
"""

import json
from collections.abc import Iterator
from pathlib import Path

import dagster as dg

from orchestration.partitions import SINGLE_RUN, daily_partitions
from orchestration.resources import RunReport
from orchestration.settings import Settings


def release_asset(settings: Settings, report: RunReport, manifest: Path) -> dg.AssetsDefinition:
    """The asset `release`, downstream of every mart."""
    nodes = json.loads(manifest.read_text())["nodes"].values()
    marts = [node["name"] for node in nodes if node["resource_type"] == "model" and node["schema"] == "marts"]

    @dg.asset(
        name="release",
        deps=[dg.AssetKey(["marts", name]) for name in sorted(marts)],
        partitions_def=daily_partitions(settings),
        backfill_policy=SINGLE_RUN,
        group_name="release",
        owners=["team:platform"],
    )
    def release(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult]:
        yield dg.MaterializeResult()

    return release
