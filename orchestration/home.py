"""MARTLET_HOME: made on first use, bound to one pseudonym key for ever."""

from __future__ import annotations

from orchestration.errors import Unavailable, WrongUsage
from orchestration.settings import Settings

DAGSTER_YAML = """\
# Written by Martlet when this home was made; yours to change.
telemetry:
  enabled: false
nux:                         # no dialog about newsletters before the first page
  enabled: false
python_logs:                 # events stay in Dagster's history; the terminal of `make ui` gets Martlet's lines
  python_log_level: INFO
concurrency:
  runs:
    max_concurrent_runs: 1   # DuckDB has one writer
event_log_storage:
  module: orchestration.history
  class: RunHistory
  config:
    base_dir: {env: DAGSTER_HOME}
compute_logs:                # a step's output is in its event log; a second copy would fill the disk and hold back errors
  module: dagster._core.storage.noop_compute_log_manager
  class: NoOpComputeLogManager
"""


def claim(settings: Settings) -> None:
    """Make the home if it is new. Raises WrongUsage when it was made with another pseudonym key."""
    try:
        settings.dagster_home.mkdir(parents=True, exist_ok=True)
        config = settings.dagster_home / "dagster.yaml"
        if not config.exists():
            config.write_text(DAGSTER_YAML, encoding="utf-8")
        mark = settings.home / "key_id"
        if not mark.exists():
            mark.write_text(settings.key_id + "\n", encoding="utf-8")
    except OSError as error:
        raise Unavailable(f"MARTLET_HOME={settings.home} can't be used: {error.strerror}.") from None
    made_with = mark.read_text(encoding="utf-8").strip()
    if made_with != settings.key_id:
        raise WrongUsage(
            f"{settings.home} was made with the pseudonym key `{made_with}`, this is key `{settings.key_id}`.\n"
            "Pseudonyms of two keys never match. Use the old key, or another MARTLET_HOME."
        )
