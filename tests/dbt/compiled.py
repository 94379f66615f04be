"""The models behind the scorecard, compiled by dbt once and run over many worlds in a second or two each. Not a test itself.

Belongs here: dbt's compiled SQL, in its order, over another warehouse. Does not: data (marts_world.py), nor incremental builds
(increments.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb

from tests.dbt.conftest import run_dbt
from tests.dbt.marts_world import World


@dataclass(frozen=True)
class CompiledMarts:
    """Full builds of the models, as dbt made them in `home`."""

    home: Path
    seeds: list[str]
    models: list[tuple[str, str, str]]  # relation, materialization, SELECT

    def build(self, warehouse: Path) -> duckdb.DuckDBPyConnection:
        """Build them in a warehouse that has been loaded."""
        con = duckdb.connect(str(warehouse))
        con.execute("set TimeZone = 'UTC'")
        con.execute(f"attach '{self.home / 'warehouse.duckdb'}' as compiled (read_only)")
        for schema in ("staging", "intermediate", "facts", "marts", "seeds"):
            con.execute(f"create schema if not exists {schema}")
        for seed in self.seeds:
            con.execute(f"create table seeds.{seed} as from compiled.seeds.{seed}")
        for relation, materialized, select in self.models:
            kind = "view" if materialized == "view" else "table"
            con.execute(f"create {kind} {relation} as {select}")
        con.execute("detach compiled")
        return con

    def over(
        self, world: World, home: Path, first_day: str, last_day: str, timezone: str = "UTC"
    ) -> duckdb.DuckDBPyConnection:
        """Write a world and build them in it."""
        world.write(home, first_day, last_day, timezone)
        return self.build(home / "warehouse.duckdb")

    def select_of(self, model: str) -> str:
        (found,) = [select for relation, _, select in self.models if relation.endswith(f'"{model}"')]
        return found


def compile_marts(home: Path, *marts: str) -> CompiledMarts:
    """Let dbt build marts, and what they read, in the home of an empty source."""
    World().write(home, "2026-01-01", "2026-01-02")
    arguments = ["build", "--full-refresh", "--resource-types", "model", "seed", "--select", *(f"+{m}" for m in marts)]
    nodes = [r.node for r in run_dbt(home, *arguments)]
    seeds = [node.name for node in nodes if node.resource_type == "seed"]
    models = [
        (node.relation_name, node.config.materialized, node.compiled_code)
        for node in nodes
        if node.resource_type == "model"
    ]
    return CompiledMarts(home, seeds, models)
