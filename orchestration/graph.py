"""dbt's graph: which source systems feed a model.

Belongs here: reading the manifest for it. Does not: running dbt (transform.py), what is published (publish/marts.py).
"""

from __future__ import annotations

from collections.abc import Collection
from functools import cache
from typing import Any

LOADED = {"raw", "deleted", "archive"}  # the schemas of a system: <layer>_<system>


def systems_of(graph: dict[str, Any]) -> dict[str, frozenset[str]]:
    """Model -> the source systems whose tables it reads, itself or through others; none for the calendar and its like.

    `graph` is dbt's manifest; models are named by their unique id.
    """

    @cache
    def feeding(unique_id: str) -> frozenset[str]:
        if source := graph.get("sources", {}).get(unique_id):
            layer, _, system = source["source_name"].partition("_")
            return frozenset({system} if layer in LOADED else set())
        parents = graph["nodes"].get(unique_id, {}).get("depends_on", {}).get("nodes", [])
        return frozenset().union(*map(feeding, parents))

    return {unique_id: feeding(unique_id) for unique_id, n in graph["nodes"].items() if n["resource_type"] == "model"}


def idle(graph: dict[str, Any], loaded: Collection[str]) -> list[str]:
    """The models that only systems feed which were never loaded: empty since the last full build, and so they stay."""
    return [model for model, systems in systems_of(graph).items() if systems and not systems & set(loaded)]


def built_anew(graph: dict[str, Any], loaded: Collection[str]) -> list[str]:
    """The models that a build of some days makes: tables, but for those that are idle."""
    left, nodes = set(idle(graph, loaded)), graph["nodes"].items()
    return [
        k for k, n in nodes if n["resource_type"] == "model" and n["config"]["materialized"] != "view" and k not in left
    ]


def idle_tests(graph: dict[str, Any], loaded: Collection[str]) -> list[str]:
    """The tests of idle models alone: a full build makes these models, empty, and has nothing to test in them."""
    models = set(idle(graph, loaded))
    tests = {unique_id: node for unique_id, node in graph["nodes"].items() if node["resource_type"] == "test"}
    return [unique_id for unique_id, test in tests.items() if (of := models_of(test)) and of <= models]


def models_of(test: dict[str, Any]) -> set[str]:
    """The models that a test reads."""
    return {parent for parent in test["depends_on"].get("nodes", []) if parent.startswith("model.")}
