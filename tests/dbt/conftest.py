"""Fixtures for tests of the dbt project: its manifest, and a dbt that runs in this process on a home of the test.

Belongs here: parsing and running dbt. Does not: data (history.py makes it).
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from orchestration.settings import Settings
from orchestration.transform import invoke, read_manifest
from tests.parsed import parsed


def settings(home: Path) -> Settings:
    return Settings(home=home, urls={}, pseudonym_key=SecretStr("a-key-that-is-not-used"))


@pytest.fixture(scope="session")
def manifest() -> dict[str, Any]:
    """What dbt makes of the project as it is on disk."""
    return json.loads(parsed().dbt_graph.read_text())


def run_dbt(home: Path, *arguments: str, tags: Mapping[str, Collection[str]] = {}) -> list[Any]:
    """Run a dbt command on a home and return its results; fails with the nodes that failed, or were skipped. Warnings are fine."""
    result = invoke(settings(home), [*arguments], manifest=read_manifest(parsed().dbt_parsed), tags=tags)
    fine = {"success", "pass", "warn"}
    failed = [f"{r.node.name}: {r.message}" for r in result.result or [] if r.status not in fine]
    assert result.success and not failed, (failed, result.exception)
    return list(result.result)
