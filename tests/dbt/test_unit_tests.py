"""dbt's own unit tests, which a night leaves out: they prove the SQL, not the data."""

from pathlib import Path

from tests.dbt.conftest import run_dbt
from tests.dbt.marts_world import World


def test_every_unit_test_of_dbt_passes(tmp_path: Path):
    World().write(tmp_path, first_day="2026-05-01", last_day="2026-10-15")  # they ask the warehouse for columns only
    run_dbt(tmp_path, "build", "--resource-types", "model", "seed")
    assert len(run_dbt(tmp_path, "test", "--select", "test_type:unit")) > 60
