"""docs/new_system.md works as it stands: its blocks, written into a copy of the project, bring a sixth system to the marts."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import yaml

from tests.e2e.conftest import ROOT, clean_environment

FED = ("users", "user_observations", "user_actions")
PARTS = ("orchestration", "dbt_project", "expectations", "simulator", "profiles", "dbt_project.yml", "pyproject.toml")


def blocks() -> dict[str, str]:
    """Path -> content of every block of the page that begins with a comment that is a path."""
    page = (ROOT / "docs" / "new_system.md").read_text()
    found = re.findall(r"```\w+\n(?:#|--) (\S+\.(?:yml|sql))\n(.*?)```", page, flags=re.DOTALL)
    return dict(found)


def project_with(folder: Path) -> Path:
    """A copy of the project that knows the system of the page."""
    folder.mkdir()
    for part in PARTS:
        copy = shutil.copytree if (ROOT / part).is_dir() else shutil.copy
        copy(ROOT / part, folder / part)
    for path, content in blocks().items():
        assert not (folder / path).exists()
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(content)
    settings = yaml.safe_load((folder / "dbt_project.yml").read_text())
    for name in FED:
        settings["vars"]["fact_systems"][name].append("newsletter")
    settings["vars"]["local_timezones"]["newsletter"] = "UTC"
    (folder / "dbt_project.yml").write_text(yaml.safe_dump(settings, sort_keys=False))
    return folder


def test_a_sixth_system_reaches_the_marts_without_a_change_of_them(tmp_path: Path) -> None:
    project, source = project_with(tmp_path / "project"), tmp_path / "newsletter.duckdb"
    with duckdb.connect(str(source)) as con:
        con.execute(
            "create schema public;"
            " create table public.subscribers (id integer primary key, email varchar, created_at timestamptz);"
            " insert into public.subscribers values (1, 'a@example.com', '2025-02-03 10:00:00+00'),"
            " (2, 'b@example.com', '2025-02-04 10:00:00+00');"
            " create table public.opens (id integer primary key, subscriber_id integer, opened_at timestamptz);"
            " insert into public.opens values (1, 1, '2025-02-10 08:00:00+00'), (2, 1, '2025-02-10 09:00:00+00'),"
            " (3, 2, '2025-02-12 08:00:00+00')"
        )
    done = subprocess.run(
        [sys.executable, "-m", "orchestration.cli", "nightly", "--date", "2025-02-14"],
        cwd=project,
        env=clean_environment()
        | {
            "PYTHONPATH": str(project),
            "MARTLET_HOME": str(tmp_path / "home"),
            "MARTLET_NEWSLETTER_URL": f"duckdb://{source}",
            "MARTLET_PSEUDONYM_KEY": "a-pseudonym-key-of-the-tests",
            "MARTLET_NOW": "2025-02-15T02:00:00+00:00",
            "MARTLET_START_DATE": "2025-02-01",
        },
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert rows(
        tmp_path,
        "mart_active_users_daily",
        "strftime(date_day, '%d'), dau, wau",
        "definition = 'any' and date_day >= '2025-02-09'",
    ) == [("09", 0, 0), ("10", 1, 1), ("11", 0, 1), ("12", 1, 2), ("13", 0, 2), ("14", 0, 2)]
    # what the system does not have is missing with a reason, not 0
    assert rows(
        tmp_path,
        "mart_user_360",
        "user_id, active_days_count, days_since_last_active, lifecycle_stage, plan_tier, plan_null_reason, country_code",
    ) == [("1", 1, 4, "activation", None, "no_source", None), ("2", 1, 2, "activation", None, "no_source", None)]
    assert rows(
        tmp_path,
        "mart_cohort_retention",
        "period_offset, cohort_size, retained_on_count, is_mature, null_reason",
        "cohort_type = 'signup' and cohort_grain = 'week' and cohort_start = '2025-02-03'",
    ) == [(0, 2, 0, True, None), (1, 2, 2, False, "not_mature")]
    assert rows(tmp_path, "mart_rfm", "user_id, null_reason, rfm_segment") == [
        ("1", "no_source", None),
        ("2", "no_source", None),
    ]


def rows(folder: Path, mart: str, columns: str, condition: str = "true") -> list[tuple]:
    """Rows of the sixth system in the release."""
    file = folder / "home" / "exports" / "v1" / "latest" / "parquet" / f"{mart}.parquet"
    return duckdb.execute(
        f"select {columns} from read_parquet('{file}') where platform = 'newsletter' and {condition} order by all"
    ).fetchall()
