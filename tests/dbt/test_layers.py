"""The rules of the dbt project, read from its manifest: who may read whom, and what every model must say about itself.

A message names the models that break the rule; an exception belongs into the rule here, with its reason.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from orchestration.extract.catalog import catalog
from orchestration.settings import PROJECT

OWNERS = {"platform", "growth", "partners", "finance", "operations"}
PUBLISHED_TYPE = re.compile(r"bigint|integer|double|boolean|varchar|date|timestamptz|decimal\(\d+, ?\d+\)")
CLOCK = re.compile(
    r"\b(current_date|current_time|current_timestamp|localtime|localtimestamp|sysdate|systimestamp)\b"
    r"|\b(now|today|getdate|get_current_timestamp|get_current_time|transaction_timestamp|clock_timestamp|unix_timestamp)\s*\("
    r"|run_started_at|modules\.datetime",
    re.IGNORECASE,
)
LOGIC = re.compile(
    r"\b(case|join|where|having|qualify|over|union|distinct|filter)\b|\bgroup\s+by\b"
    r"|\b(constant_stretches|latest_observations)\b",
    re.IGNORECASE,
)
MOST_LINES = 135


def layer(node: dict[str, Any]) -> str:
    """The folder below models/: staging, intermediate, facts or marts; for a seed `seeds`."""
    return node["fqn"][1] if node["resource_type"] == "model" else node["resource_type"] + "s"


def system(node: dict[str, Any]) -> str:
    """The source system of a staging or intermediate model, or of a source."""
    if node["resource_type"] == "source":
        return re.sub(r"^(raw|deleted|archive)_", "", node["source_name"])
    return node["fqn"][2]


def code(node: dict[str, Any]) -> str:
    """The SQL of a model, test or macro without comments."""
    text = node.get("raw_code") or node.get("macro_sql") or ""
    return re.sub(r"\{#.*?#\}|--[^\n]*|/\*.*?\*/", "", text, flags=re.DOTALL)


@pytest.fixture(scope="module")
def nodes(manifest: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Models, seeds, tests and sources by id."""
    return manifest["nodes"] | manifest["sources"]


