"""The one job: the whole graph, for one reporting day or a range of them, in one process."""

from typing import Any

import dagster as dg

from orchestration.partitions import daily_partitions
from orchestration.settings import Settings

NIGHTLY = "nightly"


def nightly_job(settings: Settings) -> Any:
    """Load, model, gate and publish. DuckDB has one writer, so the steps of a run share its process."""
    return dg.define_asset_job(
        NIGHTLY,
        selection=dg.AssetSelection.all(),
        partitions_def=daily_partitions(settings),
        executor_def=dg.in_process_executor,
        description="Reads every source up to the end of the day, builds all models, runs the gates, publishes a release.",
    )
