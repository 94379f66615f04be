"""Fixtures for tests of the dbt project: its manifest, and a dbt that runs in this process on a home of the test.

Belongs here: parsing and running dbt. Does not: data (history.py makes it).
"""

from __future__ import annotations

import atexit
import json
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from orchestration.settings import Settings
from orchestration.transform import ensure_manifest, invoke


def settings(home: Path) -> Settings:
    return Settings(home=home, urls={}, pseudonym_key=SecretStr("a-key-that-is-not-used"))


@cache
def parsed() -> Settings:
    """A home without a warehouse in which dbt has parsed the project as it is on disk: once for all tests of a process."""
    folder = tempfile.TemporaryDirectory(prefix="martlet-parsed-")
    atexit.register(folder.cleanup)
    home = settings(Path(folder.name))
    ensure_manifest(home)
    return home


@pytest.fixture(scope="session")
def manifest() -> dict[str, Any]:
    """What dbt makes of the project as it is on disk."""
    return json.loads(parsed().dbt_graph.read_text())


def run_dbt(home: Path, *arguments: str) -> list[Any]:
    """Run a dbt command on a home and return its results; fails with the nodes that failed, or were skipped. Warnings are fine."""
    result = invoke(settings(home), [*arguments], parsed=parsed().dbt_parsed)
    fine = {"success", "pass", "warn"}
    failed = [f"{r.node.name}: {r.message}" for r in result.result or [] if r.status not in fine]
    assert result.success and not failed, (failed, result.exception)
    return list(result.result)
