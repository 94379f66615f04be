"""What a run carries with it: the lease, and the report that the command line reads afterwards.

Belongs here: things with the lifetime of a run. Does not: settings (settings.py), work (assets/).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import dagster as dg
import duckdb

from orchestration.errors import Damaged, Interrupted, MartletError
from orchestration.faults import explain
from orchestration.lease import lease
from orchestration.settings import Settings
from orchestration.warehouse import set_aside


@dataclass
class RunReport:
    """What happened, for whoever started the run in this process."""

    progress: Callable[[str], None] = lambda line: None
    on_step: Callable[[str], None] = lambda name: None
    error: MartletError | None = None
    nothing_new: bool = False
    release: object | None = None
    settings: Settings | None = None  # of the home whose warehouse is moved aside when it turns out to be damaged
    waivers: list[str] = field(default_factory=list)
    accept: frozenset[str] = frozenset()

    @contextmanager
    def explain(self, context: dg.AssetExecutionContext | dg.AssetCheckExecutionContext) -> Iterator[None]:
        """Turn a MartletError, or an error of DuckDB that has a known meaning, into a step failure with its message."""
        try:
            yield
        except Exception as error:
            known = error if isinstance(error, MartletError) else None
            if isinstance(error, duckdb.Error):
                known = explain(error)
            if _was_interrupted(error):  # what fails while a step lets go is no news; DuckDB raises a RuntimeError
                known = Interrupted()
            if known is None:
                raise
            if isinstance(known, Damaged) and self.settings:
                known = set_aside(self.settings, known)
            self.error = known
            context.log.error(str(known))
            raise dg.Failure(description=str(known), allow_retries=False) from None

    def say(
        self, context: dg.AssetExecutionContext | dg.AssetCheckExecutionContext, line: str, level: str = "info"
    ) -> None:
        """One line of progress, to the run's log (where the UI colours it by its level) and to the terminal."""
        context.log.log(level.upper(), line)
        self.progress(line)


def _was_interrupted(error: BaseException | None) -> bool:
    """Whether the error came up while Ctrl-C, or a signal to end, was being dealt with."""
    while error is not None and not isinstance(error, dg.DagsterExecutionInterruptedError):
        error = error.__context__
    return error is not None


class RunLease(dg.ConfigurableResource):
    """Holds the lease of MARTLET_HOME while a run lasts; waits for a run of the command line to end."""

    path: str

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Iterator[RunLease]:
        with lease(Path(self.path), wait=True, on_wait=context.log.info if context.log else None):
            yield self
