"""Writes what dbt and people read of the KPI catalogue kpis.yml, which dbt can't read itself.

python -m dbt_project.kpis.generate           write the macro, the two seeds and the dictionary
python -m dbt_project.kpis.generate --check   exit 1 and name the files that are not up to date

Belongs here: the text of the generated files. Does not: how a measure is computed (models/marts/kpis/).
"""

from __future__ import annotations

import csv
import io
import json
import sys
from pathlib import Path
from typing import Any

from dbt_project.kpis.catalogue import AGAINST_ITSELF, BANDS, load
from dbt_project.kpis.dictionary import dictionary

PROJECT = Path(__file__).resolve().parents[2]
HEADER = "Generated from dbt_project/kpis/kpis.yml by dbt_project/kpis/generate.py: do not edit."


def macro(measures: list[dict[str, Any]]) -> str:
    """The measures as a list that the models of models/marts/kpis/ loop over."""
    rows = "".join(f"    {json.dumps(measure | _scan(measure))},\n" for measure in measures)
    listed = rows.replace('": false', '": False').replace('": true', '": True')
    return (
        f"{{#- {HEADER} -#}}\n-- fmt: off\n{{% macro kpi_measure_list() %}}\n{{{{ return([\n{listed}]) }}}}\n"
        "{% endmacro %}\n"
    )


def _scan(measure: dict[str, Any]) -> dict[str, str]:
    """The name of the rows that a sum adds up by day: sums of the same name are read together."""
    if measure["kind"] != "sum":
        return {}
    relations = [measure["from"], *(dimension for dimension, _ in measure.get("joins", []))]
    return {"scan": f"{'_'.join(relations)}_by_{measure['day']}"}


def definitions_seed(kpis: list[dict[str, Any]]) -> str:
    header = [
        "kpi_id", "kpi_order", "is_headline", "title", "kind", "numerator", "denominator", "is_denominator_previous",
        "scale", "unit", "direction", "owner", "action_low", "action_high", "requirement_ids", "definition",
    ]  # fmt: skip
    rows = [
        [
            kpi["kpi_id"],
            order,
            str(kpi["headline"]).lower(),
            *(kpi[field] for field in ("title", "kind", "numerator")),
            kpi["numerator"] if kpi["kind"] in AGAINST_ITSELF else kpi.get("denominator", ""),
            str(kpi["kind"] in AGAINST_ITSELF or "denominator_at" in kpi).lower(),
            kpi["scale"],
            *(kpi[field] for field in ("unit", "direction", "owner")),
            *(kpi.get("actions", {}).get(side, "") for side in ("low", "high")),
            " ".join(kpi["requirements"]),
            kpi["definition"],
        ]
        for order, kpi in enumerate(kpis, start=1)
    ]
    return _csv(header, rows)


def bands_seed(kpis: list[dict[str, Any]]) -> str:
    rows = [
        [kpi["kpi_id"], ",".join(kpi["band_periods"]), *(kpi["bands"].get(band, "") for band in BANDS)]
        for kpi in kpis
        if "bands" in kpi
    ]
    return _csv(["kpi_id", "period_types", *BANDS], rows)


def _csv(header: list[str], rows: list[list[Any]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerows([header, *rows])
    return out.getvalue()


def outputs() -> dict[Path, str]:
    measures, kpis = load()
    return {
        PROJECT / "dbt_project/macros/marts/kpi_measure_list.sql": macro(measures),
        PROJECT / "dbt_project/seeds/kpi_definitions.csv": definitions_seed(kpis),
        PROJECT / "dbt_project/seeds/kpi_bands.csv": bands_seed(kpis),
        PROJECT / "docs/metrics.md": f"<!-- {HEADER} -->\n{dictionary(measures, kpis)}",
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
            print(f"{name} is not up to date: run python -m dbt_project.kpis.generate")
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
