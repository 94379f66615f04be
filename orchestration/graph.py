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
    """The models that only systems feed which were never loaded: empty, and no part of a build."""
    return [model for model, systems in systems_of(graph).items() if systems and not systems & set(loaded)]


def built(graph: dict[str, Any], loaded: Collection[str], in_full: bool) -> list[str]:
    """What a build makes but for what is idle: tables, and in full also views, seeds and the tests that read no model.

    The tests of a model follow it by themselves.
    """
    left = set(idle(graph, loaded))

    def is_made(unique_id: str, node: dict[str, Any]) -> bool:
        if node["resource_type"] == "model":
            return unique_id not in left and (in_full or node["config"]["materialized"] != "view")
        return in_full and (node["resource_type"] == "seed" or node["resource_type"] == "test" and not models_of(node))

    return [unique_id for unique_id, node in graph["nodes"].items() if is_made(unique_id, node)]


def models_of(test: dict[str, Any]) -> set[str]:
    """The models that a test reads."""
    return {parent for parent in test["depends_on"].get("nodes", []) if parent.startswith("model.")}
