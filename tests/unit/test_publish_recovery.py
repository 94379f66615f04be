"""Crashes, damage, going back, and throwing away: `latest` always names a whole release. Readers: tests/faults/."""

import contextlib
import json
import os
import subprocess
import sys
import tempfile
from datetime import timedelta
from pathlib import Path

import pytest

from orchestration.errors import Refused, WrongUsage
from orchestration.publish.layout import Layout
from orchestration.publish.release import STEPS
from orchestration.publish.retention import apply_retention, sweep
from orchestration.publish.rollback import rollback
from orchestration.publish.verify import verify
from tests.unit.publish_home import CREATED, Home

SCRIPT = Path(__file__).parent / "publish_home.py"
ROOT = Path(__file__).parents[2]


@pytest.fixture
def home(tmp_path):
    return Home(tmp_path)


def whats(problems):
    return {str(p) for p in problems}


def publish_days(home, days, created=CREATED):
    """One release per day of November 2026, each built in the following night."""
    ids = []
    for day in days:
        home.built(f"b{day}", day=f"2026-11-{day:02}")
        home.change(str(day))
        ids.append(home.publish(created=created.replace(day=day) + timedelta(days=1)).release_id)
    return ids


# --- kill -9 ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("step", STEPS)
def test_a_kill_at_any_step_leaves_a_whole_latest_and_the_next_run_puts_all_right(home, step):
    first = home.publish().release_id
    home.change()
    home.con.close()
    killed = subprocess.run([sys.executable, SCRIPT, home.folder, step], env={**os.environ, "PYTHONPATH": str(ROOT)})
    assert killed.returncode == -9
    swapped = STEPS.index(step) >= STEPS.index("latest_swapped")
    home = Home(home.folder)
    assert (home.latest() == first) is not swapped
    assert verify(home.exports, home.latest()) == []  # what a reader finds meanwhile is whole

    release = home.publish()
    assert release.is_new is not swapped
    assert release.release_id == home.latest() == home.latest(home.restricted) and verify(home.exports) == []
    assert not [p for root in (home.v1, home.restricted) for p in root.iterdir() if p.name.startswith(".")]
    assert set(Layout(home.exports).release_ids()) == {first, release.release_id}
    log = [json.loads(line) for line in (home.exports / "audit/publish.jsonl").read_text().splitlines()]
    assert [entry["release_id"] for entry in log] == [first, release.release_id]
    assert home.con.execute("select count(distinct release_id) from meta.publishes").fetchall() == [(2,)]


def test_a_release_that_was_latest_before_a_kill_is_never_swept(home):
    """Killed between the swap and the audit line: readers may hold that release, though the log doesn't know it."""
    home.publish()
    home.change()
    home.con.close()
    subprocess.run([sys.executable, SCRIPT, home.folder, "latest_swapped"], env={**os.environ, "PYTHONPATH": str(ROOT)})
    home = Home(home.folder)
    once = home.latest()
    home.change("77")
    home.publish()
    sweep(home.exports)
    assert once in Layout(home.exports).release_ids()


def test_a_lost_audit_log_costs_no_release(home):
    ids = publish_days(home, [16, 17, 18, 19])
    (home.exports / "audit/publish.jsonl").unlink()
    assert sweep(home.exports) == ["audit line"]
    assert Layout(home.exports).release_ids() == ids and verify(home.exports) == []


def test_sweep_leaves_what_another_living_process_is_writing(home):
    home.publish()
    other = home.v1 / ".staging-2026-11-19--20261120T030000Z-1"  # process 1 is always there
    other.mkdir()
    (home.v1 / ".latest-99999999").symlink_to("nowhere")
    assert sweep(home.exports) == [".latest-99999999"]
    assert other.exists()


def test_a_file_size_limit_stops_cleanly(home):
    """A disk that refuses more bytes, as the operating system reports it to DuckDB and to Python."""
    home.publish()
    home.con.execute(
        "create or replace table marts.mart_days as"
        " select date '1900-01-01' + i::int as day, (hash(i) >> 2)::bigint as things_count from range(40000) t(i)"
    )
    first = home.latest()
    home.con.close()
    code = (
        "import resource, sys; from pathlib import Path; from publish_home import Home;"
        "from orchestration.errors import Unavailable;"
        "home = Home(Path(sys.argv[1])); resource.setrlimit(resource.RLIMIT_FSIZE, (150_000, 150_000))\n"
        "try: home.publish()\n"
        "except Unavailable as error: print(error); sys.exit(7)"
    )
    env = {**os.environ, "PYTHONPATH": f"{ROOT}:{SCRIPT.parent}"}
    ended = subprocess.run([sys.executable, "-c", code, home.folder], env=env, capture_output=True, text=True)
    assert ended.returncode == 7, ended.stderr
    assert f"`latest` is still {first}" in ended.stdout
    home = Home(home.folder)
    assert home.latest() == first and not list(home.v1.glob(".staging*"))
    assert home.publish().is_new and verify(home.exports) == []


