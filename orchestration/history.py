"""Dagster's history of runs in SQLite, with its connections kept open and many events in one transaction.

Belongs here: these two differences, and that a check is planned once a run. Dagster's own class opens and closes a database up
to three times an event; a night has several hundred events, and they took longer than its models. A backfill has one of each
kind per asset and day: thousands.
"""

from __future__ import annotations

import os
import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from itertools import groupby
from pathlib import Path
from typing import Any

from dagster._core.definitions.asset_checks.asset_check_evaluation import AssetCheckEvaluationPlanned
from dagster._core.events import ASSET_EVENTS
from dagster._core.events.log import EventLogEntry
from dagster._core.storage.event_log.schema import SqlEventLogStorageTable
from dagster._core.storage.event_log.sqlite.sqlite_event_log import INDEX_SHARD_NAME, SqliteEventLogStorage
from sqlalchemy import Connection, Engine, create_engine, event, func, select
from sqlalchemy.pool import StaticPool

_OPEN = 8  # databases: the index, and one per run that is being written or looked at
_WAIT = 60  # seconds for another process's write
_BATCH = "1000"  # events


class RunHistory(SqliteEventLogStorage):
    """The same files in the same place as Dagster's own. `base_dir` is DAGSTER_HOME."""

    def __init__(self, base_dir: str, inst_data: Any = None) -> None:
        self._engines: OrderedDict[str, Engine] = OrderedDict()
        self._tables: set[str] = set()
        self._columns: set[str] = set()
        self._written: dict[str, Connection] = {}  # databases in the middle of a batch
        os.environ.setdefault("DAGSTER_EVENT_BATCH_SIZE", _BATCH)  # else Dagster hands over every event alone
        super().__init__(str(Path(base_dir) / "history" / "runs"), inst_data)
        self._db_lock = threading.RLock()  # type: ignore[assignment]  # a batch holds it around its events

    @classmethod
    def from_config_value(cls, inst_data: Any, config_value: Any) -> RunHistory:
        return cls(inst_data=inst_data, **config_value)

    @contextmanager
    def _connect(self, shard: str) -> Iterator[Connection]:
        with self._db_lock:
            if shard in self._written:
                yield self._written[shard]
                return
            with self._engine(shard).connect() as connection, connection.begin():
                yield connection

    def store_event_batch(self, events: Sequence[EventLogEntry]) -> None:
        """All of them or none; Dagster then stores them one by one."""
        with self._db_lock, ExitStack() as stack:
            try:
                for shard in {INDEX_SHARD_NAME, *(event.run_id for event in events)}:
                    self._written[shard] = stack.enter_context(self._connect(shard))
                for alike in (list(group) for _, group in groupby(events, _alike)):
                    if len(alike) > 1:
                        self._store_earlier(alike[0].run_id, alike[:-1])
                    self.store_event(alike[-1])  # notes itself as the asset's newest
            finally:
                self._written.clear()

    def _store_earlier(self, run_id: str, events: Sequence[EventLogEntry]) -> None:
        """Events of one asset that a newer one follows."""
        rows = [self._event_to_row(event) for event in events]
        with self.run_connection(run_id) as connection:
            connection.execute(SqlEventLogStorageTable.insert(), rows)
        with self.index_connection() as connection:
            connection.execute(SqlEventLogStorageTable.insert(), rows)
            newest: int = connection.execute(select(func.max(SqlEventLogStorageTable.c.id))).scalar_one()
            self._store_asset_event_tags(connection, events, range(newest - len(events) + 1, newest + 1))

    def _store_asset_check_evaluation_planned(self, event: EventLogEntry, event_id: int | None) -> None:
        """One row, which the result then fills. No check here is partitioned, but Dagster plans each for every day of its run, in
        rows that no result ever meets: a page of checks that were never run, and thousands of rows for a backfill.
        """
        dagster_event = event.get_dagster_event()
        planned = dagster_event.asset_check_planned_data
        once = dagster_event._replace(
            event_specific_data=AssetCheckEvaluationPlanned(asset_key=planned.asset_key, check_name=planned.check_name)
        )
        super()._store_asset_check_evaluation_planned(event._replace(dagster_event=once), event_id)

    def _engine(self, shard: str) -> Engine:
        if shard not in self._engines:
            while len(self._engines) >= _OPEN:
                self._engines.popitem(last=False)[1].dispose()
            engine = create_engine(
                self.conn_string_for_shard(shard),
                poolclass=StaticPool,  # one connection, used under the lock
                connect_args={"timeout": _WAIT, "check_same_thread": False},
            )
            # safe with the write-ahead log that Dagster sets: a power cut may lose the last events, never the file
            event.listen(engine, "connect", lambda connection, _: connection.execute("pragma synchronous = normal"))
            if shard not in self._initialized_dbs:
                self._initdb(engine)
                self._initialized_dbs.add(shard)
            self._engines[shard] = engine
        self._engines.move_to_end(shard)
        return self._engines[shard]

    def has_table(self, table_name: str) -> bool:
        """Asked at every event of a check; a table that is there stays."""
        if table_name not in self._tables and super().has_table(table_name):
            self._tables.add(table_name)
        return table_name in self._tables

    def _has_asset_key_col_on_connection(self, conn: Connection, column_name: str) -> bool:
        """Asked at every event of an asset; no other process changes the columns of a file that this one has open."""
        if column_name not in self._columns and super()._has_asset_key_col_on_connection(conn, column_name):
            self._columns.add(column_name)
        return column_name in self._columns

    def dispose(self) -> None:
        for engine in self._engines.values():
            engine.dispose()
        self._engines.clear()
        super().dispose()


def _alike(event: EventLogEntry) -> tuple:
    """What the events of one asset have in common; any other event is alike to none."""
    kind = event.dagster_event_type
    return (event.run_id, kind, event.get_dagster_event().asset_key) if kind in ASSET_EVENTS else (id(event),)
