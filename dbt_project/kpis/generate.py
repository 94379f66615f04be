"""Writes what dbt and people read of the KPI catalogue kpis.yml, which dbt can't read itself.

python dbt_project/kpis/generate.py           write the macro, the two seeds and the dictionary
python dbt_project/kpis/generate.py --check   exit 1 and name the files that are not up to date

Belongs here: the checks of the catalogue and the text of the generated files. Does not: how a measure is computed
(models/marts/kpis/), nor the texts of the seeds' columns (seeds/*.yml).
"""

from __future__ import annotations

import csv
import io
import json
import sys
from pathlib import Path
from typing import Any

import yaml

PROJECT = Path(__file__).resolve().parents[2]
CATALOGUE = Path(__file__).with_name("kpis.yml")

MEASURE_KINDS = ("sum", "stock", "window", "spread")
SPREADS = ("entropy", "max_entropy", "simpson", "rows")
MEASURE_FIELDS = {*MEASURE_KINDS, "from", "join", "key", "day", "days", "opens", "closes", "where", "within", "is_counter"}
KPI_KINDS = ("sum", "stock", "distinct", "ratio", "delta", "churn")
AGAINST_ITSELF = ("delta", "churn")  # their denominator is their own measure in the previous period
KPI_FIELDS = {
    "title", "kind", "numerator", "denominator", "denominator_at", "scale", "unit", "direction", "owner", "periods",
    "bands", "actions", "requirements", "definition", "rivals",
}  # fmt: skip
BANDS = ("target", "poor_below", "good_from", "good_to", "good_below", "poor_above")
PERIODS = ("day", "week", "month", "quarter")
DIRECTIONS = ("higher", "lower", "range", "neutral")
OWNERS = ("platform", "growth", "partners", "finance", "operations")
HEADER = "Generated from dbt_project/kpis/kpis.yml by dbt_project/kpis/generate.py: do not edit."


class CatalogueError(ValueError):
    """An entry of the catalogue that can't be right; the message names the entry and the field."""


