"""docs/requirements.csv against a real release of all five demo systems: what it names is there, and what is served is not empty.

A note that begins with `where` is SQL over the model, up to the first semicolon. `may be empty: why` stands for lists of what
happened: then the column must have a value elsewhere in the model. A value that needs a longer history than the release
has counts when every row gives that reason. The rest of a note is for people.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator

import duckdb
import pytest

from tests.e2e.conftest import ROOT, Deployment

FILE = ROOT / "docs" / "requirements.csv"
FIELDS = ["id", "requirement", "status", "model", "column", "file", "note"]
STATUSES = {"served", "no_source", "planned", "out of scope"}
# per document its last number, how many may be planned at most, and how many must be served
DOCUMENTS = {"S0": (113, 15, 90), "S1": (145, 80, 63), "S2": (121, 54, 61), "S3": (85, 61, 24), "S4": (91, 17, 74)}

SHORT_HISTORY = (
    "('insufficient_cycles', 'window_not_full', 'not_observed', 'no_previous_period', 'incomplete_previous_period')"
)

Row = dict[str, str]


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    with FILE.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        assert reader.fieldnames == FIELDS
        return list(reader)


@pytest.fixture(scope="module")
def warehouse(published_five: Deployment) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(published_five.home / "warehouse.duckdb"), read_only=True) as con:
        con.execute("set TimeZone = 'UTC'")
        yield con


@pytest.fixture(scope="module")
def schemas(published_five: Deployment) -> dict[str, tuple[str, set[str]]]:
    """Schema and contracted columns of every model and seed of the build."""
    nodes = json.loads((published_five.home / "dbt" / "manifest.json").read_text())["nodes"].values()
    kept = [node for node in nodes if node["resource_type"] in {"model", "seed"}]
    return {node["name"]: (node["schema"], set(node["columns"])) for node in kept}


def named(row: Row) -> str:
    return f"{row['id']} {row['model']}.{row['column']}{' ' + row['note'] if row['note'] else ''}"


def condition(row: Row) -> str:
    first = row["note"].split(";")[0]
    return first.removeprefix("where ") if first.startswith("where ") else "true"


def table(row: Row, schemas: dict[str, tuple[str, set[str]]]) -> str:
    return f'{schemas[row["model"]][0]}."{row["model"]}"'


def is_there(row: Row, schemas: dict[str, tuple[str, set[str]]]) -> bool:
    """Whether the model and its column are in the contracts."""
    return row["model"] in schemas and row["column"] in schemas[row["model"]][1]


def ids(rows: list[Row], *statuses: str) -> set[str]:
    return {row["id"] for row in rows if row["status"] in statuses}


def test_every_requirement_has_an_answer(rows: list[Row]) -> None:
    expected = [
        f"{document}-{number:02}" for document, (last, *_) in DOCUMENTS.items() for number in range(1, last + 1)
    ]
    assert list(dict.fromkeys(row["id"] for row in rows)) == expected  # in order, none missing
    assert {row["status"] for row in rows} <= STATUSES
    assert len({(row["id"], row["requirement"]) for row in rows}) == len(expected)  # one text per id
    assert all(row["model"] or row["file"] or row["note"] for row in rows)
    assert not [named(row) for row in rows if bool(row["model"]) != bool(row["column"])]
    assert not [named(row) for row in rows if row["status"] == "served" and not (row["model"] or row["file"])]
    assert not [
        named(row) for row in rows if row["status"] in {"planned", "no_source", "out of scope"} and not row["note"]
    ]


def test_most_are_served_and_few_are_planned(rows: list[Row]) -> None:
    for document, (_, most_planned, least_served) in DOCUMENTS.items():
        own = [row for row in rows if row["id"].startswith(document)]
        assert len(ids(own, "planned")) <= most_planned, document
        assert len(ids(own, "served")) >= least_served, document


def test_the_models_columns_and_files_that_are_named_are_there(
    rows: list[Row], schemas: dict[str, tuple[str, set[str]]], published_five: Deployment
) -> None:
    wrong = [named(row) for row in rows if row["model"] and not is_there(row, schemas)]
    assert not wrong
    latest = [published_five.exports / "latest", published_five.home / "exports-restricted" / "v1" / "latest"]
    there = [{str(path.relative_to(root.resolve())) for path in root.resolve().rglob("*")} for root in latest]
    wrong = [
        f"{row['id']} {row['file']}"
        for row in rows
        if row["file"] and row["file"] not in there["exports-restricted" in row["note"]]
    ]
    assert not wrong


def has_value(row: Row, schemas: dict[str, tuple[str, set[str]]], warehouse: duckdb.DuckDBPyConnection) -> bool:
    where = "true" if "may be empty: " in row["note"] else condition(row)
    source = f"from {table(row, schemas)} where {where}"
    if warehouse.execute(f'select count("{row["column"]}") {source}').fetchall()[0][0]:
        return True
    if "null_reason" not in schemas[row["model"]][1]:
        return False
    explained = f"count(*) filter (where null_reason in {SHORT_HISTORY}) > 0 and count(*) = count(null_reason)"
    return warehouse.execute(f"select {explained} {source}").fetchall()[0][0]


def test_what_is_served_is_not_empty(
    rows: list[Row],
    schemas: dict[str, tuple[str, set[str]]],
    warehouse: duckdb.DuckDBPyConnection,
    published_five: Deployment,
) -> None:
    wanted = [row for row in rows if row["status"] == "served" and row["model"] and is_there(row, schemas)]
    empty = [named(row) for row in wanted if not has_value(row, schemas, warehouse)]
    assert not empty
    files = {row["file"]: "exports-restricted" in row["note"] for row in rows if row["file"].startswith("csv/")}
    for name, is_restricted in files.items():
        root = published_five.home / ("exports-restricted" if is_restricted else "exports") / "v1" / "latest"
        with (root / name).open("rb") as file:
            assert len(file.readlines(10_000)) > 1, name


def test_what_has_no_source_is_unknown_for_that_reason(
    rows: list[Row], schemas: dict[str, tuple[str, set[str]]], warehouse: duckdb.DuckDBPyConnection
) -> None:
    """Not 0, and not left out: NULL, and the reason beside it."""
    unknown = [row for row in rows if row["status"] == "no_source" and row["model"]]
    assert unknown
    for row in unknown:
        query = f"select count(*), count({row['column']}), count(*) filter (where null_reason = 'no_source')"
        found = warehouse.execute(f"{query} from {table(row, schemas)} where {condition(row)}").fetchall()[0]
        assert found[0] > 0 and found == (found[0], 0, found[0]), named(row)