# --- verify ----------------------------------------------------------------------------------------------------------


def test_verify_finds_one_altered_byte_in_any_file(home):
    release = home.publish()
    for path in sorted(p for p in release.path.rglob("*") if p.is_file()):
        data = path.read_bytes()
        path.write_bytes(bytes([data[0] ^ 1]) + data[1:])
        problems = verify(home.exports, release.release_id)
        assert len(problems) == 1 and path.name in str(problems[0]), path
        path.write_bytes(data)
    assert verify(home.exports) == []


def test_verify_finds_missing_added_and_cut_files(home):
    release = home.publish()
    (release.path / "csv/mart_days.csv").unlink()
    (release.path / "csv/surprise.csv").write_text("x")
    os.truncate(release.path / "parquet/mart_days.parquet", 10)
    found = whats(verify(home.exports))
    name = f"releases/{release.release_id}"
    assert f"{name}/csv/mart_days.csv: is missing" in found
    assert f"{name}/csv/surprise.csv: is not in the manifest" in found
    assert any(text.startswith(f"{name}/parquet/mart_days.parquet: has 10 bytes instead of") for text in found)


def test_verify_finds_a_manifest_that_was_rewritten(home):
    release = home.publish()
    manifest = home.manifest()
    manifest["code_version"] = "forged"
    (release.path / "manifest.json").write_text(json.dumps(manifest))
    assert any("is not the one that was published" in text for text in whats(verify(home.exports)))


def test_verify_finds_pointers_that_disagree(home):
    home.publish()
    old = (home.v1 / "latest.json").read_text()
    home.change()
    home.publish()
    (home.v1 / "latest.json").write_text(old)
    assert any(text.startswith("latest.json: doesn't say what `latest` says") for text in whats(verify(home.exports)))
    sweep(home.exports)
    assert verify(home.exports) == []
    (home.v1 / "latest").unlink()
    assert whats(verify(home.exports)) == {"latest: is missing, but there are releases"}
    (home.v1 / "latest").symlink_to("releases/2026-01-01--20260102T000000Z")
    assert "which isn't there" in str(verify(home.exports)[0])


def test_verify_of_an_unknown_release_names_the_newest(home):
    newest = home.publish().release_id
    with pytest.raises(WrongUsage, match=newest):
        verify(home.exports, "2026-01-01--20260102T000000Z")
    assert verify(home.folder / "nothing") == []


# --- rollback --------------------------------------------------------------------------------------------------------


def test_rollback_points_back_says_so_and_the_next_publish_moves_on(home):
    first, second, third = publish_days(home, [17, 18, 19])
    assert rollback(home.exports, first, CREATED, who="ana") == third
    assert home.latest() == first and verify(home.exports) == []
    entry = json.loads((home.exports / "audit/publish.jsonl").read_text().splitlines()[-1])
    said = {"action": "rollback", "release_id": first, "previous": third, "who": "ana", "at": "2026-11-20T02:00:00Z"}
    assert {k: entry[k] for k in said} == said
    assert set(Layout(home.exports).release_ids()) == {first, second, third}
    again = home.publish(created=CREATED + timedelta(hours=1))
    assert again.is_new and again.previous_release == first and home.latest() == again.release_id


def test_rollback_to_an_unknown_or_damaged_release_moves_nothing(home):
    first, second = publish_days(home, [18, 19])
    with pytest.raises(WrongUsage, match=f"The newest: {second}, {first}"):
        rollback(home.exports, "latest", CREATED)
    (home.v1 / "releases" / first / "csv/mart_days.csv").write_text("x")
    with pytest.raises(Refused, match="is not whole"):
        rollback(home.exports, first, CREATED)
    assert home.latest() == second


@pytest.mark.parametrize("step", ["link_written", "latest_swapped", "json_written", "json_swapped"])
def test_a_rollback_cut_short_is_finished_by_the_next_sweep(home, step):
    first, second = publish_days(home, [18, 19])

    def cut(name):
        if name == step:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rollback(home.exports, first, CREATED, on_step=cut)
    sweep(home.exports)
    assert home.latest() == (second if step == "link_written" else first)
    assert verify(home.exports) == [] and set(Layout(home.exports).release_ids()) == {first, second}


# --- retention -------------------------------------------------------------------------------------------------------


def fake_releases(home, days):
    """Whole-looking releases without files: retention reads only names, manifests and the audit log."""
    ids = []
    for day in days:
        release_id = f"{day}--{day.replace('-', '')}T235959Z"
        folder = home.v1 / "releases" / release_id
        folder.mkdir(parents=True)
        before = ids[-1] if ids else None
        manifest = {"release_id": release_id, "created_at": f"{day}T23:59:59Z", "previous_release": before}
        (folder / "manifest.json").write_text(json.dumps(manifest))
        folder.chmod(0o555)
        ids.append(release_id)
    (home.v1 / "latest").symlink_to(f"releases/{ids[-1]}")
    (home.exports / "audit").mkdir()
    return ids


