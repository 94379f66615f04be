"""Which source systems feed a model, from dbt's manifest."""

from __future__ import annotations

from orchestration.graph import built_anew, idle, idle_tests, systems_of


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


def test_a_build_of_some_days_makes_the_tables_that_are_not_idle() -> None:
    kinds = {
        "stg_a": "view",
        "stg_b": "view",
        "calendar": "table",
        "fact": "incremental",
        "mart_of_b": "table",
        "mart": "table",
    }
    nodes = {k: n | {"config": {"materialized": kinds.get(k, "seed")}} for k, n in GRAPH["nodes"].items()}
    assert built_anew(GRAPH | {"nodes": nodes}, ["a"]) == ["calendar", "fact", "mart"]


def test_a_test_is_idle_when_all_models_that_it_reads_are() -> None:
    def a_test(*parents: str) -> dict:
        return {"resource_type": "test", "depends_on": {"nodes": list(parents)}}

    graph = {
        "sources": {"a": {"source_name": "raw_a"}, "b": {"source_name": "raw_b"}},
        "nodes": {
            "model.a": node("a"),
            "model.b": node("b"),
            "test.a": a_test("model.a"),
            "test.b": a_test("model.b", "source.meta"),
            "test.both": a_test("model.a", "model.b"),
            "test.source": a_test("source.b"),
        },
    }
    assert idle_tests(graph, ["a"]) == ["test.b"]
