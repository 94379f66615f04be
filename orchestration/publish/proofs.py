"""Proofs before the swap: what the files say, read back by a second engine (pyarrow), is what the warehouse says."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from orchestration.errors import Refused
from orchestration.extract.meta import quote
from orchestration.publish.canonical import ArrowReader, content_hash_sql, texts_of
from orchestration.publish.export import CsvColumn
from orchestration.publish.marts import Column, Mart

_BLOCK = 16 * 1024 * 1024  # bytes; the longest CSV row that can be read back


@dataclass(frozen=True)
class Content:
    """What the warehouse says of a mart: exact sums of the integer and decimal columns, NULLs of each column, and the first and
    last value of the first DATE of its key."""

    rows: int
    totals: dict[str, Decimal]
    content_hash: str
    nulls: dict[str, int] = field(default_factory=dict)
    dates: tuple[str, str] | None = None


def measure(con: duckdb.DuckDBPyConnection, mart: Mart) -> Content:
    """Rows, control totals and content hash of a mart. Raises Refused for NaN, infinity or a key that isn't unique."""
    summed = [c for c in mart.columns if c.is_total]
    doubles = [c for c in mart.columns if c.type == "DOUBLE"]
    parts = ["count(*)", *(f"coalesce(sum({quote(c.name)}), 0)::varchar" for c in summed)]
    parts += [f"count(*) filter (where not isfinite({quote(c.name)}))" for c in doubles]
    parts += [f"count(*) - count({quote(c.name)})" for c in mart.columns]
    dates = [c.name for name in mart.key for c in mart.columns if c.name == name and c.type == "DATE"][:1]
    parts += [f"{bound}({quote(name)})::varchar" for name in dates for bound in ("min", "max")]
    rows, *rest = con.execute(f"select {', '.join(parts)} from {mart.relation}").fetchall()[0]
    totals = {c.name: Decimal(rest.pop(0)) for c in summed}
    for column, count in [(c, rest.pop(0)) for c in doubles]:
        if count:
            raise Refused(
                f"{mart.name}: column `{column.name}` is NaN or infinite in {count:,} rows. Publish NULL with a reason."
            )
    key = ", ".join(quote(name) for name in mart.key)
    twice = con.execute(
        f"select count(*) from (select 1 from {mart.relation} group by {key} having count(*) > 1)"
    ).fetchall()[0][0]
    if twice:
        raise Refused(f"{mart.name}: its key ({', '.join(mart.key)}) is not unique: {twice:,} keys have several rows.")
    nulls = {c.name: rest.pop(0) for c in mart.columns}
    content_hash = content_hash_sql(con, mart.relation, texts_of(mart.columns), mart.order)
    return Content(rows, totals, content_hash, nulls, (rest[0], rest[1]) if dates and rows else None)


def _arrow_type(column: Column) -> pa.DataType:
    if column.type.startswith("DECIMAL"):
        return pa.decimal128(int(column.type[8:].split(",")[0]), column.scale)
    return {
        "BIGINT": pa.int64(),
        "INTEGER": pa.int32(),
        "DOUBLE": pa.float64(),
        "BOOLEAN": pa.bool_(),
        "VARCHAR": pa.string(),
        "DATE": pa.date32(),
        "TIMESTAMPTZ": pa.timestamp("us", tz="UTC"),
    }[column.type]


def prove_parquet(mart: Mart, content: Content, path: Path) -> None:
    """Read the Parquet file back. Raises Refused when types, rows, totals, order or any value differ."""
    try:
        with pq.ParquetFile(path) as file:
            found = [(f.name, f.type) for f in file.schema_arrow]
            if found != [(c.name, _arrow_type(c)) for c in mart.columns]:
                raise Refused(f"{path.name}: columns or types differ from those of the warehouse.")
            reader = ArrowReader(mart.columns, [c for c in mart.columns if c.is_total])
            reader.read(file.iter_batches())
    except pa.ArrowException as error:
        raise Refused(f"{path.name} can't be read back: {error}. Nothing was published.") from error
    _compare(path, reader, content.rows, content.totals, content.content_hash)


def prove_csv(
    con: duckdb.DuckDBPyConnection, mart: Mart, columns: list[CsvColumn], content: Content, path: Path
) -> str:
    """Read the CSV back and compare it with the warehouse; gives the content hash of its text. Raises Refused."""
    expected = csv_hash(con, mart, columns)
    reader = read_csv([c.name for c in columns], [c.total for c in columns if c.total], path)
    _compare(path, reader, content.rows, content.totals, expected)
    return expected


def csv_hash(con: duckdb.DuckDBPyConnection, mart: Mart, columns: list[CsvColumn]) -> str:
    """The content hash of the text that the CSV of a mart must hold."""
    return content_hash_sql(con, mart.relation, {c.name: c.text for c in columns}, mart.order)


def prove_export(columns: list[CsvColumn], rows: int, expected: str, path: Path) -> None:
    """Read the CSV of a documented export back. Raises Refused when a value, a row or their order differs."""
    _compare(path, read_csv([c.name for c in columns], [], path), rows, {}, expected)


def read_csv(names: list[str], summed: list[Column], path: Path) -> ArrowReader:
    """Read a published CSV as text with pyarrow. Raises Refused when it isn't one with these columns."""
    reader = ArrowReader([Column(name, "VARCHAR") for name in names], summed)
    convert = pa_csv.ConvertOptions(
        column_types={name: pa.string() for name in names},
        strings_can_be_null=True,
        quoted_strings_can_be_null=False,
        null_values=[""],
    )
    try:
        with pa_csv.open_csv(
            path,
            read_options=pa_csv.ReadOptions(block_size=_BLOCK),
            parse_options=pa_csv.ParseOptions(newlines_in_values=True),
            convert_options=convert,
        ) as batches:
            if batches.schema.names != names:
                raise Refused(f"{path.name}: its header differs from the columns of the mart.")
            reader.read(batches)
    except pa.ArrowException as error:
        raise Refused(f"{path.name} can't be read back: {error}. Nothing was published.") from error
    return reader


def _compare(path: Path, reader: ArrowReader, rows: int, totals: dict[str, Decimal], content_hash: str) -> None:
    if reader.rows != rows:
        raise Refused(f"{path.name} holds {reader.rows:,} rows, the warehouse {rows:,}. Nothing was published.")
    for name, total in totals.items():
        if reader.totals[name] != total:
            raise Refused(f"{path.name}: `{name}` adds up to {reader.totals[name]}, in the warehouse to {total}.")
    if reader.content_hash != content_hash:
        raise Refused(f"{path.name}: some value or the order of the rows differs from the warehouse.")
