"""The content hash: what a mart says, whatever file holds it.

Definition. Each value has one text form: integers and decimals plain (`-0.05`), DOUBLE as printf %.17g, BOOLEAN true or
false, DATE as days and TIMESTAMPTZ as microseconds since 1970-01-01 UTC, VARCHAR as it is. A cell is `<bytes>:<text>`,
or `-` for NULL. A row is its cells, columns by name, without anything between; its hash is the md5 of that in UTF-8.
The content hash is the sha256 over the row hashes (lower hex, nothing between), rows ordered by key.
Here the definition exists twice, in SQL and over Arrow, so that one engine can prove what the other wrote.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal, localcontext
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from orchestration.extract.meta import quote
from orchestration.publish.marts import Column

_BATCH = 65_536  # rows
_PLAIN_SCALE = 6  # Arrow writes decimals of a larger scale with an exponent when they are small


def text_sql(column: Column) -> str:
    """SQL for the text form of a value; NULL stays NULL."""
    name = quote(column.name)
    match column.type:
        case "DOUBLE":
            return f"printf('%.17g', {name} + 0)"
        case "DATE":
            return f"({name} - date '1970-01-01')::varchar"
        case "TIMESTAMPTZ":
            return f"epoch_us({name})::varchar"
        case _:
            return f"{name}::varchar"


def row_hash_sql(texts: dict[str, str]) -> str:
    """SQL for the hash of a row, from column name -> SQL of its text form."""
    cells = (f"coalesce(strlen({text}) || ':', '-'), {text}" for _, text in sorted(texts.items()))  # concat skips NULL
    return f"md5(concat({', '.join(cells)}))"


def content_hash_sql(con: duckdb.DuckDBPyConnection, relation: str, texts: dict[str, str], order: str) -> str:
    """The content hash of a relation, computed by DuckDB row by row and streamed."""
    reader = con.execute(f"select {row_hash_sql(texts)} from {relation} order by {order}").to_arrow_reader(_BATCH)
    digest = hashlib.sha256()
    for batch in reader:
        digest.update("".join(batch.column(0).to_pylist()).encode())
    return digest.hexdigest()


def texts_of(columns: Sequence[Column]) -> dict[str, str]:
    return {c.name: text_sql(c) for c in columns}


class ArrowReader:
    """Reads batches of one file, counts rows, sums control totals and hashes content: the second engine's half."""

    def __init__(self, columns: Sequence[Column], summed: Sequence[Column]) -> None:
        self.columns = sorted(columns, key=lambda c: c.name)
        self.summed = summed
        self.rows = 0
        self.totals = {c.name: Decimal(0) for c in summed}
        self._digest = hashlib.sha256()

    def read(self, batches: Iterable[pa.RecordBatch]) -> None:
        for batch in batches:
            self.rows += batch.num_rows
            for column in self.summed:
                self._add(column, batch.column(column.name))
            self._digest.update(_row_hashes(batch, self.columns).encode())

    def _add(self, column: Column, values: pa.Array) -> None:
        total = pc.sum(pc.cast(values, pa.decimal128(38, column.scale))).as_py()
        with localcontext(prec=60):
            self.totals[column.name] += total or 0

    @property
    def content_hash(self) -> str:
        return self._digest.hexdigest()


def _row_hashes(batch: pa.RecordBatch, columns: Sequence[Column]) -> str:
    cells = [_cell(_text(batch.column(c.name), c)) for c in columns]
    joined = pc.binary_join_element_wise(*cells, "")
    return "".join(hashlib.md5(row.encode()).hexdigest() for row in joined.to_pylist())


def _cell(text: pa.Array) -> pa.Array:
    sized = pc.binary_join_element_wise(pc.cast(pc.binary_length(text), pa.string()), text, ":")
    return pc.fill_null(sized, "-")


def _text(values: pa.Array, column: Column) -> pa.Array:
    if column.type == "VARCHAR":
        return values
    if column.type == "DATE":
        return pc.cast(pc.cast(values, pa.int32()), pa.string())
    if column.type == "TIMESTAMPTZ":
        return pc.cast(pc.cast(values, pa.int64()), pa.string())
    if column.type == "DOUBLE":
        return _formatted(values, lambda v: f"{v + 0.0:.17g}")
    if column.scale > _PLAIN_SCALE:
        return _formatted(values, lambda v: f"{v:f}")
    return pc.cast(values, pa.string())


def _formatted(values: pa.Array, text: Callable[[Any], str]) -> pa.Array:
    """The text of each value, made once for equal ones: that of a ratio or a price stands in many rows."""
    coded = values.dictionary_encode()
    return pa.array([text(v) for v in coded.dictionary.to_pylist()], pa.string()).take(coded.indices)
