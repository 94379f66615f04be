"""From what was counted to verdicts: the one shape of a check at both borders, put to Great Expectations all at once.

Belongs here: the limits of the written expectations and what is said about them. Does not: the checks that only one border
has (raw.py, marts.py), counting (profile.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from expectations import gx
from expectations.profile import Profile, condition
from expectations.results import CheckResult, rows
from expectations.suites import Border, Expectation, Severity


@dataclass(frozen=True)
class Measured:
    """A check with what was counted: it holds if `value` is at most `limit`; None could not be counted, and fails.

    `failing_rows` and `text` are for people.
    """

    asset: str
    name: str
    columns: list[str]
    severity: Severity
    value: float | None
    limit: float
    failing_rows: int | None
    text: str


def judge(border: Border, checks: list[Measured]) -> list[CheckResult]:
    """The verdict of Great Expectations on every check of a border, in their order."""
    numbers = {f"{c.asset}: {c.name}": (c.value, c.limit) for c in checks if c.value is not None}
    verdicts = gx.at_most(numbers)
    return [
        CheckResult(
            border, c.asset, c.name, ", ".join(c.columns) or None, c.severity, verdicts.get(f"{c.asset}: {c.name}", False),
            c.failing_rows, f"{c.asset}: {c.text}",
        )
        for c in checks
    ]  # fmt: skip


def written(
    asset: str, relation: str, expectations: list[Expectation], found: Profile, read_at: datetime | None = None
) -> Iterator[Measured]:
    """The expectations of a suite over the profile of its table."""
    for e in expectations:
        failing, share = found.failing.get(e.name), e.max_failing_share
        measured = failing if failing is None or not share else failing / max(found.asked[e.name], 1)
        text = _text(relation, e, found, read_at)
        yield Measured(asset, e.name, e.column, e.severity, measured, share or e.max_failing or 0, failing, text)


def _text(relation: str, e: Expectation, found: Profile, read_at: datetime | None) -> str:
    where = f"column {', '.join(e.column)}: " if e.column else ""
    if e.name not in found.failing:
        why = "it is not in the warehouse" if found.rows is None else f"DuckDB raises {found.unknown[e.name]}"
        return f"{where}`{e.name}` could not be checked: {why}. {e.reason}"
    if e.min_rows is not None:
        return f"{where}{rows(found.rows or 0)}, `{e.name}` wants at least {e.min_rows:,}. {e.reason}"
    allowed = f"{e.max_failing_share:.1%} of the rows" if e.max_failing_share else f"{e.max_failing or 0:,}"
    count = f"{rows(found.failing[e.name])} of {found.asked[e.name]:,} break `{e.name}`; allowed {allowed}."
    if not found.failing[e.name]:
        return f"{where}{count} {e.reason}"
    return f"{where}{count} {e.reason} Look at: select * from {relation} where {condition(e, read_at)}"
