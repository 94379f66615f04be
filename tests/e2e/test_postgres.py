"""The whole way from a real PostgreSQL: simulated, read, modelled, gated, published, by the commands that users type."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest

from orchestration.extract.catalog import catalog
from tests.conftest import AWKWARD_PASSWORD
from tests.e2e.conftest import DAY, SCALE, Deployment, WarmDeployment, forget_history
from tests.warm import Warm

FORMS = [AWKWARD_PASSWORD.encode(), quote(AWKWARD_PASSWORD, safe="").encode()]


def test_postgres_gives_the_release_of_the_demo_file_and_its_password_stays_unwritten(
    postgres_url: str, published: Deployment, warm: Warm, tmp_path: Path
) -> None:
    deployment = WarmDeployment(tmp_path / "home", tmp_path / "unused", warm=warm)
    deployment.give_parse()
    source = {"MARTLET_PHOTOBOOTH_URL": postgres_url}
    world = ("--system", "photobooth", "--target", postgres_url, "--scale", str(SCALE), "--until", str(DAY))
    assert deployment.martlet("simulate", *world, **source).returncode == 0
    done = deployment.martlet("nightly", **source)
    assert done.returncode == 0, done.stdout + done.stderr
    assert deployment.content_hashes() == published.content_hashes()

    before = deployment.latest
    with psycopg.connect(postgres_url, autocommit=True) as con:
        con.execute("update events set credits_allocated = -5 where id in (select id from events order by id limit 3)")
    failed = deployment.martlet("nightly", **source, MARTLET_NOW="2025-02-16T02:00:00+00:00")
    assert failed.returncode == 3 and "credits_allocated" in failed.stderr and "3 rows" in failed.stderr
    assert deployment.latest == before

    output = (done.stdout + done.stderr + failed.stdout + failed.stderr).encode()
    for content in [
        output,
        *(p.read_bytes() for p in deployment.home.rglob("*") if p.is_file() and not p.is_symlink()),
    ]:
        assert not [form for form in FORMS if form in content]


@pytest.mark.long
@pytest.mark.parametrize("off", sorted(catalog()))
def test_four_systems_are_published_as_they_are_beside_the_fifth(
    published_five: Deployment, warm: Warm, tmp_path: Path, off: str
) -> None:
    four = {name: url for name, url in published_five.urls.items() if name != off}
    deployment = WarmDeployment(tmp_path / "home", urls=four, warm=warm)
    forget_history(deployment)
    deployment.give_parse()
    done = deployment.martlet("nightly")
    assert done.returncode == 0, done.stdout + done.stderr
    assert set(deployment.manifest()["marts"]) == set(published_five.manifest()["marts"])
    by_platform = [n for n, m in deployment.manifest()["marts"].items() if m["columns"][0]["name"] == "platform"]
    assert len(by_platform) > 40
    for name in by_platform:
        ours, beside = deployment.mart(name), published_five.mart(name).filter(f"platform <> '{off}'")
        assert not ours.except_(beside) and len(ours) == len(beside), name
