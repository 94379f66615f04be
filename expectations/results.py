"""What a check found, as one record for people and for meta.gate_records."""

from __future__ import annotations

from dataclasses import dataclass

from expectations.suites import Border, Severity


@dataclass(frozen=True)
class CheckResult:
    """One check made at a border. `failing_rows` is None where rows can't be counted; `message` is for people."""

    gate: Border
    asset: str
    check_name: str
    column_name: str | None
    severity: Severity
    success: bool
    failing_rows: int | None
    message: str


def rows(count: int) -> str:
    return f"{count:,} row" if count == 1 else f"{count:,} rows"
