"""The KPI catalogue kpis.yml, read and checked.

Belongs here: the fields of a measure and of a KPI, and what an entry must hold. Does not: what is made of them (generate.py).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

CATALOGUE = Path(__file__).with_name("kpis.yml")

MEASURE_KINDS = ("sum", "stock", "window", "spread")
SPREADS = ("entropy", "max_entropy", "simpson", "rows")
MEASURE_FIELDS = {
    *MEASURE_KINDS, "from", "join", "where", "key", "day", "days", "opens", "closes", "within", "needs_observation",
}  # fmt: skip
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


class CatalogueError(ValueError):
    """An entry of the catalogue that can't be right; the message names the entry and the field."""


def load(path: Path = CATALOGUE) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The checked catalogue: one dict per part of a measure, and one per KPI."""
    raw = yaml.safe_load(path.read_text())
    measures = [part for name, entry in raw["measures"].items() for part in _measure(name, entry)]
    names = {measure["id"] for measure in measures}
    for measure in measures:
        _require(
            measure.get("within", measure["id"]) in names, measure["id"], f"within: no measure {measure.get('within')}"
        )
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
    part = {
        "id": measure,
        "name": name,
        "kind": kind,
        "value": str(entry[kind]),
        "needs_observation": entry.get("needs_observation", False),
    }
    needed = {"sum": ("day",), "stock": ("key",), "window": ("key", "day"), "spread": ("key", "day", "days")}[kind]
    for field in ("from", *needed):
        _require(entry.get(field), measure, f"`{field}` is missing")
    if kind == "spread":
        _require(entry["spread"] in SPREADS, measure, f"spread is one of {', '.join(SPREADS)}")
        _require(entry["spread"] != "max_entropy" or "within" in entry, measure, "max_entropy is `within` a stock")
    if kind == "stock" and "opens" not in entry:  # a history of stretches
        part |= {"opens": "valid_from_date", "closes": "valid_to_date"}
    if kind == "window":
        part |= {"days": int(entry["window"])}
    part |= {
        field: entry[field] for field in ("from", "key", "day", "days", "opens", "closes", "within") if field in entry
    }
    part["where"] = entry.get("where", "true")
    if "join" in entry:
        part["joins"] = [[dimension, key] for dimension, key in entry["join"].items()]
    return part


def _kpi(name: str, entry: dict[str, Any], measures: set[str]) -> dict[str, Any]:
    _require(not (unknown := set(entry) - KPI_FIELDS), name, f"unknown fields {sorted(unknown)}")
    for field in ("title", "kind", "numerator", "unit", "direction", "owner", "periods", "requirements", "definition"):
        _require(entry.get(field), name, f"`{field}` is missing")
    for field, allowed in (("kind", KPI_KINDS), ("direction", DIRECTIONS), ("owner", OWNERS)):
        _require(entry[field] in allowed, name, f"`{field}` is one of {', '.join(allowed)}")
    _require(set(entry["periods"]) <= set(PERIODS), name, f"periods are {', '.join(PERIODS)}")
    _require(
        (entry["kind"] == "ratio") == ("denominator" in entry), name, "a ratio, and only a ratio, has a denominator"
    )
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
