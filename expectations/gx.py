"""The one place that talks to Great Expectations: counts and their limits in, verdicts out. No value of a row gets here."""

from __future__ import annotations

import importlib.util
import logging
import os
import sys
from functools import cache
from typing import Any

from expectations import worker

Limits = dict[str, tuple[float, float]]  # name -> what was counted, at most


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


def at_most(limits: Limits) -> dict[str, bool]:
    """Whether each number is within its limit: judged in the worker's process if there is one, else in this."""
    verdicts = worker.ask(limits)
    return judge(limits) if verdicts is None else verdicts


def judge(limits: Limits) -> dict[str, bool]:
    """What at_most() does, in this process: a frame of one row for each number, and one expectation about its columns.

    An expectation for each number would cost the square of their count: twenty seconds for the six hundred of a border.
    Raises RuntimeError when there is no verdict.
    """
    if not limits:
        return {}
    batch_definition = batch_definition_of_process()
    import great_expectations
    import pandas as pd

    frame = pd.DataFrame(
        [(name, value, limit) for name, (value, limit) in limits.items()], columns=["name", "is", "most"]
    )
    expectation = great_expectations.expectations.ExpectColumnPairValuesAToBeGreaterThanB(
        column_A="most", column_B="is", or_equal=True
    )
    suite = great_expectations.ExpectationSuite(name="suite", expectations=[expectation])
    wanted = {"result_format": "COMPLETE", "unexpected_index_column_names": ["name"]}
    (outcome,) = batch_definition.get_batch({"dataframe": frame}).validate(suite, result_format=wanted).results
    above = {row["name"] for row in outcome.result.get("unexpected_index_list") or []}
    if bool(outcome.success) == bool(above):
        raise RuntimeError(f"Great Expectations gives no verdict on {len(limits)} checks: {outcome.exception_info}")
    return {name: name not in above for name in limits}
