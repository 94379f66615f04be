"""What publishing is told: where to, and about which build. Nothing here reads a clock or the environment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import duckdb

from orchestration.errors import Refused
from orchestration.publish.documented import Documents, documents

if TYPE_CHECKING:
    from orchestration.settings import Settings


@dataclass(frozen=True)
class PublishSettings:
    """`exports` is MARTLET_HOME/exports, `names` the folder of the restricted files that documented exports join.

    With `contract_stable` only additive schema changes pass. `export_months` cuts the exports that can grow without end.
    """

    exports: Path
    dbt_manifest: Path
    contract_stable: bool = False
    csv_row_cap: int = 1_000_000
    contract_version: str = "v1"
    names: Path | None = None
    documents: Documents | None = None
    export_months: int | None = None

    @classmethod
    def of(cls, settings: Settings) -> PublishSettings:
        """What a home publishes: the models of its last build, and the documented exports."""
        return cls(
            settings.exports,
            settings.dbt_graph,
            contract_stable=settings.contract_stable,
            names=settings.restricted,
            documents=documents(),
            export_months=settings.export_months,
        )


@dataclass(frozen=True)
class BuildInfo:
    """One build. `as_of` is the end (exclusive) of `reporting_day`; `created_at` the build time; both are instants."""

    build_id: str
    as_of: datetime
    first_day: date
    reporting_day: date
    reporting_timezone: str
    created_at: datetime
    code_version: str
    pseudonym_key_id: str
    dbt_invocation_id: str | None = None

    @classmethod
    def from_warehouse(
        cls, con: duckdb.DuckDBPyConnection, *, created_at: datetime, code_version: str, pseudonym_key_id: str
    ) -> BuildInfo:
        """The build that the warehouse holds (meta.build). Raises Refused when there is none."""
        found = con.execute(
            "select build_id, as_of, first_day, last_day, reporting_timezone, (select max(dbt_invocation_id)"
            " from meta.builds b where b.build_id = build.build_id) from meta.build"
        ).fetchall()
        if len(found) != 1:
            raise Refused("The warehouse holds no build to publish. Run: martlet nightly.")
        build_id, as_of, first_day, last_day, zone, invocation = found[0]
        return cls(build_id, as_of, first_day, last_day, zone, created_at, code_version, pseudonym_key_id, invocation)

    @property
    def starts_at(self) -> datetime:
        """The first instant of the first reporting day."""
        return datetime.combine(self.first_day, time(), ZoneInfo(self.reporting_timezone)).astimezone(UTC)
