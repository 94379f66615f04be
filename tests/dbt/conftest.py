"""Fixtures for tests of the dbt project: its manifest, and a dbt that runs in this process on a home of the test.

Belongs here: parsing and running dbt. Does not: data (history.py makes it).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from orchestration.settings import Settings
from orchestration.transform import invoke


def settings(home: Path) -> Settings:
    return Settings(home=home, urls={}, pseudonym_key=SecretStr("a-key-that-is-not-used"))


@pytest.fixture(scope="session")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What dbt makes of the project as it is on disk."""
    home = settings(tmp_path_factory.mktemp("parsed"))
    result = invoke(home, ["parse"])
    assert result.success, result.exception
    return json.loads((home.dbt_target / "manifest.json").read_text())


@pytest.fixture
def dbt() -> Callable[..., None]:
    """Run a dbt command on a home; fails with the names of the nodes that failed."""

    def run(home: Path, *arguments: str) -> None:
        result = invoke(settings(home), list(arguments))
        failed = [f"{r.node.name}: {r.message}" for r in result.result or [] if r.status not in ("success", "pass")]
        assert result.success, f"{failed} {result.exception or ''}"

    return run
