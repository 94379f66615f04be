"""The one partitioning of the whole graph: reporting days. A range of them is one run."""

import dagster as dg

from orchestration.settings import Settings

SINGLE_RUN = dg.BackfillPolicy.single_run()


def daily_partitions(settings: Settings) -> dg.DailyPartitionsDefinition:
    """One partition per reporting day, from MARTLET_START_DATE on."""
    return dg.DailyPartitionsDefinition(
        start_date=settings.start_date.isoformat(), timezone=settings.reporting_timezone
    )
