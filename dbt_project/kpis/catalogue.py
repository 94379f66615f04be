"""The KPI catalogue kpis.yml, read and checked.

Belongs here: the fields of a measure and of a KPI, and what an entry must hold. Does not: what is made of them (generate.py).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

CATALOGUE = Path(__file__).with_name("kpis.yml")

MEASURE_NEEDS = {
    "sum": ("from", "day"),
    "stock": ("from", "key"),
    "window": ("from", "key", "day"),
    "spread": ("from", "key", "day", "days"),
    "distinct": ("from", "day"),
    "quantile": ("from", "day", "of"),
    "combines": (),
}
SPREADS = ("entropy", "max_entropy", "simpson", "rows")
MEASURE_FIELDS = {
    *MEASURE_NEEDS, "from", "join", "where", "key", "day", "days", "of", "opens", "closes", "within",
    "needs_observation", "currency", "credits",
}  # fmt: skip
# which kinds of measure a KPI of a kind shows; a ratio or a delta may be of any
KPI_KINDS = {
    "sum": {"sum"},
    "stock": {"stock"},
    "distinct": {"window", "distinct"},
    "quantile": {"quantile"},
    "ratio": set(MEASURE_NEEDS),
    "delta": set(MEASURE_NEEDS),
    "churn": {"stock", "window"},
}
AGAINST_ITSELF = ("delta", "churn")  # their denominator is their own measure in the previous period
KPI_FIELDS = {
    "title", "kind", "numerator", "denominator", "denominator_at", "scale", "unit", "direction", "owner", "headline",
    "bands", "band_periods", "actions", "requirements", "definition", "rivals",
}  # fmt: skip
BANDS = ("target", "poor_below", "good_from", "good_to", "good_below", "poor_above")
PERIODS = ("day", "week", "month", "quarter")
DIRECTIONS = ("higher", "lower", "range", "neutral")
OWNERS = ("platform", "growth", "partners", "finance", "operations")


class CatalogueError(ValueError):
    """An entry of the catalogue that can't be right; the message names the entry and the field."""


