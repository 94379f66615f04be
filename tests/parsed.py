"""One parse of the models for all processes of a test session, and for every home that a test makes. Not a test itself."""

from __future__ import annotations

import os
import shutil
import tempfile
from functools import cache
from pathlib import Path

from pydantic import SecretStr

from orchestration.build import fingerprint
from orchestration.settings import Settings
from orchestration.transform import ensure_manifest

FOLDER = "TESTS_PARSED_IN"  # where it lies, which the processes of xdist inherit


def begin() -> None:
    """Name the folder, in the process that starts the others."""
    os.environ[FOLDER] = tempfile.mkdtemp(prefix="martlet-parsed-")


def end() -> None:
    shutil.rmtree(os.environ.pop(FOLDER), ignore_errors=True)  # a process that was killed may leave another writing


@cache
def parsed() -> Settings:
    """A home without a warehouse in which dbt has parsed the project as it is on disk."""
    home = Settings(home=Path(os.environ[FOLDER]), urls={}, pseudonym_key=SecretStr("a-key-that-is-not-used"))
    ensure_manifest(home)  # a process that comes second waits for the first and finds all done
    return home


def give_parse(settings: Settings) -> None:
    """Spare a new home the parse. The time zone and the first day are read by the models when they run, not here."""
    shutil.copytree(parsed().dbt_target, settings.dbt_target)
    (settings.dbt_target / "fingerprint").write_text(fingerprint(settings))
