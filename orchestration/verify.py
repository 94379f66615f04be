"""`martlet verify`: is everything under MARTLET_HOME still what was written?

Belongs here: releases, archive and warehouse together. Does not: how each is checked (publish/, extract/, warehouse.py).
"""

from __future__ import annotations

from orchestration.extract.archive import Archive
from orchestration.extract.catalog import catalog
from orchestration.lease import lease
from orchestration.publish.layout import Layout
from orchestration.publish.verify import Problem, verify
from orchestration.settings import Settings
from orchestration.warehouse import problem_of


def verify_release(settings: Settings, release: str) -> tuple[str, list[Problem]]:
    """What was checked, as a phrase, and the problems of one release. Raises WrongUsage when it isn't there."""
    return f"release {release}", verify(settings.exports, release)


def verify_everything(settings: Settings) -> tuple[str, list[Problem]]:
    """What was checked, as a phrase, and every problem; paths are relative to MARTLET_HOME or to the export root.

    Raises Busy while a run is under way, which changes archive and warehouse.
    """
    releases = ", ".join(Layout(settings.exports).release_ids()) or "none is there"
    problems = verify(settings.exports)
    if settings.home.exists():
        with lease(settings.lease):
            for system in catalog().values():
                for path, what in Archive(settings.archive).problems(system):
                    problems.append(Problem(None, str(path.relative_to(settings.home)), what))
            if found := problem_of(settings):
                problems.append(Problem(None, settings.warehouse.name, found))
    return f"releases ({releases}), archive and warehouse", problems