@pytest.fixture(scope="module")
def models(nodes: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    return [node for node in nodes.values() if node["resource_type"] == "model"]


def grain(model: dict[str, Any]) -> list[str]:
    return model["config"]["meta"].get("grain") or []


def parents(node: dict[str, Any], nodes: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    return [nodes[parent] for parent in node["depends_on"]["nodes"]]


def is_meta(node: dict[str, Any]) -> bool:
    return node["resource_type"] == "source" and node["source_name"] == "meta"


def names(found: list[dict[str, Any]]) -> list[str]:
    return sorted(node["name"] for node in found)


# ------------------------------------------------------------------ who may read whom


def test_a_staging_model_reads_one_source_of_its_system_and_nothing_else(models, nodes):
    def is_right(model: dict[str, Any]) -> bool:
        read = parents(model, nodes)
        return len(read) == 1 and read[0]["resource_type"] == "source" and system(read[0]) == system(model)

    assert not names([m for m in models if layer(m) == "staging" and not is_right(m)])


def test_an_intermediate_model_reads_staging_and_intermediate_of_its_own_system(models, nodes):
    def may_read(model: dict[str, Any], parent: dict[str, Any]) -> bool:
        return is_meta(parent) or (layer(parent) in {"staging", "intermediate"} and system(parent) == system(model))

    wrong = [m for m in models if layer(m) == "intermediate" and not all(may_read(m, p) for p in parents(m, nodes))]
    assert not names(wrong)


def test_a_fact_reads_intermediate_models_facts_and_seeds(models, nodes):
    allowed = {"intermediate", "facts", "seeds"}
    wrong = [
        m
        for m in models
        if layer(m) == "facts" and not all(is_meta(p) or layer(p) in allowed for p in parents(m, nodes))
    ]
    assert not names(wrong)


def test_a_mart_reads_facts_seeds_and_marts(models, nodes):
    allowed = {"facts", "seeds", "marts"}
    wrong = [
        m
        for m in models
        if layer(m) == "marts" and not all(is_meta(p) or layer(p) in allowed for p in parents(m, nodes))
    ]
    assert not names(wrong)


def test_facts_and_marts_never_name_a_source_system(models):
    systems = re.compile("|".join(catalog()))
    assert not names([m for m in models if layer(m) in {"facts", "marts"} and systems.search(code(m))])


def test_a_name_begins_with_its_layer_and_system(models):
    # what a mart is made of may have any name: only mart_ is published
    prefixes = {"staging": r"stg_{}__\w+", "intermediate": r"int_{}__\w+", "facts": r"(dim|fct)_\w+", "marts": r"\w+"}
    wrong = [m for m in models if not re.fullmatch(prefixes[layer(m)].format(m["fqn"][2]), m["name"])]
    wrong += [m for m in models if m["name"].startswith("mart_") != (m["config"]["schema"] == "marts")]
    assert not names(wrong)


def test_every_listed_system_feeds_its_fact_and_every_feed_is_listed(models):
    project = yaml.safe_load((PROJECT / "dbt_project.yml").read_text())
    listed = {f"int_{s}__{fact}" for fact, systems in project["vars"]["fact_systems"].items() for s in systems}
    assert listed <= {m["name"] for m in models}


def test_the_local_zones_of_dbt_are_those_of_the_catalog():
    project = yaml.safe_load((PROJECT / "dbt_project.yml").read_text())
    assert project["vars"]["local_timezones"] == {name: s.local_timezone for name, s in catalog().items()}


# ------------------------------------------------------------------ what a model says about itself


def test_every_model_and_seed_is_described_and_models_name_owner_and_grain(models, nodes):
    seeds = [n for n in nodes.values() if n["resource_type"] == "seed"]
    assert not names([n for n in models + seeds if not n["description"].strip()])
    assert not names([m for m in models if m["config"]["meta"].get("owner") not in OWNERS])
    assert not names([m for m in models if not grain(m)])


def test_every_model_tests_its_key_unless_its_table_is_made_with_a_proof_of_it(models, nodes):
    keys = {
        node["attached_node"]: node["test_metadata"]["kwargs"]["columns"]
        for node in nodes.values()
        if node["resource_type"] == "test" and (node.get("test_metadata") or {}).get("name") == "unique_key"
    }
    tables = [m for m in models if m["config"]["materialized"] == "table"]  # macros/table.sql
    assert not names([m for m in tables if m["unique_id"] in keys])
    others = [m for m in models if m not in tables]
    assert not names([m for m in others if sorted(keys.get(m["unique_id"], [])) != sorted(grain(m))])


def test_every_model_has_a_contract_that_types_and_describes_every_column(models):
    assert not names([m for m in models if not m["config"]["contract"]["enforced"]])
    wrong = [
        f"{m['name']}.{column['name']}"
        for m in models
        for column in m["columns"].values()
        if not column["description"].strip() or not column["data_type"]
    ]
    assert not wrong
    assert not names([m for m in models if not m["columns"]])


def test_facts_and_marts_use_only_the_types_that_can_be_published(models):
    wrong = [
        f"{m['name']}.{column['name']} {column['data_type']}"
        for m in models
        if layer(m) in {"facts", "marts"}
        for column in m["columns"].values()
        if not PUBLISHED_TYPE.fullmatch(column["data_type"].lower())
    ]
    assert not wrong


def test_a_yml_of_the_same_stem_stands_beside_every_sql(models):
    wrong = [
        m["name"]
        for m in models
        if (m.get("patch_path") or "").split("://")[-1] != str(Path(m["original_file_path"]).with_suffix(".yml"))
    ]
    assert not wrong


def test_a_model_begins_with_its_imports_and_ends_with_its_last_thought(models):
    ending = re.compile(r"[)}]\s*select \*\s+from \w+\s*$")
    assert not names([m for m in models if not ending.search(code(m))])
    assert not names([m for m in models if len(m["raw_code"].splitlines()) > MOST_LINES])


# ------------------------------------------------------------------ what no model does


def test_no_model_macro_or_test_reads_the_wall_clock(manifest, nodes):
    own_macros = [m for m in manifest["macros"].values() if m["package_name"] == "martlet"]
    wrong = [n for n in [*nodes.values(), *own_macros] if n["resource_type"] != "source" and CLOCK.search(code(n))]
    assert not names(wrong)


def test_incremental_models_rebuild_touched_days_and_wait_for_them(models, nodes):
    incremental = [m for m in models if m["config"]["materialized"] == "incremental"]
    assert incremental
    for model in incremental:
        assert model["config"]["unique_key"] in model["columns"], model["name"]
        assert "rebuild_days" in names(parents(model, nodes)), model["name"]


def test_incremental_models_read_no_dimension(models, nodes):
    wrong = [
        m
        for m in models
        if m["config"]["materialized"] == "incremental"
        and any(p["name"].startswith("dim_") or layer(p) == "seeds" for p in parents(m, nodes) if not is_meta(p))
    ]
    assert not names(wrong)


# ------------------------------------------------------------------ how it is tested


def test_every_model_with_logic_has_a_unit_test(manifest, models):
    tested = {unit_test["model"] for unit_test in manifest["unit_tests"].values()}
    with_logic = [m for m in models if layer(m) != "staging" and LOGIC.search(code(m))]
    assert not sorted(set(names(with_logic)) - tested)


def test_unit_tests_are_named_as_sentences(manifest):
    assert not [t["name"] for t in manifest["unit_tests"].values() if t["name"].count("_") < 3]


def test_a_singular_test_says_why_it_exists_and_whose_check_it_is(nodes):
    singular = [n for n in nodes.values() if n["resource_type"] == "test" and not n.get("test_metadata")]
    assert singular
    assert not names([t for t in singular if not re.fullmatch(r"assert_\w+", t["name"])])
    assert not names([t for t in singular if not t["raw_code"].startswith("-- Why: ")])
    spanning = [t for t in singular if len(t["depends_on"]["nodes"]) > 1]
    model_names = {n["name"] for n in nodes.values() if n["resource_type"] == "model"}
    wrong = [
        t for t in spanning if t["config"]["meta"].get("dagster", {}).get("ref", {}).get("name") not in model_names
    ]
    assert not names(wrong)


def test_the_lint_for_clocks_finds_what_it_is_for():
    """The rule above is only worth something while these are found, and these are not."""
    for text in ("select now()", "where day < current_date", "NOW ( )", "getdate()", "{{ run_started_at }}", "today()"):
        assert CLOCK.search(text), text
    for text in ("is_known", "known_since", "nowhere(", "current_date_of_plan", "as_of"):
        assert not CLOCK.search(text), text
