"""The metric dictionary docs/metrics.md, as text.

Belongs here: its words. Does not: the catalogue's rules (catalogue.py), nor writing files (generate.py).
"""

from __future__ import annotations

from typing import Any

from dbt_project.kpis.catalogue import BANDS

BAND_WORDS = {
    "target": "target",
    "poor_below": "poor below",
    "good_from": "good from",
    "good_to": "good up to",
    "good_below": "good below",
    "poor_above": "poor above",
}
DIRECTIONS = {
    "higher": "Higher is better.",
    "lower": "Lower is better.",
    "range": "Best inside a range.",
    "neutral": "Neither way is better.",
}
NULL_REASONS = {
    "zero_denominator": "there is nothing to divide by",
    "not_observed": "what the source overwrites without a trace, before our first observation",
    "window_not_full": "the window looks back before the first reported day",
    "incomplete_period": "growth or churn of a period that is not over, or that began before the first reported day",
    "incomplete_previous_period": "growth over a period that began before the first reported day",
    "no_previous_period": "growth or churn of the first period",
}


def dictionary(measures: list[dict[str, Any]], kpis: list[dict[str, Any]]) -> str:
    """docs/metrics.md: every KPI with its formula, bands and rival definitions, then the measures."""
    lines = [
        "# Metric dictionary",
        "",
        "Every KPI of `mart_kpi_scorecard`. A value of an unfinished period is shown and marked, but gets no band and no growth.",
        "What can't be computed is NULL with a reason, never 0:",
        "",
        *(f"- `{reason}`: {text}" for reason, text in NULL_REASONS.items()),
        "",
    ]
    for kpi in kpis:
        lines += [f"## {kpi['title']} (`{kpi['kpi_id']}`)", "", kpi["definition"], ""]
        lines += [
            f"- Formula: {formula(kpi)}",
            f"- Unit: {kpi['unit']}. {DIRECTIONS[kpi['direction']]} Owner: {kpi['owner']}. By {', '.join(kpi['periods'])}.",
        ]
        lines += [f"- Bands: {bands_text(kpi['bands'])}"] if "bands" in kpi else []
        lines += [f"- When too {side}: {text}" for side, text in kpi.get("actions", {}).items()]
        lines += [f"- Not used: {rival}" for rival in kpi.get("rivals", [])]
        lines += [f"- Requirements: {', '.join(kpi['requirements'])}", ""]
    lines += ["## Measures", "", "| measure | value | of |", "|---|---|---|"]
    for measure in measures:
        joined = [dimension for dimension, _ in measure.get("joins", [])]
        source = measure["from"] + (f" with {', '.join(joined)}" if joined else "")
        condition = f" where {measure['where']}" if measure["where"] != "true" else ""
        lines.append(f"| {measure['id']} | {measure_text(measure)} | {source}{condition} |")
    return "\n".join(lines) + "\n"


def formula(kpi: dict[str, Any]) -> str:
    number, scale = f"`{kpi['numerator']}`", f" x {kpi['scale']}" if kpi["scale"] != 1 else ""
    if kpi["kind"] == "ratio":
        at = " at the end of the previous period" if "denominator_at" in kpi else ""
        return f"{number} / `{kpi['denominator']}`{at}{scale}"
    if kpi["kind"] == "delta":
        return f"({number} - {number} of the previous period) / {number} of the previous period{scale}"
    if kpi["kind"] == "churn":
        return f"{number} of the previous period that are gone / {number} of the previous period{scale}"
    return number


def measure_text(measure: dict[str, Any]) -> str:
    """What a part of a measure is, in words."""
    value, key, day = measure["value"], measure.get("key"), measure.get("day")
    counted = "number" if value == "1" else f"sum of {value}"
    if measure["kind"] == "sum":
        return f"{counted} by {day}"
    if measure["kind"] == "stock":
        unknown = ", unknown before our first observation" if measure["needs_observation"] else ""
        return f"{counted} at the end of the period, by {measure['opens']}{unknown}"
    window = f"by {day} in the last {measure['days']} days"
    if measure["kind"] == "window":
        return f"distinct {key} {window}" + (f", while in {measure['within']}" if "within" in measure else "")
    return f"{value} over {key} {window}" + (f", of {measure['within']}" if "within" in measure else "")


def bands_text(bands: dict[str, Any]) -> str:
    return ", ".join(f"{BAND_WORDS[band]} {bands[band]:g}" for band in BANDS if band in bands)
