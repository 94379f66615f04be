"""The same load by what users would write instead: pandas in chunks, and dlt with its Arrow backend. For information."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import duckdb

from benchmarks.loads import COLUMNS, bare, load
from benchmarks.measure import Report, measured
from benchmarks.world import LAST_DAY, World

CHUNK = 100_000  # rows


def with_pandas(url: str, file: Path) -> int:
    """read_sql in chunks from a server-side cursor into a DuckDB table; returns the rows."""
    import pandas as pd
    from sqlalchemy import create_engine

    engine = create_engine(
        url.replace("postgresql://", "postgresql+psycopg://"), execution_options={"stream_results": True}
    )
    with engine.connect() as source, duckdb.connect(str(file)) as con:
        for n, chunk in enumerate(pd.read_sql(f"select {COLUMNS} from generations", source, chunksize=CHUNK)):
            for name in ("id", "user_id", "event_id"):
                chunk[name] = chunk[name].astype("string")
            con.execute("insert into generations from chunk" if n else "create table generations as from chunk")
        return con.execute("select count(*) from generations").fetchall()[0][0]


def with_dlt(url: str, file: Path) -> int:
    """sql_table to the duckdb destination; returns the rows."""
    os.environ |= {"RUNTIME__DLTHUB_TELEMETRY": "false", "RUNTIME__LOG_LEVEL": "ERROR"}
    import dlt
    from dlt.sources.sql_database import sql_table

    table = sql_table(
        credentials=url.replace("postgresql://", "postgresql+psycopg://"), table="generations", schema="public",
        included_columns=COLUMNS.split(", "), backend="pyarrow", chunk_size=CHUNK, reflection_level="full",
    )  # fmt: skip
    pipeline = dlt.pipeline(
        "bench",
        destination=dlt.destinations.duckdb(str(file)),
        dataset_name="raw",
        pipelines_dir=str(file.parent / "dlt"),
    )
    pipeline.run(table, write_disposition="replace")
    with duckdb.connect(str(file)) as con:
        return con.execute("select count(*) from raw.generations").fetchall()[0][0]


def bench_rivals(report: Report, world: World, folder: Path) -> None:
    """One first load each, as a multiple of a bare CREATE TABLE AS; ours with its archive and its checks."""
    rows = world.rows()
    with tempfile.TemporaryDirectory(dir=folder) as name:
        place = Path(name)
        limit = measured(bare, world.url, place / "bare.duckdb")
        ours = measured(load, world.url, place, LAST_DAY, None)
        report.add(
            f"first load of {rows / 1e6:.1f} M photos by Martlet, archive included",
            ours.seconds / limit.seconds,
            "x CTAS",
        )
        for title, function in (("pandas in chunks", with_pandas), ("dlt, pyarrow backend", with_dlt)):
            done = measured(function, world.url, place / f"{function.__name__}.duckdb")
            assert done.value == rows
            note = f"{done.seconds:.0f} s, peak {done.peak_mb:,.0f} MB"
            report.add(f"  the same by {title}", done.seconds / limit.seconds, "x CTAS", None, note)
