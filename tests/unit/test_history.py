"""Our history of runs is Dagster's: what one writes, the other reads."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path

import dagster as dg
import pytest
from dagster import EventLogEntry

from orchestration.history import RunHistory

OPEN_YAML = """
event_log_storage:
  module: orchestration.history
  class: RunHistory
  config:
    base_dir: {env: DAGSTER_HOME}
"""


@dg.asset(check_specs=[dg.AssetCheckSpec("positive", asset="rows")])
def rows():
    yield dg.MaterializeResult(metadata={"dagster/row_count": 3})
    yield dg.AssetCheckResult(check_name="positive", passed=True)


DAYS = dg.DailyPartitionsDefinition("2026-03-01")
PLANNED = [(f"2026-03-{day:02}", "PLANNED", 2) for day in range(3, 10)]
RANGE = {"dagster/asset_partition_range_start": "2026-03-03", "dagster/asset_partition_range_end": "2026-03-09"}


@dg.multi_asset(
    specs=[dg.AssetSpec(name, partitions_def=DAYS, code_version="2") for name in ("photos", "credits")],
    check_specs=[dg.AssetCheckSpec("positive", asset="photos")],
    backfill_policy=dg.BackfillPolicy.single_run(),
)
def tables():
    for name in ("photos", "credits"):
        yield dg.MaterializeResult(asset_key=name, metadata={"dagster/row_count": 3}, tags={"of": name})
    yield dg.AssetCheckResult(asset_key="photos", check_name="positive", passed=True)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))
    (tmp_path / "dagster.yaml").write_text(OPEN_YAML + "telemetry: {enabled: false}\n")
    return tmp_path


def test_dagster_reads_what_we_write(folder: Path) -> None:
    with dg.DagsterInstance.from_config(str(folder)) as ours:
        assert isinstance(ours.event_log_storage, RunHistory)
        run_ids = [dg.materialize([rows], instance=ours).run_id for _ in range(10)]
        written = {run_id: [entry.message for entry in ours.all_logs(run_id)] for run_id in run_ids}
        assert ours.get_latest_materialization_event(rows.key).run_id == run_ids[-1]
    (folder / "dagster.yaml").write_text("telemetry: {enabled: false}\n")
    with dg.DagsterInstance.from_config(str(folder)) as dagsters:
        assert not isinstance(dagsters.event_log_storage, RunHistory)
        for run_id in run_ids:
            assert [entry.message for entry in dagsters.all_logs(run_id)] == written[run_id]
        assert dagsters.get_latest_materialization_event(rows.key).run_id == run_ids[-1]


def test_two_processes_write_and_read_at_once(folder: Path) -> None:
    """The webserver reads while a run of the command line writes."""
    with dg.DagsterInstance.from_config(str(folder)) as one, dg.DagsterInstance.from_config(str(folder)) as other:
        for n in range(3):
            run_id = dg.materialize([rows], instance=one).run_id
            assert len(other.all_logs(run_id)) == len(one.all_logs(run_id)) > 5
            assert len(list(other.fetch_materializations(rows.key, limit=10).records)) == n + 1


def backfilled(folder: Path, instance: dg.DagsterInstance) -> dict[str, list[tuple]]:
    """Two backfills of a week, and every row that the instance's databases then hold, but for ids and times of runs."""
    job = dg.Definitions(assets=[tables], jobs=[dg.define_asset_job("job")]).resolve_job_def("job")
    runs = [job.execute_in_process(instance=instance, tags=RANGE).run_id for _ in range(2)]
    latest = instance.get_latest_materialization_event(dg.AssetKey("photos"))
    assert latest and latest.run_id == runs[1]
    held = {}
    for name in ["index", *runs]:
        (file,) = folder.rglob(f"{name}.db")
        with sqlite3.connect(file) as con:
            label = name if name == "index" else f"run {runs.index(name)}"
            columns = "dagster_event_type, step_key, asset_key, partition, iif(asset_key is null, '', json_extract(event, '$.user_message'))"
            held[f"{label} events"] = con.execute(f"select {columns} from event_logs order by 1, 2, 3, 4, 5").fetchall()
            if name != "index":
                continue
            held["tags"] = con.execute(
                "select t.asset_key, key, case when key like '%input%' or key like '%data_version%' then '' else value end,"
                " e.dagster_event_type, e.asset_key, e.partition from asset_event_tags t join event_logs e on t.event_id = e.id"
                " order by 1, 2, 3, 4, 5, 6"
            ).fetchall()
            held["assets"] = con.execute(
                "select a.asset_key, json_extract(last_materialization, '$.event_log_entry.dagster_event.event_specific_data"
                ".materialization.partition'), e.partition, e.dagster_event_type, last_run_id = ? from asset_keys a"
                " join event_logs e on e.id = json_extract(last_materialization, '$.storage_id') order by 1",
                [runs[1]],
            ).fetchall()
            held["checks"] = con.execute(
                "select asset_key, check_name, partition, execution_status, count(*) from asset_check_executions"
                " group by 1, 2, 3, 4 order by 1, 2, 3, 4"
            ).fetchall()
    return held


def test_a_backfill_leaves_what_dagsters_own_history_would_hold(folder: Path) -> None:
    with dg.DagsterInstance.from_config(str(folder)) as ours:
        kept = backfilled(folder, ours)
    other = folder / "other"
    other.mkdir()
    (other / "dagster.yaml").write_text("telemetry: {enabled: false}\n")
    with dg.DagsterInstance.from_config(str(other)) as dagsters:
        assert not isinstance(dagsters.event_log_storage, RunHistory)
        expected = backfilled(other, dagsters)
    # Dagster plans the check for each day, and its result, which is of no day, stands beside
    assert expected.pop("checks") == [('["photos"]', "positive", *row) for row in [(None, "SUCCEEDED", 2), *PLANNED]]
    assert kept.pop("checks") == [('["photos"]', "positive", None, "SUCCEEDED", 2)]
    assert kept == expected
    assert len([row for row in kept["index events"] if row[0] == "ASSET_MATERIALIZATION"]) == 2 * 2 * 7
    assert {row[1:4] for row in kept["assets"]} == {("2026-03-09", "2026-03-09", "ASSET_MATERIALIZATION")}


def test_a_batch_that_fails_is_stored_event_by_event(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And nothing of it twice."""
    real = RunHistory._store_earlier

    def fail_late(self: RunHistory, run_id: str, events: Sequence[EventLogEntry]) -> None:
        real(self, run_id, events)
        raise sqlite3.OperationalError("disk I/O error")

    with dg.DagsterInstance.from_config(str(folder)) as ours:
        kept = backfilled(folder, ours)
    monkeypatch.setattr(RunHistory, "_store_earlier", fail_late)
    other = folder / "other"
    other.mkdir()
    monkeypatch.setenv("DAGSTER_HOME", str(other))
    (other / "dagster.yaml").write_text(OPEN_YAML + "telemetry: {enabled: false}\n")
    with dg.DagsterInstance.from_config(str(other)) as failing:
        assert backfilled(other, failing) == kept