def load(path: Path = CATALOGUE) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The checked catalogue: one dict per measure, and one per KPI, in its order."""
    raw = yaml.safe_load(path.read_text())
    measures = {name: _measure(name, entry) for name, entry in raw["measures"].items()}
    for name, measure in measures.items():
        _require(measure.get("within", name) in measures, name, f"within: no measure {measure.get('within')}")
        if measure["kind"] == "combines":
            _check_combination(name, measure, measures)
    return list(measures.values()), [_kpi(name, entry, measures) for name, entry in raw["kpis"].items()]


def shown_kind(measure: dict[str, Any], measures: dict[str, dict[str, Any]]) -> str:
    """The kind of a measure; a combination is what its parts are."""
    return measures[measure["parts"][0][0]]["kind"] if measure["kind"] == "combines" else measure["kind"]


def _require(condition: object, entry: str, message: str) -> None:
    if not condition:
        raise CatalogueError(f"kpis.yml, {entry}: {message}")


def _measure(name: str, entry: dict[str, Any]) -> dict[str, Any]:
    """One flat dict: id, kind, value and the rest with its defaults."""
    _require(not (unknown := set(entry) - MEASURE_FIELDS), name, f"unknown fields {sorted(unknown)}")
    kinds = [kind for kind in MEASURE_NEEDS if kind in entry]
    _require(len(kinds) == 1, name, f"is exactly one of {', '.join(MEASURE_NEEDS)}")
    kind = kinds[0]
    if kind == "combines":
        _require(len(entry) == 1 and len(entry[kind]) > 1, name, "combines measures, and has nothing else")
        return {"id": name, "kind": kind, "parts": [[part, factor] for part, factor in entry[kind].items()]}
    measure = {
        "id": name,
        "kind": kind,
        "value": str(entry[kind]),
        "needs_observation": entry.get("needs_observation", False),
    }
    for field in MEASURE_NEEDS[kind]:
        _require(entry.get(field), name, f"`{field}` is missing")
    if kind == "spread":
        _require(entry["spread"] in SPREADS, name, f"spread is one of {', '.join(SPREADS)}")
        _require(entry["spread"] != "max_entropy" or "within" in entry, name, "max_entropy is `within` a stock")
    if kind == "quantile":
        _require(0 <= entry["quantile"] <= 1, name, "a quantile is between 0 and 1")
    if kind == "stock" and "opens" not in entry:  # a history of stretches
        measure |= {"opens": "valid_from_date", "closes": "valid_to_date"}
    if kind == "window":
        measure |= {"days": int(entry["window"])}
    copied = ("from", "key", "day", "days", "of", "opens", "closes", "within")
    measure |= {field: entry[field] for field in copied if field in entry}
    measure["where"] = entry.get("where", "true")
    if "currency" in entry:
        measure |= {"currency": entry["currency"], "where": f"{measure['where']} and currency = '{entry['currency']}'"}
    if entry.get("credits"):
        measure["credits"] = True
    if "join" in entry:
        measure["joins"] = [[dimension, key] for dimension, key in entry["join"].items()]
    return measure


def _check_combination(name: str, measure: dict[str, Any], measures: dict[str, dict[str, Any]]) -> None:
    for part, factor in measure["parts"]:
        _require(part in measures, name, f"combines: no measure {part}")
        _require(type(factor) in (int, float), name, f"combines: the factor of {part} is no number")
    kinds = {measures[part]["kind"] for part, _ in measure["parts"]}
    _require(kinds in ({"sum"}, {"stock"}), name, "combines only sums, or only stocks")


def _kpi(name: str, entry: dict[str, Any], measures: dict[str, dict[str, Any]]) -> dict[str, Any]:
    _require(not (unknown := set(entry) - KPI_FIELDS), name, f"unknown fields {sorted(unknown)}")
    for field in ("title", "kind", "numerator", "unit", "direction", "owner", "requirements", "definition"):
        _require(entry.get(field), name, f"`{field}` is missing")
    for field, allowed in (("kind", tuple(KPI_KINDS)), ("direction", DIRECTIONS), ("owner", OWNERS)):
        _require(entry[field] in allowed, name, f"`{field}` is one of {', '.join(allowed)}")
    _require(type(entry.get("headline", True)) is bool, name, "`headline` is true or false")
    _require(
        (entry["kind"] == "ratio") == ("denominator" in entry), name, "a ratio, and only a ratio, has a denominator"
    )
    for field in ("numerator", "denominator"):
        _require(entry.get(field, entry["numerator"]) in measures, name, f"{field}: no measure {entry.get(field)}")
    measure = measures[entry["numerator"]]
    kinds = {measure["kind"]} if entry["kind"] == "churn" else {shown_kind(measure, measures)}
    _require(kinds <= KPI_KINDS[entry["kind"]], name, f"a {entry['kind']} can't be made of a {kinds.pop()}")
    _require(entry.get("denominator_at", "previous") == "previous", name, "`denominator_at` can only be `previous`")
    bands = entry.get("bands", {})
    _require(set(bands) <= set(BANDS), name, f"bands are {', '.join(BANDS)}")
    judged = entry.get("band_periods", PERIODS)
    _require(bands or "band_periods" not in entry, name, "`band_periods` without bands")
    _require(judged and set(judged) <= set(PERIODS), name, f"`band_periods` are of {', '.join(PERIODS)}")
    _require("good_to" not in bands or "good_below" not in bands, name, "good_to or good_below, not both")
    edges = [bands[b] for b in ("poor_below", "good_from", "good_to", "good_below", "poor_above") if b in bands]
    _require(edges == sorted(edges), name, "bands are not in ascending order")
    _require(set(entry.get("actions", {})) <= {"low", "high"}, name, "actions are low and high")
    scale = entry.get("scale", 100 if entry["kind"] in AGAINST_ITSELF else 1)
    definition = " ".join(entry["definition"].split())
    return {
        "kpi_id": name,
        "scale": scale,
        "headline": False,
        "band_periods": judged,
        **entry,
        "definition": definition,
    }
