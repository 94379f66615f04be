"""Readers while `latest` moves: one that resolves it once and stays in that folder never meets a missing or mixed file.

A reader that asks for `latest/...` anew for every file may meet two releases; that is not promised.
"""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from orchestration.publish.layout import Layout
from orchestration.publish.retention import apply_retention
from orchestration.publish.verify import verify
from tests.unit.publish_home import CREATED, Home

ROOT = Path(__file__).resolve().parents[2]
SWAPS = 200

# Reads until its standard input ends, then tells what it saw. Every file of the pinned release is read by a reader's means.
READER = """
import csv, hashlib, json, select, sys, time
from pathlib import Path
import pyarrow.parquet as pq

root, by_link = Path(sys.argv[1]), sys.argv[2] == "link"
reads, bad, seen = 0, [], []
while not select.select([sys.stdin], [], [], 0)[0]:
    if by_link:
        folder = (root / "latest").resolve()
    else:
        folder = root / json.loads((root / "latest.json").read_text())["path"]
    try:
        manifest = json.loads((folder / "manifest.json").read_text())
        if manifest["release_id"] != folder.name:
            bad.append(f"{folder.name} says that it is {manifest['release_id']}")
        amounts = set()
        for entry in manifest["files"]:
            file = folder / entry["path"]
            if hashlib.sha256(file.read_bytes()).hexdigest() != entry["sha256"]:
                bad.append(f"{file} is not what its manifest says")
            if entry["path"] == "parquet/mart_things.parquet":
                rows = pq.read_table(file).to_pylist()
                amounts.add(str({row["thing_id"]: row["amount"] for row in rows}["a"]))
            if entry["path"] == "csv/mart_things.csv":
                with file.open(encoding="utf-8-sig", newline="") as lines:
                    rows = list(csv.DictReader(lines))
                amounts.add({row["thing_id"]: row["amount"] for row in rows}["a"])
            if "rows" in entry and entry["path"].endswith(("mart_things.parquet", "mart_things.csv")) and len(rows) != entry["rows"]:
                bad.append(f"{file} has {len(rows)} rows")
        if len(amounts) != 1:
            bad.append(f"{folder.name} mixes {amounts}")
    except (OSError, ValueError) as error:
        bad.append(repr(error))
    reads += 1
    if not seen or seen[-1] != folder.name:
        seen.append(folder.name)
        print("saw", flush=True)
    time.sleep(0.01)
print(json.dumps({"reads": reads, "bad": bad, "seen": seen}), flush=True)
"""


def test_pinned_readers_see_whole_releases_through_200_swaps(tmp_path: Path) -> None:
    """One reader follows the link, one latest.json; every hour a release, and retention removes what may go."""
    home = Home(tmp_path)
    home.publish(created=CREATED, documents=None)
    command = [sys.executable, "-c", READER, str(home.v1)]
    readers = [
        subprocess.Popen([*command, how], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for how in ("link", "json")
    ]
    for reader in readers:  # each is reading before the first swap
        assert reader.stdout is not None and reader.stdout.readline() == "saw\n"
    removed: list[str] = []
    for swap in range(1, SWAPS + 1):
        home.change(f"{swap}.25")
        moment = CREATED + timedelta(hours=swap)
        assert home.publish(created=moment, documents=None).is_new
        if swap % 20 == 0:
            removed += apply_retention(home.exports, moment)
    reports = []
    for reader in readers:
        out, _ = reader.communicate("")
        reports.append(json.loads(out.splitlines()[-1]))
        assert reader.returncode == 0
    for report in reports:
        assert report["bad"] == []
        assert (
            len(set(report["seen"])) == len(report["seen"]) > 20
        )  # each release is met once: `latest` never went back
        assert report["seen"] == sorted(report["seen"])
    assert len(removed) > 20
    assert verify(home.exports) == []


def test_a_reader_keeps_its_release_for_a_week_of_swaps_and_a_pinned_one_for_ever(tmp_path: Path) -> None:
    """What retention promises somebody who resolved `latest` and still reads: seven days since it was `latest`."""
    home = Home(tmp_path)
    home.publish(created=CREATED)  # stays as the first of its month
    home.change("1.25")
    held = home.publish(created=CREATED + timedelta(hours=1)).release_id
    home.change("2.25")
    pinned = home.publish(created=CREATED + timedelta(hours=2)).release_id
    (home.v1 / "PINNED").write_text(f"{pinned}  # a report refers to it\n")
    end = CREATED + timedelta(hours=2)
    for swap in range(1, 41):
        moment = end + timedelta(days=7) * swap / 20
        home.change(f"3.{swap:02}")
        home.publish(created=moment)
        apply_retention(home.exports, moment)
        assert (held in Layout(home.exports).release_ids()) is (moment <= end + timedelta(days=7)), swap
        assert pinned in Layout(home.exports).release_ids()


@pytest.mark.long
@pytest.mark.parametrize("again", range(5))
def test_pinned_readers_through_a_thousand_swaps(tmp_path: Path, again: int) -> None:
    test_pinned_readers_see_whole_releases_through_200_swaps(tmp_path)
