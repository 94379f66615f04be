"""The one place that talks to Great Expectations: a frame and expectations in, verdicts without values out."""

from __future__ import annotations

import importlib.util
import logging
import os
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from expectations import worker

if TYPE_CHECKING:
    import pandas as pd

Expectations = dict[str, tuple[str, dict[str, Any]]]  # name -> type, arguments
# Counts only: no value of a row may reach a result, a log or a page.
RESULT_FORMAT = {"result_format": "BASIC", "partial_unexpected_count": 0}


@dataclass(frozen=True)
class Verdict:
    """`failing_rows` is None where the expectation isn't about rows; `evaluated` is False if it couldn't be judged."""

    success: bool
    failing_rows: int | None
    evaluated: bool = True


@cache
def batch_definition_of_process() -> Any:
    """One ephemeral context for the process; its only asset takes whatever frame it is given."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"  # before the import, which reads it
    _import_when_used("scipy.stats")
    import great_expectations
    from great_expectations.data_context.types.base import ProgressBarsConfig

    logging.getLogger("great_expectations").setLevel(logging.CRITICAL)  # it logs tracebacks, which may quote values
    context = great_expectations.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    asset = context.data_sources.add_pandas("warehouse").add_dataframe_asset("frame")
    return asset.add_batch_definition_whole_dataframe("all")


def _import_when_used(name: str) -> None:
    """Great Expectations imports it for expectations about distributions; it takes a third of the whole import."""
    spec = importlib.util.find_spec(name)
    if name in sys.modules or spec is None or spec.loader is None:
        return
    spec.loader = importlib.util.LazyLoader(spec.loader)
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    parent, _, child = name.rpartition(".")
    setattr(sys.modules[parent], child, module)  # else `from parent import child` looks closer, and imports it


def validate(frame: pd.DataFrame, expectations: Expectations) -> dict[str, Verdict]:
    """Judge one frame, as validate_each() does."""
    return next(validate_each([(frame, expectations)]))


def validate_each(asked: Iterable[tuple[pd.DataFrame, Expectations]]) -> Iterator[dict[str, Verdict]]:
    """Judge each frame by its expectations, in the worker's process if there is one: while it judges, the next is read.

    Raises ValueError for a type or an argument that Great Expectations doesn't know.
    """
    waiting: tuple[bool, pd.DataFrame, Expectations] | None = None
    for frame, expectations in asked:
        handed_over = worker.ask(frame, expectations)
        if waiting:
            yield _judged(*waiting)
        waiting = handed_over, frame, expectations
    if waiting:
        yield _judged(*waiting)


def _judged(handed_over: bool, frame: pd.DataFrame, expectations: Expectations) -> dict[str, Verdict]:
    verdicts = worker.answer() if handed_over else None
    return judge(frame, expectations) if verdicts is None else verdicts


def judge(frame: pd.DataFrame, expectations: Expectations) -> dict[str, Verdict]:
    """What validate() does with one frame, in this process."""
    batch_definition = batch_definition_of_process()
    import great_expectations
    from great_expectations.exceptions import ExpectationNotFoundError
    from great_expectations.expectations.registry import get_expectation_impl

    suite = great_expectations.ExpectationSuite(name="suite")
    for name, (kind, kwargs) in expectations.items():
        try:
            suite.add_expectation(get_expectation_impl(kind)(**kwargs, meta={"name": name}))
        except (ExpectationNotFoundError, ValueError, TypeError) as error:
            raise ValueError(f"{name}: {kind} with {sorted(kwargs)}: {error}") from error
    if not expectations:
        return {}
    outcome = batch_definition.get_batch({"dataframe": frame}).validate(suite, result_format=RESULT_FORMAT)
    return {r.expectation_config.meta["name"]: _verdict(r) for r in outcome.results}


def _verdict(result: Any) -> Verdict:
    counts = result.result or {}
    failing = counts.get("unexpected_count")
    return Verdict(bool(result.success), None if failing is None else int(failing), evaluated=bool(counts))
