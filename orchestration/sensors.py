"""The failure sensor: every failed run leaves a line in MARTLET_HOME/failures.jsonl. And the sensor of dead runs.

Belongs here: noticing failures, runs of the command line included, and runs whose process was killed: Dagster's history
says for ever that they are under way, and the queue waits for them. Does not: delivery (a line is what mail or chat
adapters will read).
"""

import json
from pathlib import Path

import dagster as dg

from orchestration.errors import Busy
from orchestration.lease import lease
from orchestration.settings import Settings

UNDER_WAY = [dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.CANCELING]


def failure_sensor(settings: Settings) -> dg.SensorDefinition:
    """Fires for failed runs of any origin: without `monitor_all_code_locations` it would miss in-process runs."""

    @dg.run_failure_sensor(
        name="run_failures",
        description="Writes each failed run to failures.jsonl: when, what, which step, and what to do.",
        monitor_all_code_locations=True,
        default_status=dg.DefaultSensorStatus.RUNNING,
        minimum_interval_seconds=15,
    )
    def run_failures(context: dg.RunFailureSensorContext) -> None:
        run = context.dagster_run
        stats = context.instance.get_run_stats(run.run_id)
        line: dict[str, object] = {
            "run_id": run.run_id,
            "job": run.job_name,
            "partition": run.tags.get("dagster/partition") or run.tags.get("dagster/asset_partition_range_start"),
            "ended_at": stats.end_time,
            "steps": [_step(event) for event in context.get_step_failure_events()],
            "message": context.failure_event.message,
        }
        record(settings.home / "failures.jsonl", line)
        context.log.error(f"run {run.run_id} of {run.job_name} failed: {context.failure_event.message}")

    return run_failures


def _step(event: dg.DagsterEvent) -> dict[str, str | None]:
    data = event.step_failure_data
    failure = data.user_failure_data
    text = failure.description if failure else (data.error.message if data.error else None)
    return {"step": event.step_key, "error": text}


def record(file: Path, line: dict[str, object]) -> None:
    """Append one JSON line."""
    with file.open("a", encoding="utf-8") as out:
        out.write(json.dumps(line, default=str) + "\n")


def dead_run_sensor(settings: Settings) -> dg.SensorDefinition:
    """Ends runs that hold no lease: at once those of the command line, others when they are found so twice."""

    @dg.sensor(
        name="dead_runs",
        description="Marks runs as failed whose process was killed, so that runs behind them in the queue can start.",
        default_status=dg.DefaultSensorStatus.RUNNING,
        minimum_interval_seconds=30,
        job_name=None,
    )
    def dead_runs(context: dg.SensorEvaluationContext) -> dg.SkipReason:
        suspects = runs_under_way(context.instance)
        if not suspects:
            context.update_cursor("")
            return dg.SkipReason("no run is under way")
        try:
            with lease(settings.lease):
                pass
        except Busy as busy:
            context.update_cursor("")
            return dg.SkipReason(str(busy))
        known = set((context.cursor or "").split())  # a run that Dagster has just started takes its lease in a moment
        dead = [run for run in suspects if run.remote_job_origin is None or run.run_id in known]
        end_dead_runs(context.instance, dead)
        context.update_cursor(" ".join(run.run_id for run in suspects))
        return dg.SkipReason(f"{len(suspects)} runs under way without the lease, {len(dead)} of them ended")

    return dead_runs


def runs_under_way(instance: dg.DagsterInstance) -> list[dg.DagsterRun]:
    """The runs that Dagster's history takes for being executed."""
    return list(instance.get_runs(dg.RunsFilter(statuses=UNDER_WAY)))


def end_dead_runs(instance: dg.DagsterInstance, dead: list[dg.DagsterRun]) -> None:
    """Mark runs as failed whose process is gone."""
    for run in dead:
        instance.report_run_failed(run, "The process of this run was killed. The next run repeats what it left undone.")