def test_retention_keeps_the_last_the_firsts_of_months_the_pinned_and_the_young(home):
    days = [f"2026-{month:02}-{day:02}" for month in range(1, 12) for day in (2, 3, 10, 20)]
    ids = fake_releases(home, ["2025-10-05", "2025-11-05", *days])
    (home.v1 / "PINNED").write_text("# for the auditors\n2026-03-10--20260310T235959Z  # Q1\n\n")
    now = CREATED.replace(month=11, day=26)
    removed = apply_retention(home.exports, now, keep_last=3)
    kept = [i[:10] for i in Layout(home.exports).release_ids()]
    firsts = [f"2026-{month:02}-02" for month in range(1, 12)]
    # November 2026 and the 12 months before it reach November 2025; then the last three and the pinned one
    assert kept == sorted(["2025-11-05", *firsts, "2026-03-10", "2026-11-03", "2026-11-10", "2026-11-20"])
    assert set(removed) | {i for i in ids if i[:10] in kept} == set(ids)
    assert not [p for p in home.v1.iterdir() if p.name.startswith(".")]
    assert apply_retention(home.exports, now, keep_last=3) == []


def test_retention_never_removes_what_latest_names_or_named_before(home):
    ids = fake_releases(home, [f"2026-05-{day:02}" for day in range(1, 11)])
    (home.v1 / "latest").unlink()
    (home.v1 / "latest").symlink_to(f"releases/{ids[4]}")
    log = [{"at": "2026-05-11T00:00:00Z", "action": "rollback", "release_id": ids[4], "previous": ids[8]}]
    (home.exports / "audit/publish.jsonl").write_text("".join(json.dumps(e) + "\n" for e in log))
    apply_retention(home.exports, CREATED, keep_last=1)
    # the first of its month, the target and its forerunner, what the target replaced, and the newest
    assert Layout(home.exports).release_ids() == [ids[0], ids[3], ids[4], ids[8], ids[9]]


def test_retention_keeps_what_was_latest_a_moment_ago_however_old_it_is(home):
    ids = fake_releases(home, [f"2026-05-{day:02}" for day in range(1, 11)])
    log = [
        {"at": "2026-11-19T00:00:00Z", "action": "rollback", "release_id": ids[2], "previous": ids[9]},
        {"at": "2026-11-19T01:00:00Z", "action": "publish", "release_id": ids[8], "previous": ids[2]},
        {"at": "2026-11-19T02:00:00Z", "action": "publish", "release_id": ids[9], "previous": ids[8]},
    ]
    (home.exports / "audit/publish.jsonl").write_text("".join(json.dumps(e) + "\n" for e in log))
    apply_retention(home.exports, CREATED, keep_last=1)
    assert ids[2] in Layout(home.exports).release_ids()
    apply_retention(home.exports, CREATED + timedelta(days=30), keep_last=1)
    assert ids[2] not in Layout(home.exports).release_ids()


def test_retention_removes_sealed_releases_and_the_log_says_so(home):
    ids = publish_days(home, [1, 2, 3, 4, 5])
    removed = apply_retention(home.exports, CREATED + timedelta(days=60), keep_last=2)
    assert removed == ids[1:3]
    assert Layout(home.exports).release_ids() == [ids[0], *ids[3:]] and verify(home.exports) == []
    log = [json.loads(line) for line in (home.exports / "audit/publish.jsonl").read_text().splitlines()]
    assert [e["release_id"] for e in log if e["action"] == "retention"] == removed


def test_a_torn_audit_line_swallows_nothing(home):
    home.publish()
    path = home.exports / "audit/publish.jsonl"
    path.write_bytes(path.read_bytes()[:-10])
    home.change()
    second = home.publish().release_id
    lines = path.read_text().splitlines()
    assert json.loads(lines[-1])["release_id"] == second and len(Layout(home.exports).release_ids()) == 2


def test_a_service_account_can_remove_sealed_releases():
    """Root may do anything; anybody else has to open a sealed folder first, even to rename it."""
    with tempfile.TemporaryDirectory() as folder:  # pytest's own folders are closed to other accounts
        home = Home(Path(folder))
        ids = publish_days(home, [1, 2, 3, 4])
        is_root = os.geteuid() == 0  # anybody else is such an account already
        for path in [home.folder, *home.folder.rglob("*")] if is_root else []:
            os.chown(path, 65534, 65534, follow_symlinks=False)
        child = os.fork()  # not a new interpreter: the account may have no right to run ours
        if child == 0:
            ended = 1
            with contextlib.suppress(BaseException):
                if is_root:
                    os.setgid(65534)
                    os.setuid(65534)
                apply_retention(home.exports, CREATED + timedelta(days=60), keep_last=1)
                ended = 0
            os._exit(ended)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        assert Layout(home.exports).release_ids() == [ids[0], ids[2], ids[3]]
