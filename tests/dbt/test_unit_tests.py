"""dbt's own unit tests, which a night leaves out: they prove the SQL, not the data."""

from pathlib import Path

from orchestration.transform import invoke
from tests.dbt.conftest import settings
from tests.dbt.marts_world import World


def test_every_unit_test_of_dbt_passes(tmp_path: Path):
    World().write(tmp_path, first_day="2026-05-01", last_day="2026-10-15")  # they ask the warehouse for columns only
    built = invoke(settings(tmp_path), ["build", "--resource-types", "model", "seed"])
    assert built.success, built.exception
    tested = invoke(settings(tmp_path), ["test", "--select", "test_type:unit"])
    failed = {r.node.name: r.message for r in tested.result or [] if r.status != "pass"}
    assert tested.success and not failed, failed or tested.exception
    assert len(tested.result) > 60
