"""The Dagster code location: settings in, definitions out.

Belongs here: putting the parts together. Importing this module reads nothing and opens nothing.
"""

from __future__ import annotations

import json
import warnings
from typing import Any

import dagster as dg

from orchestration import home
from orchestration.assets.raw import absent_assets, raw_assets
from orchestration.assets.release import release_asset
from orchestration.assets.warehouse import build_asset, unfed_assets, warehouse_assets
from orchestration.checks import gate
from orchestration.jobs import nightly_job
from orchestration.resources import RunLease, RunReport
from orchestration.schedules import nightly_schedule
from orchestration.sensors import dead_run_sensor, failure_sensor
from orchestration.settings import Settings
from orchestration.transform import ensure_manifest
from orchestration.translator import Translator

warnings.filterwarnings("ignore", category=dg.BetaWarning)  # backfill_policy: pinned, and covered by tests


def build_definitions(settings: Settings, report: RunReport | None = None, **resources: Any) -> dg.Definitions:
    """Fresh definitions for a home. `report` gets what happens; `resources` replace those of the same name."""
    home.claim(settings)
    report = report or RunReport()
    report.settings = settings
    models = json.loads(ensure_manifest(settings).read_text())
    translator = Translator()  # one: it remembers what it made of these models
    job = nightly_job(settings)
    return dg.Definitions(
        assets=[
            *(raw_assets(settings, report, models, system) for system in settings.systems),
            *(spec for system in settings.systems_off for spec in absent_assets(models, system)),
            build_asset(settings, report),
            warehouse_assets(settings, report, models, translator),
            *unfed_assets(settings, models, translator),
            release_asset(settings, report, models),
        ],
        asset_checks=[gate(settings, report, "raw", models), gate(settings, report, "marts", models)],
        jobs=[job],
        schedules=[nightly_schedule(job)],
        sensors=[failure_sensor(settings), dead_run_sensor(settings)],
        resources={"lease": RunLease(path=str(settings.lease)), **resources},
        executor=dg.in_process_executor,
    )


@dg.definitions
def defs() -> dg.Definitions:
    """The code location `martlet` (pyproject.toml): the home of the environment."""
    return build_definitions(Settings.from_env())
