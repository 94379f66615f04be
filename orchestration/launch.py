"""One run in this process, as the command line starts it: checked, leased, recorded in Dagster's history.

Belongs here: what must hold before a run, and its outcome as an exit code. Does not: printing (cli.py).
"""

from __future__ import annotations

import io
import os
import shutil
import sys
from collections.abc import Callable
from contextlib import redirect_stderr
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from expectations import worker
from orchestration import clock, dbt_process, home
from orchestration.build import failed_checks, latest_as_of
from orchestration.errors import Interrupted, MartletError, Refused, Unavailable, WrongUsage
from orchestration.extract.meta import has_loads
from orchestration.lease import lease
from orchestration.publish.build import PublishSettings
from orchestration.publish.release import latest_release
from orchestration.settings import Settings
from orchestration.warehouse import open_warehouse

if TYPE_CHECKING:
    from orchestration.resources import RunReport

FULL = 4 * 1024**2  # bytes; with less free, whatever failed failed of that


def run(
    settings: Settings,
    first_day: date,
    last_day: date,
    accept: frozenset[str] = frozenset(),
    progress: Callable[[str], None] = lambda line: None,
    on_step: Callable[[str], None] = lambda name: None,
) -> RunReport:
    """Run the job `nightly` over the days and return its report. Raises MartletError when nothing could be published."""
    home.claim(settings)
    with lease(settings.lease):
        worker.start()
        import dagster as dg  # late: a refused command line need not wait for it

        from orchestration.definitions import build_definitions
        from orchestration.jobs import NIGHTLY
        from orchestration.resources import RunReport
        from orchestration.sensors import end_dead_runs, runs_under_way

        report = RunReport(progress=progress, on_step=on_step, accept=accept)
        os.environ.setdefault("DAGSTER_DISABLE_TELEMETRY", "yes")
        os.environ["DAGSTER_HOME"] = str(settings.dagster_home)
        with dbt_process.forked(), dg.DagsterInstance.from_config(str(settings.dagster_home)) as instance:
            # we hold the lease, so other runs of the command line that seem under way were killed
            end_dead_runs(instance, [run for run in runs_under_way(instance) if run.remote_job_origin is None])
            job = build_definitions(settings, report).resolve_job_def(NIGHTLY)
            dbt_process.get_ready(settings.home)
            noise = io.StringIO()  # what Dagster says beside the report, such as that its history can't be written
            try:
                with redirect_stderr(noise):
                    result = job.execute_in_process(
                        instance=instance,
                        raise_on_error=False,
                        **_days(first_day, last_day),
                        run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
                    )
            except (Exception, SystemExit) as error:  # Dagster's own history can't be written when the disk is full
                known = report.error or _full_disk(settings)
                if known is None:
                    sys.stderr.write(noise.getvalue())
                raise known or _ended(error) from error
            if not result.success:
                raise report.error or _full_disk(settings) or _unexplained(settings, result)
    return report


def _ended(error: BaseException) -> BaseException:
    return error if isinstance(error, Exception) else MartletError(f"The run ended itself with exit code {error}.")


def _days(first_day: date, last_day: date) -> dict[str, Any]:
    """How Dagster is told the days of a run: one partition, or a range of them in one run."""
    if first_day == last_day:
        return {"partition_key": first_day.isoformat()}
    ends = {"start": first_day, "end": last_day}
    return {"tags": {f"dagster/asset_partition_range_{end}": day.isoformat() for end, day in ends.items()}}


def _full_disk(settings: Settings) -> MartletError | None:
    free = shutil.disk_usage(settings.home).free
    if free > FULL:
        return None
    return Unavailable(
        f"No space is left under MARTLET_HOME={settings.home} ({free:,} bytes free).\n"
        "Nothing was published; `latest` is as it was. Free the disk, then run again."
    )


def _unexplained(settings: Settings, result: object) -> MartletError:
    run_id = result.run_id  # type: ignore[attr-defined]
    failures = [event for event in result.all_events if event.is_step_failure]  # type: ignore[attr-defined]
    errors = {event.step_key: event.step_failure_data.error for event in failures if event.step_failure_data.error}
    if any(error.cls_name == "DagsterExecutionInterruptedError" for error in errors.values()):
        return Interrupted()
    if settings.warehouse.exists():
        with open_warehouse(settings, read_only=True) as con:
            failed = failed_checks(con, run_id) if has_loads(con) else []
        if failed:
            return Refused("\n".join(failed) + "\nNothing was published; `latest` is as it was.")
    told = "\n".join(f"{step}: {error.message.strip()}" for step, error in errors.items())
    return MartletError(f"{told}\nThe whole story is in the Dagster UI (make ui), run {run_id}.")


def check_nightly(settings: Settings, day: date) -> None:
    """Raise WrongUsage for a day that is not over, or that lies before the newest load."""
    _check_over(settings, day)
    if day < settings.start_date:
        raise WrongUsage(f"{day} lies before MARTLET_START_DATE={settings.start_date}, the first partition.")
    latest = _latest_day(settings)
    if latest and day < latest:
        raise WrongUsage(
            f"{day} lies before {latest}, the newest day that was loaded; a nightly never goes back.\n"
            f"To read it again: martlet backfill --start {day} --end {day}"
        )


def check_backfill(settings: Settings, first_day: date, last_day: date) -> None:
    """Raise WrongUsage for a range that is empty, not over, or before MARTLET_START_DATE."""
    _check_over(settings, last_day)
    if last_day < first_day:
        raise WrongUsage(f"--end {last_day} lies before --start {first_day}.")
    if first_day < settings.start_date:
        raise WrongUsage(
            f"--start {first_day} lies before MARTLET_START_DATE={settings.start_date}, the first partition."
        )


def newest_day(settings: Settings) -> date:
    """The newest day that was loaded or published, else the last complete one: what a rebuild must reach again."""
    published = latest_release(PublishSettings.of(settings))
    days = [_latest_day(settings)]
    if published:
        as_of = datetime.fromisoformat(published.as_of)
        days.append(clock.reporting_day(as_of, settings.reporting_timezone))
    known = [day for day in days if day]
    return max(known) if known else clock.last_complete_day(clock.now(), settings.reporting_timezone)


def _check_over(settings: Settings, day: date) -> None:
    newest = clock.last_complete_day(clock.now(), settings.reporting_timezone)
    if day > newest:
        raise WrongUsage(
            f"{day} is not over yet in {settings.reporting_timezone}; the newest complete day is {newest}."
        )


def _latest_day(settings: Settings) -> date | None:
    if not settings.warehouse.exists():
        return None
    with open_warehouse(settings, read_only=True) as con:
        latest = latest_as_of(con)
    return clock.reporting_day(latest, settings.reporting_timezone) if latest else None
