"""What a suite file may say, and which checks follow from it.

Belongs here: the shape of the YAML and the list of checks. Does not: running them (runner.py). No Great Expectations.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Literal, NamedTuple, TypeVar

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from orchestration.extract.catalog import Table, catalog
from orchestration.yaml_file import read_yaml

Border = Literal["raw", "marts"]
Severity = Literal["critical", "warning"]  # critical blocks the release, warning is only reported
FOLDER = Path(__file__).parent / "suites"
S = TypeVar("S", "RawSuite", "MartSuite")

# Checks that need no file. Raw ones read the newest load of the table; `has_rows` looks at the mart itself.
IS_LOADED, DUPLICATE_KEYS, QUARANTINE, HAS_ROWS = (
    "is_loaded",
    "no_duplicate_keys",
    "quarantine_within_limit",
    "has_rows",
)
_GENERIC = {IS_LOADED, DUPLICATE_KEYS, QUARANTINE, HAS_ROWS}


class Check(NamedTuple):
    """A check that will be made; `severity` 'critical' blocks. `check_name` is unique per asset and stable."""

    asset: str
    check_name: str
    severity: Severity
    description: str


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)  # a typo is an error, not a check that tests nothing


class Expectation(_Strict):
    """Rows of a table that make the SQL condition `failing` true are failures; NULL isn't true.

    It is about all rows, or about those for which the condition `only_rows` is true. `column` names the columns it is about, for
    people. In a raw suite a condition may also use `_read_at`, the instant at which the table was last read.
    At most `max_failing` rows (default 0), or the share `max_failing_share` (0 to 1) of the rows it is about, may fail.
    Instead of a condition it may ask for `min_rows`.
    """

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    severity: Severity
    reason: str = Field(min_length=10)
    column: list[str] = []
    failing: str | None = None
    only_rows: str | None = None
    max_failing: int | None = Field(default=None, ge=0)
    max_failing_share: float | None = Field(default=None, gt=0, lt=1)
    min_rows: int | None = Field(default=None, ge=1)

    @field_validator("name")
    @classmethod
    def _not_generic(cls, name: str) -> str:
        if name in _GENERIC:
            raise ValueError(f"{name} is the name of a check that every table gets")
        return name

    @field_validator("column", mode="before")
    @classmethod
    def _one_or_more(cls, value: object) -> object:
        return [value] if isinstance(value, str) else value

    @model_validator(mode="after")
    def _one_question(self) -> Expectation:
        if (self.failing is None) == (self.min_rows is None) or bool(self.failing) != bool(self.column):
            raise ValueError(f"{self.name}: give failing and column, or min_rows")
        if self.max_failing is not None and self.max_failing_share is not None:
            raise ValueError(f"{self.name}: give max_failing or max_failing_share, not both")
        return self


class RawSuite(_Strict):
    table: str
    expectations: list[Expectation]

    @property
    def asset(self) -> str:
        return self.table


class MartSuite(_Strict):
    mart: str = Field(pattern=r"^mart_[a-z0-9_]+$")
    may_be_empty: bool = False
    expectations: list[Expectation]

    @property
    def asset(self) -> str:
        return self.mart


def _read(path: Path, shape: type[S]) -> S:
    suite = shape.model_validate(read_yaml(path))
    if path.stem != suite.asset.replace(".", "__"):
        raise ValueError(f"{path.name} describes {suite.asset}: name it {suite.asset.replace('.', '__')}.yml")
    names = [e.name for e in suite.expectations]
    if twice := sorted({n for n in names if names.count(n) > 1}):
        raise ValueError(f"{path.name}: {', '.join(twice)} is there twice")
    return suite


@cache
def raw_suites(folder: Path = FOLDER) -> dict[str, RawSuite]:
    """All raw suites by table. Raises ValueError (pydantic's included) for what isn't in the catalog or is misspelt."""
    suites = {}
    tables = {t.full_name: t for system in catalog().values() for t in system.tables.values()}
    for path in sorted((folder / "raw").glob("*.yml")):
        suite = _read(path, RawSuite)
        if suite.table not in tables:
            raise ValueError(f"{path.name}: {suite.table} is not in the catalog")
        landed = {c.name for c in tables[suite.table].landed}
        for expectation in suite.expectations:
            if unknown := set(expectation.column) - landed:
                raise ValueError(f"{path.name}: {expectation.name}: no column {sorted(unknown)} in {suite.table}")
        suites[suite.table] = suite
    return suites


@cache
def mart_suites(folder: Path = FOLDER) -> dict[str, MartSuite]:
    """All marts suites by mart. Raises ValueError (pydantic's included) for a misspelt file."""
    return {s.mart: s for s in (_read(path, MartSuite) for path in sorted((folder / "marts").glob("*.yml")))}


def tables_of(systems: list[str]) -> list[Table]:
    """The catalog's tables of these systems, in its order."""
    return [table for system in systems for table in catalog()[system].tables.values()]


def _raw_checks(table: Table, suite: RawSuite | None) -> list[Check]:
    asset, key = table.full_name, ", ".join(table.key)
    share = f"{table.max_quarantine_share:.1%}"
    return [
        Check(asset, IS_LOADED, "critical", "The table is in the warehouse and a load of it is on record."),
        Check(asset, DUPLICATE_KEYS, "critical", f"No two source rows share the key ({key})."),
        Check(asset, QUARANTINE, "critical", f"At most {share} of the rows read broke their types or keys."),
        *(Check(asset, e.name, e.severity, e.reason) for e in (suite.expectations if suite else [])),
    ]


def _mart_checks(suite: MartSuite) -> list[Check]:
    generic = "The mart is in the warehouse." if suite.may_be_empty else "The mart is in the warehouse and has rows."
    written = (Check(suite.mart, e.name, e.severity, e.reason) for e in suite.expectations)
    return [Check(suite.mart, HAS_ROWS, "critical", generic), *written]


def list_checks(border: Border, systems: list[str], folder: Path = FOLDER) -> list[Check]:
    """Every check that `run_suites` makes at this border, in its order, without running anything."""
    if border == "raw":
        suites = raw_suites(folder)
        return [c for table in tables_of(systems) for c in _raw_checks(table, suites.get(table.full_name))]
    return [c for suite in mart_suites(folder).values() for c in _mart_checks(suite)]
