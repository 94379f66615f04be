"""A full disk: one clear message, `latest` as it was, and after freeing space a run that ends as an undisturbed one."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.conftest import ROOT, WarmDeployment, forget_history
from tests.faults.conftest import NEXT, night_after

GROW = (
    "insert into public.activity_logs by name select md5('log ' || i)::uuid as id, timestamptz '2024-11-15 00:00:00+00' as created_at,"
    " repeat(md5('action ' || i), 20) as action from range(40000) t(i)"
)


@pytest.fixture(scope="module")
def grown(eve: WarmDeployment, tmp_path_factory: pytest.TempPathFactory) -> WarmDeployment:
    """A home with Dagster's real history, whose source has grown by more than the disk will hold. Tests take copies."""
    deployment = eve.copy(tmp_path_factory.mktemp("grown"))
    (deployment.home / "dagster" / "dagster.yaml").unlink()  # so that the next run writes the usual one
    deployment.change_source(GROW)
    return deployment


@pytest.fixture(scope="module")
def roomy(grown: WarmDeployment, tmp_path_factory: pytest.TempPathFactory) -> WarmDeployment:
    """The same with space for everything."""
    deployment = grown.copy(tmp_path_factory.mktemp("roomy"))
    forget_history(deployment)
    done = deployment.martlet("nightly", **night_after(NEXT))
    assert done.returncode == 0, done.stdout + done.stderr
    return deployment


def fill_and_free(grown: WarmDeployment, roomy: WarmDeployment, folder: Path, spare: int) -> None:
    """Run on a file system that is `spare` MB larger than the home; enlarge it; run again."""
    deployment = grown.copy(folder)
    files = [f for f in deployment.home.rglob("*") if f.is_file() and not f.is_symlink()]
    used = sum(f.stat().st_size for f in files) // 2**20 + 1
    small, martlet = folder / "small", f"{sys.executable} -m orchestration.cli"
    small.mkdir()
    script = f"""
        mount -t tmpfs -o size={used + spare}m none {small} && cp -a {deployment.home}/. {small} || exit 90
        {martlet} nightly; echo "first: $?"; readlink {small}/exports/v1/latest
        {martlet} verify; echo "verify: $?"
        mount -o remount,size={used + 400}m {small} || exit 91
        {martlet} nightly; echo "second: $?"
        {martlet} verify; echo "verify: $?"
        ls -A {small} {small}/exports/v1 | sort > {folder}/left
        cat {small}/exports/v1/latest/manifest.json > {folder}/manifest.json"""
    done = subprocess.run(
        ["unshare", "--map-root-user", "--mount", "sh", "-c", script],
        cwd=ROOT, env=deployment.environment | {"MARTLET_HOME": str(small)} | night_after(NEXT),
        capture_output=True, text=True, timeout=600,
    )  # fmt: skip
    told = done.stdout + done.stderr
    assert done.returncode == 0, told
    lines = done.stdout.splitlines()
    assert "first: 1" in lines and lines[lines.index("first: 1") + 1] == grown.latest, told
    assert "space" in done.stderr.lower() and "Traceback" not in done.stderr, told
    assert "second: 0" in lines and [line for line in lines if line.startswith("verify")] == ["verify: 0"] * 2, told
    manifest = json.loads((folder / "manifest.json").read_text())
    assert {n: m["content_hash"] for n, m in manifest["marts"].items()} == roomy.content_hashes()
    left = (folder / "left").read_text().split()
    assert [name for name in left if name.startswith(("tmp-", ".staging", ".latest", ".trash"))] == []


def test_a_full_disk_is_a_clear_error_and_the_run_after_it_is_right(
    grown: WarmDeployment, roomy: WarmDeployment, tmp_path: Path
) -> None:
    fill_and_free(grown, roomy, tmp_path, spare=4)


@pytest.mark.long
@pytest.mark.parametrize("spare", [0, 1, 2, 3, 6, 8, 10, 12])
def test_a_disk_that_is_full_a_little_later(
    grown: WarmDeployment, roomy: WarmDeployment, tmp_path: Path, spare: int
) -> None:
    fill_and_free(grown, roomy, tmp_path, spare)
