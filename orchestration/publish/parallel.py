"""The same work on every mart, two at a time: DuckDB and pyarrow let go of Python's lock, and machines have a second core."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TypeVar

import duckdb

AT_ONCE = 2  # of each, the largest query holds its rows in memory

Item = TypeVar("Item")
Result = TypeVar("Result")


def for_each(
    con: duckdb.DuckDBPyConnection, items: Iterable[Item], work: Callable[[duckdb.DuckDBPyConnection, Item], Result]
) -> list[Result]:
    """The results of `work` in the order of the items, each made on a connection of its own to the database of `con`.

    Temporary tables of `con` are not seen there. Raises the error of the first item that had one; the others are given up.
    """
    cursors: list[duckdb.DuckDBPyConnection] = []

    def one(item: Item) -> Result:
        with con.cursor() as own:
            cursors.append(own)
            own.execute("set TimeZone = 'UTC'")
            return work(own, item)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        try:
            return list(pool.map(one, items))
        except BaseException:  # Ctrl-C too
            for own in cursors:
                with suppress(duckdb.ConnectionException):  # it has ended
                    own.interrupt()
            raise