def load(path: Path = CATALOGUE) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The checked catalogue: one dict per part of a measure, and one per KPI."""
    raw = yaml.safe_load(path.read_text())
    measures = [part for name, entry in raw["measures"].items() for part in _measure(name, entry)]
    names = {measure["id"] for measure in measures}
    for measure in measures:
        _require(measure.get("within", measure["id"]) in names, measure["id"], f"within: no measure {measure.get('within')}")
    return measures, [_kpi(name, entry, names) for name, entry in raw["kpis"].items()]


def _require(condition: object, entry: str, message: str) -> None:
    if not condition:
        raise CatalogueError(f"kpis.yml, {entry}: {message}")


def _measure(name: str, entry: dict[str, Any]) -> list[dict[str, Any]]:
    """One flat dict per part: id, name (unique), kind, value and the rest with its defaults."""
    parts = entry.get("parts", [entry])
    _require("parts" not in entry or len(entry) == 1, name, "a measure of parts has nothing else")
    return [_part(name, f"{name}_{i}" if len(parts) > 1 else name, part) for i, part in enumerate(parts, start=1)]


def _part(measure: str, name: str, entry: dict[str, Any]) -> dict[str, Any]:
    _require(not (unknown := set(entry) - MEASURE_FIELDS), measure, f"unknown fields {sorted(unknown)}")
    kinds = [kind for kind in MEASURE_KINDS if kind in entry]
    _require(len(kinds) == 1, measure, f"is exactly one of {', '.join(MEASURE_KINDS)}")
    kind = kinds[0]
    part = {"id": measure, "name": name, "kind": kind, "value": str(entry[kind]), "is_counter": entry.get("is_counter", False)}
    needed = {"sum": ("day",), "stock": ("key",), "window": ("key", "day"), "spread": ("key", "day", "days")}[kind]
    for field in ("from", *needed):
        _require(entry.get(field), measure, f"`{field}` is missing")
    if kind == "spread":
        _require(entry["spread"] in SPREADS, measure, f"spread is one of {', '.join(SPREADS)}")
    if kind == "stock" and "opens" not in entry:  # a history of stretches
        part |= {"opens": "valid_from_date", "closes": "valid_to_date"}
    if kind == "window":
        part |= {"days": int(entry["window"])}
    part |= {field: entry[field] for field in ("from", "key", "day", "days", "opens", "closes", "within") if field in entry}
    part["where"] = entry.get("where", "true")
    if "join" in entry:
        ((part["join"], part["using"]),) = entry["join"].items()
    return part


def _kpi(name: str, entry: dict[str, Any], measures: set[str]) -> dict[str, Any]:
    _require(not (unknown := set(entry) - KPI_FIELDS), name, f"unknown fields {sorted(unknown)}")
    for field in ("title", "kind", "numerator", "unit", "direction", "owner", "periods", "requirements", "definition"):
        _require(entry.get(field), name, f"`{field}` is missing")
    for field, allowed in (("kind", KPI_KINDS), ("direction", DIRECTIONS), ("owner", OWNERS)):
        _require(entry[field] in allowed, name, f"`{field}` is one of {', '.join(allowed)}")
    _require(set(entry["periods"]) <= set(PERIODS), name, f"periods are {', '.join(PERIODS)}")
    _require((entry["kind"] == "ratio") == ("denominator" in entry), name, "a ratio, and only a ratio, has a denominator")
    for field in ("numerator", "denominator"):
        _require(entry.get(field, entry["numerator"]) in measures, name, f"{field}: no measure {entry.get(field)}")
    _require(entry.get("denominator_at", "previous") == "previous", name, "`denominator_at` can only be `previous`")
    bands = entry.get("bands", {})
    _require(set(bands) <= set(BANDS), name, f"bands are {', '.join(BANDS)}")
    _require("good_to" not in bands or "good_below" not in bands, name, "good_to or good_below, not both")
    edges = [bands[b] for b in ("poor_below", "good_from", "good_to", "good_below", "poor_above") if b in bands]
    _require(edges == sorted(edges), name, "bands are not in ascending order")
    _require(set(entry.get("actions", {})) <= {"low", "high"}, name, "actions are low and high")
    scale = entry.get("scale", 100 if entry["kind"] in AGAINST_ITSELF else 1)
    return {"kpi_id": name, "scale": scale, **entry, "definition": " ".join(entry["definition"].split())}


def macro(measures: list[dict[str, Any]]) -> str:
    """The measures as a list that the models of models/marts/kpis/ loop over."""
    rows = "".join(f"    {json.dumps(measure)},\n" for measure in measures)
    listed = rows.replace('": false', '": False').replace('": true', '": True')
    return (
        f"{{#- {HEADER} -#}}\n-- fmt: off\n{{% macro kpi_measure_list() %}}\n{{{{ return([\n{listed}]) }}}}\n"
        "{% endmacro %}\n"
    )


def definitions_seed(kpis: list[dict[str, Any]]) -> str:
    header = [
        "kpi_id", "title", "kind", "numerator", "denominator", "is_denominator_previous", "scale", "period_types", "unit",
        "direction", "owner", "action_low", "action_high", "requirement_ids", "definition",
    ]  # fmt: skip
    rows = [
        [
            *(kpi[field] for field in ("kpi_id", "title", "kind", "numerator")),
            kpi["numerator"] if kpi["kind"] in AGAINST_ITSELF else kpi.get("denominator", ""),
            str(kpi["kind"] in AGAINST_ITSELF or "denominator_at" in kpi).lower(),
            kpi["scale"],
            ",".join(kpi["periods"]),
            *(kpi[field] for field in ("unit", "direction", "owner")),
            *(kpi.get("actions", {}).get(side, "") for side in ("low", "high")),
            " ".join(kpi["requirements"]),
            kpi["definition"],
        ]
        for kpi in kpis
    ]
    return _csv(header, rows)


def bands_seed(kpis: list[dict[str, Any]]) -> str:
    rows = [[kpi["kpi_id"], *(kpi["bands"].get(band, "") for band in BANDS)] for kpi in kpis if "bands" in kpi]
    return _csv(["kpi_id", *BANDS], rows)


def _csv(header: list[str], rows: list[list[Any]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerows([header, *rows])
    return out.getvalue()


def dictionary(measures: list[dict[str, Any]], kpis: list[dict[str, Any]]) -> str:
    """docs/metrics.md: every KPI with its formula, bands and rival definitions, then the measures."""
    lines = [
        f"<!-- {HEADER} -->",
        "# Metric dictionary",
        "",
        "Every KPI of `mart_kpi_scorecard`. A value of an unfinished period is shown and marked, but gets no band and no growth.",
        "An empty denominator gives NULL with a reason, never 0.",
        "",
    ]
    for kpi in kpis:
        lines += [f"## {kpi['title']} (`{kpi['kpi_id']}`)", "", kpi["definition"], ""]
        lines += [
            f"- Formula: {formula(kpi)}",
            f"- Unit: {kpi['unit']}. {_direction(kpi['direction'])} Owner: {kpi['owner']}. By {', '.join(kpi['periods'])}.",
        ]
        lines += [f"- Bands: {bands_text(kpi['bands'])}"] if "bands" in kpi else []
        lines += [f"- When too {side}: {text}" for side, text in kpi.get("actions", {}).items()]
        lines += [f"- Not used: {rival}" for rival in kpi.get("rivals", [])]
        lines += [f"- Requirements: {', '.join(kpi['requirements'])}", ""]
    lines += ["## Measures", "", "| measure | value | of |", "|---|---|---|"]
    for measure in measures:
        source = measure["from"] + (f" with {measure['join']}" if "join" in measure else "")
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
    if measure["kind"] == "sum":
        return "number of rows by " + measure["day"] if measure["value"] == "1" else f"sum of {measure['value']} by {measure['day']}"
    if measure["kind"] == "stock":
        what = measure["key"] if measure["value"] == "1" else measure["value"]
        return f"{what} open at the end of the period" + (", unknown before our first observation" if measure["is_counter"] else "")
    if measure["kind"] == "window":
        inside = f", while in {measure['within']}" if "within" in measure else ""
        return f"distinct {measure['key']} by {measure['day']} in the last {measure['days']} days{inside}"
    return f"{measure['value']} over {measure['key']} by {measure['day']} in the last {measure['days']} days"


def bands_text(bands: dict[str, Any]) -> str:
    words = {"target": "target", "poor_below": "poor below", "good_from": "good from", "good_to": "good up to",
             "good_below": "good below", "poor_above": "poor above"}  # fmt: skip
    return ", ".join(f"{words[band]} {bands[band]:g}" for band in BANDS if band in bands)


def _direction(direction: str) -> str:
    texts = {"higher": "Higher is better.", "lower": "Lower is better.", "range": "Best inside a range.", "neutral": "Neither way is better."}
    return texts[direction]


def outputs() -> dict[Path, str]:
    measures, kpis = load()
    return {
        PROJECT / "dbt_project/macros/marts/kpi_measure_list.sql": macro(measures),
        PROJECT / "dbt_project/seeds/kpi_definitions.csv": definitions_seed(kpis),
        PROJECT / "dbt_project/seeds/kpi_bands.csv": bands_seed(kpis),
        PROJECT / "docs/metrics.md": dictionary(measures, kpis),
    }


def stale() -> list[str]:
    """The generated files that are not what the catalogue says."""
    return [
        str(path.relative_to(PROJECT))
        for path, text in outputs().items()
        if not path.exists() or path.read_text(encoding="utf-8") != text
    ]


def main(arguments: list[str]) -> int:
    if arguments == ["--check"]:
        for name in (names := stale()):
            print(f"{name} is not up to date: run python dbt_project/kpis/generate.py")
        return 1 if names else 0
    if arguments:
        print(__doc__)
        return 2
    for path, text in outputs().items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
