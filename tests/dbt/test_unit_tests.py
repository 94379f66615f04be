"""dbt's own unit tests, which a night leaves out: they prove the SQL, not the data."""

from tests.dbt.compiled import compiled_marts
from tests.dbt.conftest import run_dbt


def test_every_unit_test_of_dbt_passes() -> None:
    empty = compiled_marts().home  # they ask the warehouse for columns only
    assert len(run_dbt(empty, "test", "--select", "test_type:unit")) > 200
