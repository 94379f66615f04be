"""What a build of some days tests, where one system alone is on: all that it makes, and nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from orchestration.graph import built_anew, models_of
from orchestration.transform import BUILT_ANEW, invoke
from tests.dbt.conftest import settings
from tests.parsed import parsed


def test_a_night_tests_every_table_that_it_makes_also_with_those_that_it_leaves(
    tmp_path: Path, manifest: dict[str, Any]
) -> None:
    made = built_anew(manifest, ["photobooth"])
    listing = ["list", *BUILT_ANEW, "--resource-type", "test", "--output", "name"]
    found = set(invoke(settings(tmp_path), listing, parsed=parsed().dbt_parsed, tags={"anew": made}).result)
    tests = [node for node in manifest["nodes"].values() if node["resource_type"] == "test"]
    assert found == {test["name"] for test in tests if models_of(test) & set(made)}
    assert "assert_user_days_are_what_users_did" in found  # it reads tables of all systems
