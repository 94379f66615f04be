"""All models, compiled by dbt once in a process, and run over many worlds in a second or two each. Not a test itself.

Belongs here: dbt's compiled SQL, in its order, over another warehouse. Does not: data (marts_world.py), nor incremental builds
(increments.py).
"""

from __future__ import annotations

import atexit
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import duckdb

from tests.dbt.conftest import run_dbt
from tests.dbt.marts_world import World


@dataclass(frozen=True)
class CompiledMarts:
    """Full builds of the models, as dbt made them in `home`: its nodes in the order in which it built them."""

    home: Path
    nodes: list[Any]

    def build(self, warehouse: Path, *marts: str) -> duckdb.DuckDBPyConnection:
        """Build marts, or models, and what they read, or everything, in a warehouse that has been loaded."""
        con = duckdb.connect(str(warehouse))
        con.execute("set TimeZone = 'UTC'")
        con.execute(f"attach '{self.home / 'warehouse.duckdb'}' as compiled (read_only)")
        for schema in ("staging", "intermediate", "facts", "marts", "seeds"):
            con.execute(f"create schema if not exists {schema}")
        for node in self._read_by(marts):
            if node.resource_type == "seed":
                con.execute(f"create table seeds.{node.name} as from compiled.seeds.{node.name}")
            else:
                kind = "view" if node.config.materialized == "view" else "table"
                con.execute(f"create {kind} {node.relation_name} as {node.compiled_code}")
        con.execute("detach compiled")
        return con

    def over(
        self,
        world: World,
        home: Path,
        first_day: str,
        last_day: str,
        timezone: str = "UTC",
        marts: tuple[str, ...] = (),
    ) -> duckdb.DuckDBPyConnection:
        """Write a world and build in it."""
        world.write(home, first_day, last_day, timezone)
        return self.build(home / "warehouse.duckdb", *marts)

    def select_of(self, model: str) -> str:
        (found,) = [node.compiled_code for node in self.nodes if node.name == model]
        return found

    def _read_by(self, marts: tuple[str, ...]) -> list[Any]:
        if not marts:
            return self.nodes
        wanted = {node.unique_id for node in self.nodes if node.name in marts}
        assert len(wanted) == len(marts), marts
        for node in reversed(self.nodes):
            if node.unique_id in wanted:
                wanted.update(node.depends_on.nodes if node.resource_type == "model" else [])
        return [node for node in self.nodes if node.unique_id in wanted]


@cache
def compiled_marts() -> CompiledMarts:
    """Let dbt build every model in the home of an empty source."""
    folder = tempfile.TemporaryDirectory(prefix="martlet-compiled-")
    atexit.register(folder.cleanup)
    home = Path(folder.name)
    World().write(home, "2026-01-01", "2026-01-02")
    return CompiledMarts(
        home, [r.node for r in run_dbt(home, "build", "--full-refresh", "--resource-types", "model", "seed")]
    )
