"""The nightly schedule: 02:00 in the reporting time zone, for the day that has just ended."""

from typing import Any

import dagster as dg


def nightly_schedule(job: Any) -> Any:
    """The schedule of the nightly job; it runs by itself once the daemon is up and is turned off in the UI."""
    return dg.build_schedule_from_partitioned_job(
        job,
        hour_of_day=2,
        minute_of_hour=0,
        name="nightly",
        description="Every night at 02:00 in the reporting time zone: the day that has just ended.",
        default_status=dg.DefaultScheduleStatus.RUNNING,
    )
