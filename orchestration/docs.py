"""`make docs`: every model and column, its SQL and lineage, as one page that needs no network: MARTLET_HOME/docs/index.html.

The page is dbt's. It is made over a warehouse of its own, so that it needs no run and disturbs none.
"""

import json
import sys

from orchestration import transform
from orchestration.errors import MartletError, Unavailable
from orchestration.settings import Settings

GENERATE = ["docs", "generate", "--static"]


def main() -> None:
    """Write the page and print where it is."""
    try:
        settings = Settings.from_env()
        own = settings.model_copy(update={"home": settings.home / "docs"})
        models = json.loads(transform.ensure_manifest(own).read_text(encoding="utf-8"))["nodes"].values()
        _dbt(own, "--empty-catalog")  # while nothing is there yet, so that incremental models show their SQL in full
        tables = [m for m in models if m["resource_type"] == "model" and m["config"]["materialized"] != "view"]
        transform.make_empty(own, tables)  # their types are read from there
        _dbt(own, "--no-compile")
        own.warehouse.unlink()
        page = (own.dbt_target / "static_index.html").replace(own.home / "index.html")
    except MartletError as error:
        sys.exit(f"martlet: {error}")
    print(f"Open {page} in a browser.")


def _dbt(own: Settings, option: str) -> None:
    result = transform.invoke(own, [*GENERATE, option])
    if not result.success:
        raise Unavailable(f"dbt can't write its documentation: {result.exception}")


if __name__ == "__main__":
    main()
