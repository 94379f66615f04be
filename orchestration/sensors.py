"""The failure sensor: every failed run leaves a line in MARTLET_HOME/failures.jsonl.

Belongs here: noticing failures, runs of the command line included. Does not: delivery (a line is what mail or chat
adapters will read).
"""

import json
from pathlib import Path

import dagster as dg

from orchestration.settings import Settings


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
