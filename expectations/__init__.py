"""Great Expectations at the two borders of the warehouse: raw tables in, marts out.

Belongs here: suites as data (suites/raw, suites/marts), their rules (suites.py) and the runner. Does not: proofs
inside the warehouse (dbt tests), proofs of files (orchestration/publish/proofs.py), who records or reacts to results.
Importing costs nothing: Great Expectations itself (4 to 7 s) is imported when the first suite runs.
"""

from expectations.results import CheckResult
from expectations.runner import run_suites
from expectations.suites import Check, list_checks

__all__ = ["Check", "CheckResult", "list_checks", "run_suites"]
