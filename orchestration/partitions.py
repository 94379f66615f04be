"""The one partitioning of the whole graph: reporting days. A range of them is one run."""

from datetime import timedelta

import dagster as dg

from orchestration import clock
from orchestration.settings import Settings

SINGLE_RUN = dg.BackfillPolicy.single_run()


def daily_partitions(settings: Settings) -> dg.DailyPartitionsDefinition:
    """One partition per reporting day, from MARTLET_START_DATE on; where the clock is fixed, up to its last one."""
    zone, fixed = settings.reporting_timezone, clock.fixed()
    end = clock.last_complete_day(fixed, zone) + timedelta(days=1) if fixed else None  # the first day that is not one
    return dg.DailyPartitionsDefinition(
        start_date=settings.start_date.isoformat(), end_date=end.isoformat() if end else None, timezone=zone
    )
