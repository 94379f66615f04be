"""What no system feeds: an empty table of each model, such as dbt would have made it, until a system is turned on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb

from orchestration.graph import idle
from orchestration.transform import make_empty
from tests.dbt.compiled import compiled_marts
from tests.dbt.conftest import run_dbt, settings
from tests.loading import create_with_archives

COLUMNS = (
    "select schema_name || '.' || table_name, column_name, data_type from duckdb_columns()"
    " where database_name = current_database() and not internal"
)


def test_an_empty_model_has_the_columns_that_dbt_gives_it(tmp_path: Path, manifest: dict[str, Any]) -> None:
    models = [manifest["nodes"][model] for model in idle(manifest, ["photobooth"])]
    make_empty(settings(tmp_path), models)
    with duckdb.connect(str(tmp_path / "warehouse.duckdb")) as con:
        made = con.execute(COLUMNS).fetchall()
        assert {name for name, *_ in made} == {f"{model['schema']}.{model['name']}" for model in models}
    with duckdb.connect(str(compiled_marts().home / "warehouse.duckdb"), read_only=True) as con:
        assert set(made) <= set(con.execute(COLUMNS).fetchall())


def test_a_system_that_is_turned_on_gets_its_views_and_tables(tmp_path: Path, manifest: dict[str, Any]) -> None:
    names = ["stg_custom_gpt__api_requests", "dim_date"]  # a view and a table
    models = [node for node in manifest["nodes"].values() if node["name"] in names]
    with duckdb.connect(str(tmp_path / "warehouse.duckdb")) as con:
        create_with_archives(con)
        con.execute("insert into meta.build values ('b', '2026-01-02', 'UTC', '2026-01-01', '2026-01-01')")
    for _ in range(2):  # a full build may come again while the system is off
        make_empty(settings(tmp_path), models)
        assert kinds(tmp_path, names) == {"stg_custom_gpt__api_requests": "BASE TABLE", "dim_date": "BASE TABLE"}
        run_dbt(tmp_path, "run", "--full-refresh", "--select", *names)
        assert kinds(tmp_path, names) == {"stg_custom_gpt__api_requests": "VIEW", "dim_date": "BASE TABLE"}


def kinds(home: Path, names: list[str]) -> dict[str, str]:
    with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True) as con:
        query = "select table_name, table_type from information_schema.tables where table_name in (select unnest(?))"
        return dict(con.execute(query, [names]).fetchall())
