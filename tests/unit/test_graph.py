"""Which source systems feed a model, from dbt's manifest."""

from __future__ import annotations

from orchestration.graph import built, idle, systems_of


def node(*parents: str) -> dict:
    return {"resource_type": "model", "depends_on": {"nodes": list(parents)}}


GRAPH = {
    "sources": {
        "raw_a": {"source_name": "raw_a"},
        "archive_b": {"source_name": "archive_b_with_a_long_name"},
        "build": {"source_name": "meta"},
    },
    "nodes": {
        "stg_a": node("raw_a"),
        "stg_b": node("archive_b"),
        "calendar": node("build"),
        "fact": node("stg_a", "stg_b", "build"),
        "mart_of_b": node("stg_b", "calendar"),
        "mart": node("fact"),
        "seed": {"resource_type": "seed"},
    },
}


def test_a_model_is_fed_by_the_systems_that_it_reads_itself_or_through_others() -> None:
    assert systems_of(GRAPH) == {
        "stg_a": {"a"},
        "stg_b": {"b_with_a_long_name"},
        "calendar": set(),
        "fact": {"a", "b_with_a_long_name"},
        "mart_of_b": {"b_with_a_long_name"},
        "mart": {"a", "b_with_a_long_name"},
    }


def test_a_model_is_idle_while_none_of_its_systems_was_loaded_and_the_calendar_never_is() -> None:
    assert idle(GRAPH, ["a"]) == ["stg_b", "mart_of_b"]
    assert idle(GRAPH, ["a", "b_with_a_long_name"]) == []
    assert idle(GRAPH, []) == ["stg_a", "stg_b", "fact", "mart_of_b", "mart"]


def test_a_build_makes_tables_and_in_full_also_the_rest_but_for_what_is_idle() -> None:
    kinds = {"stg_a": "view", "stg_b": "view", "fact": "incremental", "seed": "seed"}
    nodes = {k: n | {"config": {"materialized": kinds.get(k, "table")}} for k, n in GRAPH["nodes"].items()}
    for name, parent in ("test_of_a", "model.stg_a"), ("test_of_raw", "source.raw_a"):
        nodes[name] = {"resource_type": "test", "depends_on": {"nodes": [parent]}}
    graph = GRAPH | {"nodes": nodes}
    assert built(graph, ["a"], in_full=False) == ["calendar", "fact", "mart"]
    assert built(graph, ["a"], in_full=True) == ["stg_a", "calendar", "fact", "mart", "seed", "test_of_raw"]
