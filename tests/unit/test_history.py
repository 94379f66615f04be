"""Our history of runs is Dagster's: what one writes, the other reads."""

from __future__ import annotations

from pathlib import Path

import dagster as dg
import pytest

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
