"""The catalog: which tables of which system are read, and how. Data; the loader follows it.

Belongs here: the shape of a catalog file and its rules. Does not: SQL of any source (sources.py, projection.py).
"""

from __future__ import annotations

import re
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from orchestration.yaml_file import read_yaml

FOLDER = Path(__file__).parent
_DURATION = re.compile(r"^(\d+) (minute|hour|day)s?$")


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)  # a typo in a key is an error, not silence


class Column(_Strict):
    """One output column. `from_` is the source column it needs, `expr` source SQL over it (per dialect if a mapping).

    `from_type` is the type of that source column where `expr` makes another type of it. A TIMESTAMPTZ from a TIMESTAMP
    needs no `expr`: such a column holds UTC without saying so.
    """

    name: str
    type: str | None = None
    rule: str
    from_: str | None = Field(default=None, alias="from")
    from_type: str | None = None
    expr: str | dict[Literal["postgres", "duckdb"], str] | None = None
    optional: bool = False

    @field_validator("rule")
    @classmethod
    def _known_rule(cls, rule: str) -> str:
        if rule not in {"keep", "drop", "restricted"} and not re.fullmatch(r"hash: [a-z_]+", rule):
            raise ValueError(f"unknown rule {rule!r}: use keep, drop, restricted or 'hash: <domain>'")
        return rule

    @model_validator(mode="after")
    def _typed(self) -> Column:
        if self.rule != "drop" and self.type is None:
            raise ValueError(f"column {self.name}: a column that is kept needs a type")
        return self

    @property
    def source_column(self) -> str:
        return self.from_ or self.name

    @property
    def duckdb_type(self) -> str:
        return self.type or "VARCHAR"

    @property
    def expected_type(self) -> str:
        """The type that the source column must fit."""
        return self.from_type or self.duckdb_type

    @property
    def is_zoneless(self) -> bool:
        """Whether the source tells this time without a zone: it is read as UTC, whatever zone a session is in."""
        return self.expr is None and (self.expected_type, self.duckdb_type) == ("TIMESTAMP", "TIMESTAMPTZ")

    @property
    def hash_domain(self) -> str | None:
        return self.rule.removeprefix("hash: ") if self.rule.startswith("hash: ") else None


class Table(_Strict):
    """One source table: its key, load mode and columns. Durations are read as '2 days', '15 minutes'."""

    name: str
    system: str
    source: str
    load: Literal["snapshot", "append", "changes"]
    key: list[str]
    event_time: str | None = None
    also_dated_by: list[str] = []  # other instants by which facts date a row: a change touches their days too
    cursor: str | None = None
    reread: timedelta = timedelta(0)
    compare: Literal["nightly", "weekly"] | None = None
    compare_rows: bool = False  # a comparison reads all rows, not only keys: some writers forget the cursor
    retention_days: int | None = None
    keep_deleted: bool = False  # rows that leave are kept in deleted_<system>
    related_by: list[str] = []  # rows with equal values here decide together, so their days are touched together
    optional: bool = False
    max_shrink_share: float = 0.5
    max_quarantine_share: float = 0.01
    columns: list[Column]

    @field_validator("reread", mode="before")
    @classmethod
    def _duration(cls, value: object) -> object:
        if isinstance(value, str):
            match = _DURATION.match(value)
            if not match:
                raise ValueError(f"{value!r} is not a duration such as '2 days'")
            return timedelta(**{match[2] + "s": int(match[1])})
        return value

    @model_validator(mode="after")
    def _consistent(self) -> Table:
        if self.load != "snapshot" and not self.event_time:
            raise ValueError(f"{self.system}.{self.name}: load mode {self.load} needs event_time")
        if self.load == "changes" and not self.cursor:
            raise ValueError(f"{self.system}.{self.name}: load mode changes needs cursor")
        if self.compare_rows and (self.load != "changes" or self.compare is None):
            raise ValueError(f"{self.system}.{self.name}: compare_rows needs load: changes and compare")
        if self.keep_deleted and (self.load != "append" or self.compare != "nightly"):
            raise ValueError(f"{self.system}.{self.name}: keep_deleted needs load: append and compare: nightly")
        if self.restricted and self.load != "snapshot":
            raise ValueError(f"{self.system}.{self.name}: restricted columns need load: snapshot")
        landed = {c.name for c in self.landed}
        missing = ({*self.key, *self.related_by, *self.dated_by, self.cursor} - {None}) - landed
        if missing:
            raise ValueError(f"{self.system}.{self.name}: {sorted(map(str, missing))} must be kept columns")
        return self

    @property
    def landed(self) -> list[Column]:
        """The columns that reach the warehouse and the archive: kept ones and pseudonyms."""
        return [c for c in self.columns if c.rule not in {"drop", "restricted"}]

    @property
    def restricted(self) -> list[Column]:
        return [c for c in self.columns if c.rule == "restricted"]

    @property
    def full_name(self) -> str:
        return f"{self.system}.{self.name}"

    @property
    def dated_by(self) -> list[str]:
        """The instants of a row whose days a change of it touches; none where no fact is built by day."""
        return [*([self.event_time] if self.event_time else []), *self.also_dated_by]

    @property
    def moving_column(self) -> str | None:
        """The column that says how far a windowed load has come: the cursor, else the event time."""
        return None if self.load == "snapshot" else (self.cursor or self.event_time)

    def column(self, name: str) -> Column:
        return next(c for c in self.columns if c.name == name)


class System(_Strict):
    """One source system: its tables in the order of the file."""

    system: str
    local_timezone: str
    tables: dict[str, Table]

    @property
    def variable(self) -> str:
        """The environment variable that switches it on."""
        return f"MARTLET_{self.system.upper()}_URL"

    @model_validator(mode="before")
    @classmethod
    def _named_tables(cls, data: dict) -> dict:
        tables = {
            name: {"name": name, "system": data["system"], "source": f"public.{name}", **entry}
            for name, entry in data["tables"].items()
        }
        return {**data, "tables": tables}


def load_system(path: Path) -> System:
    """Read one catalog file. Raises pydantic.ValidationError naming the entry that is wrong."""
    return System.model_validate(read_yaml(path))


@cache
def catalog() -> dict[str, System]:
    """All systems that Martlet knows, by name."""
    return {path.stem: load_system(path) for path in sorted(FOLDER.glob("*.yml"))}
