"""What a build tests, where one system alone is on: all that it makes, and nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from orchestration.graph import built, models_of
from orchestration.transform import MADE, invoke, read_manifest
from tests.dbt.conftest import settings
from tests.parsed import parsed


@pytest.mark.parametrize("in_full", [False, True])
def test_a_night_tests_every_model_that_it_makes_also_with_those_that_it_leaves(
    tmp_path: Path, manifest: dict[str, Any], in_full: bool
) -> None:
    made = built(manifest, ["photobooth"], in_full)
    listing = ["list", *MADE, "--resource-type", "test", "--output", "name"]
    found = set(
        invoke(settings(tmp_path), listing, manifest=read_manifest(parsed().dbt_parsed), tags={"made": made}).result
    )
    tests = [node for node in manifest["nodes"].values() if node["resource_type"] == "test"]
    assert found == {t["name"] for t in tests if models_of(t) & set(made) or in_full and not models_of(t)}
    assert "assert_user_days_are_what_users_did" in found  # it reads tables of all systems
