"""The metric dictionary docs/metrics.md, as text.

Belongs here: its words. Does not: the catalogue's rules (catalogue.py), nor writing files (generate.py).
"""

from __future__ import annotations

from typing import Any

from dbt_project.kpis.catalogue import BANDS, PERIODS

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
    "no_rows": "nothing happened of which a quantile could be taken",
    "no_source": "the deployment lacks the table that it is made of",
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
        "Every KPI of `mart_kpi_scorecard`, each by day, week, month and quarter.",
        "A value of an unfinished period is shown and marked, but gets no band and no growth.",
        "What can't be computed is NULL with a reason, never 0:",
        "",
        *(f"- `{reason}`: {text}" for reason, text in NULL_REASONS.items()),
        "",
        f"Headlines: {', '.join(kpi['title'] for kpi in kpis if kpi['headline'])}.",
        "",
    ]
    for kpi in kpis:
        lines += [f"## {kpi['title']} (`{kpi['kpi_id']}`)", "", kpi["definition"], ""]
        lines += [
            f"- Formula: {formula(kpi)}",
            f"- Unit: {kpi['unit']}. {DIRECTIONS[kpi['direction']]} Owner: {kpi['owner']}.",
        ]
        lines += [f"- Bands{judged(kpi)}: {bands_text(kpi['bands'])}"] if "bands" in kpi else []
        lines += [f"- When too {side}: {text}" for side, text in kpi.get("actions", {}).items()]
        lines += [f"- Not used: {rival}" for rival in kpi.get("rivals", [])]
        lines += [f"- Requirements: {', '.join(kpi['requirements'])}", ""]
    lines += ["## Measures", "", "| measure | value | of |", "|---|---|---|"]
    lines += [f"| {measure['id']} | {measure_text(measure)} | {source_text(measure)} |" for measure in measures]
    return "\n".join(lines) + "\n"


def judged(kpi: dict[str, Any]) -> str:
    """The periods that its bands are meant for, unless they are meant for all."""
    return f" of a {' or '.join(kpi['band_periods'])}" if tuple(kpi["band_periods"]) != PERIODS else ""


def formula(kpi: dict[str, Any]) -> str:
    number, scale = f"`{kpi['numerator']}`", f" x {kpi['scale']}" if kpi["scale"] != 1 else ""
    if kpi["kind"] == "ratio":
        at = " at the end of the previous period" if "denominator_at" in kpi else ""
        return f"{number} / `{kpi['denominator']}`{at}{scale}"
    if kpi["kind"] == "delta":
        return f"({number} - {number} of the previous period) / {number} of the previous period{scale}"
    if kpi["kind"] == "churn":
        return f"{number} of the previous period that are gone / {number} of the previous period{scale}"
    return number + scale


def source_text(measure: dict[str, Any]) -> str:
    """The rows that a measure is made of."""
    if measure["kind"] == "combines":
        return "these measures"
    joined = [dimension for dimension, _ in measure.get("joins", [])]
    source = measure["from"] + (f" with {', '.join(joined)}" if joined else "")
    return source + (f" where {measure['where']}" if measure["where"] != "true" else "")


def measure_text(measure: dict[str, Any]) -> str:
    """What a measure is, in words."""
    kind = measure["kind"]
    if kind == "combines":
        signed = [
            (("-" if f < 0 else "+"), (f"{abs(f):g} x " if abs(f) != 1 else "") + part) for part, f in measure["parts"]
        ]
        return " ".join(f"{sign} {text}" for sign, text in signed).removeprefix("+ ")
    value, key, day = measure["value"], measure.get("key"), measure.get("day")
    counted = "number" if value == "1" else f"sum of {value}"
    if kind == "sum":
        return f"{counted} by {day}"
    if kind == "distinct":
        return f"distinct {value} by {day}"
    if kind == "quantile":
        return f"quantile {value} of {measure['of']} by {day}, interpolated"
    if kind == "stock":
        unknown = ", unknown before our first observation" if measure["needs_observation"] else ""
        return f"{counted} at the end of the period, by {measure['opens']}{unknown}"
    window = f"by {day} in the last {measure['days']} days"
    within = measure.get("within")
    if kind == "window":
        return f"distinct {key} {window}" + (f", while in {within}" if within else "")
    return f"{value} over {key} {window}" + (f", of {within}" if within else "")


def bands_text(bands: dict[str, Any]) -> str:
    return ", ".join(f"{BAND_WORDS[band]} {bands[band]:g}" for band in BANDS if band in bands)
