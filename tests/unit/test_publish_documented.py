"""The documented exports: what their files hold, and that what is personal is found under exports-restricted/ alone."""

import csv
import json
import os
from datetime import date, timedelta

import duckdb
import pytest

from orchestration.errors import Refused, WrongUsage
from orchestration.extract.catalog import catalog
from orchestration.publish.build import PublishSettings
from orchestration.publish.documented import documents, first_day
from orchestration.publish.layout import Layout
from orchestration.publish.release import has_whole_release
from orchestration.publish.retention import apply_retention, sweep
from orchestration.publish.rollback import rollback
from orchestration.publish.verify import verify
from orchestration.settings import Settings
from tests.unit.publish_home import CREATED, NICKNAMES, Home, dbt_manifest, node

BUENOS_AIRES = "America/Argentina/Buenos_Aires"
# as the document has them
HEADERS = {
    "partner_list": "ID,Name,Email,Credits Total,Credits Used,Event Count,Active Status,Created Date",
    "transaction_log": "Date,Actor,Action Type,Amount,Description",
    "event_list": "Event ID,Name,Slug,Partner,Client,Credits Allocated,Credits Used,Generations Count,Created Date",
    "generation_stats": "Generation ID,Event,User,Style,Timestamp,Status",
    "style_usage": "Style ID,Name,Category,Usage Count,Last Used",
}


@pytest.fixture
def home(tmp_path):
    return Home(tmp_path)


def read(folder, name):
    with (folder / f"csv/{name}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def things(home, release_id="latest"):
    return {row[0]: row[1] for row in read(home.restricted / release_id, "thing_list")[1:]}


# --- documented.yml --------------------------------------------------------------------------------------------------


def test_columns_and_their_order_are_those_of_the_document():
    wanted = documents().exports
    assert {name: ",".join(entry.columns) for name, entry in wanted.items()} == HEADERS
    assert {entry.requirement for entry in wanted.values()} == {f"S0-{n}" for n in range(51, 56)}


def test_names_are_restricted_columns_and_only_the_two_lists_of_people_and_events_hold_them():
    system = catalog()[documents().system]
    for name, entry in documents().exports.items():
        assert entry.is_restricted == (name in {"partner_list", "event_list"})
        for table, names in entry.names.items():
            assert system.tables[table].key == ["id"]
            assert set(names.columns) <= {column.name for column in system.tables[table].restricted}


@pytest.mark.parametrize(
    ("months", "day"),
    [(1, "2026-11-01"), (11, "2026-01-01"), (12, "2025-12-01"), (23, "2025-01-01"), (24, "2024-12-01")],
)
def test_a_cut_keeps_whole_calendar_months(months, day):
    assert first_day(date(2026, 11, 19), months) == date.fromisoformat(day)


def test_months_are_a_setting(tmp_path):
    assert Settings.from_env({"MARTLET_HOME": str(tmp_path), "MARTLET_EXPORT_MONTHS": "12"}).export_months == 12
    assert Settings.from_env({"MARTLET_HOME": str(tmp_path)}).export_months is None
    for wrong in ("0", "-1", "a year"):
        with pytest.raises(WrongUsage, match="MARTLET_EXPORT_MONTHS"):
            Settings.from_env({"MARTLET_HOME": str(tmp_path), "MARTLET_EXPORT_MONTHS": wrong})


def test_a_stable_contract_is_a_setting(tmp_path):
    home = {"MARTLET_HOME": str(tmp_path)}
    assert PublishSettings.of(Settings.from_env(home | {"MARTLET_CONTRACT_STABLE": "true"})).contract_stable
    assert not PublishSettings.of(Settings.from_env(home)).contract_stable
    with pytest.raises(WrongUsage, match="MARTLET_CONTRACT_STABLE='yes' is neither true nor false"):
        Settings.from_env(home | {"MARTLET_CONTRACT_STABLE": "yes"})


# --- the files -------------------------------------------------------------------------------------------------------


def test_a_public_export_has_its_columns_alone_in_its_own_order(home):
    home.built("b1", zone=BUENOS_AIRES)
    data = (home.publish().path / "csv/thing_log.csv").read_bytes()
    assert data.startswith(b"\xef\xbb\xbfThing ID,Seen,Amount,Status\r\n") and data.count(b"\n") == data.count(b"\r\n")
    rows = read(home.v1 / "latest", "thing_log")[1:]
    assert [row[0] for row in rows] == ["d", "a", "e", "f", "b", "c"]  # by time; no time comes last
    assert rows[4] == ["b", "2026-11-19 20:30:00", "-0.05", "made"]  # wall time, and no second column in UTC
    entry = home.manifest()["exports"]["thing_log"]
    assert (entry["rows"], entry["requirement"], entry["models"]) == (6, "S0-54", ["mart_things"])
    assert [(c["name"], c["type"]) for c in entry["columns"]][1:3] == [
        ("Seen", "TIMESTAMPTZ"),
        ("Amount", "DECIMAL(18,2)"),
    ]
    assert home.manifest()["restricted"] == ["thing_list"] and "thing_list" not in home.manifest()["exports"]


def test_names_come_from_the_restricted_file_and_formulas_among_them_are_guarded(home):
    home.publish()
    assert read(home.restricted / "latest", "thing_list") == [
        ["ID", "Name", "Is Good"], ["a", "'=canary()", "bad"], ["b", "Señor Canary", "good"], ["c", "", "bad"],
        ["d", "canary, the second", "good"], ["e", "two\r\nlines", "good"]]  # fmt: skip
    manifest = json.loads((home.restricted / "latest/manifest.json").read_text())
    assert manifest["release_id"] == home.latest() and manifest["exports"]["thing_list"]["rows"] == 5
    assert [entry["path"] for entry in manifest["files"]] == ["csv/thing_list.csv", "datapackage.json"]


def test_only_the_owner_can_open_what_is_restricted(home):
    before = os.umask(0o002)
    try:
        home.publish()
    finally:
        os.umask(before)
    root = home.folder / "exports-restricted"
    paths = [root, *(path for path in root.rglob("*") if not path.is_symlink())]
    assert {(path.is_dir(), path.stat().st_mode & 0o777) for path in paths} == {(True, 0o700), (False, 0o600)}


def test_names_are_nowhere_else(home):
    release = home.publish()
    home.con.execute("checkpoint")
    home.con.close()
    held = {"exports-restricted", "restricted"}
    files = [path for path in home.folder.rglob("*") if path.is_file() and not path.is_symlink()]
    assert {path.relative_to(home.folder).parts[0] for path in files} >= {"exports", "warehouse.duckdb", *held}
    hits = {path.relative_to(home.folder).parts[0] for path in files if b"anary" in path.read_bytes()}
    assert hits == held
    assert not any("anary" in note for note in release.notes)


@pytest.mark.parametrize("loss", ["file", "table", "column", "damage"])
def test_missing_names_are_empty_and_a_note_says_why(home, loss):
    file = home.folder / "restricted/photobooth.duckdb"
    if loss == "file":
        file.unlink()
    elif loss == "damage":
        file.write_bytes(b"no database" * 1000)
    else:
        with duckdb.connect(str(file)) as con:
            con.execute("drop table things" if loss == "table" else "alter table things drop column nickname")
    release = home.publish()
    assert things(home)["b"] == 'Año "Ñandú", 1'  # what the warehouse knows
    assert release.notes == (
        "thing_list: names and e-mails of things are empty, because restricted/photobooth.duckdb doesn't hold them."
        " The next load of photobooth writes it.",
    )
    home.name(NICKNAMES)
    assert home.publish().is_new and things(home)["b"] == "Señor Canary"


def test_other_names_alone_are_news_and_the_same_ones_are_not(home):
    first = home.publish()
    assert not home.publish(created=CREATED + timedelta(hours=1)).is_new
    home.name({**NICKNAMES, "b": "Señora Canary"})
    second = home.publish(created=CREATED + timedelta(hours=1))
    assert (
        second.is_new
        and things(home)["b"] == "Señora Canary"
        and things(home, f"releases/{first.release_id}")["b"] != things(home)["b"]
    )
    assert second.restricted == home.restricted / "releases" / second.release_id


def test_an_export_beyond_the_cap_says_so_and_how_many_months_fit(home):
    release = home.publish(csv_row_cap=5)
    note = (release.path / "csv/thing_log.too-large.txt").read_text().strip()
    assert note.endswith("Set MARTLET_EXPORT_MONTHS=324 to have the newest 324 calendar months (5 rows).")
    assert not (release.path / "csv/thing_log.csv").exists() and note in release.notes
    assert not home.publish(csv_row_cap=5).is_new
    cut = home.publish(csv_row_cap=5, export_months=11)
    assert cut.is_new and [row[0] for row in read(cut.path, "thing_log")[1:]] == ["a", "e", "f", "b"]
    home.con.execute("update marts.mart_things set day = date '2026-11-01'")
    assert "Not even the newest month alone would fit." in " ".join(home.publish(csv_row_cap=5, export_months=1).notes)
    assert verify(home.exports) == []


def test_an_export_of_a_model_that_is_not_there_is_refused(home):
    home.write_dbt(dbt_manifest(node("mart_days", "day", {"day": "date", "things_count": "bigint"})))
    with pytest.raises(Refused, match="export thing_log reads model mart_things, which dbt doesn't have"):
        home.publish(documents=home.documents)
    assert not (home.v1 / "latest").exists() and not list(home.restricted.glob("*"))


# --- in step ---------------------------------------------------------------------------------------------------------


def publish_days(home, days):
    ids = []
    for day in days:
        home.built(f"b{day}", day=f"2026-11-{day:02}")
        home.change(str(day))
        ids.append(home.publish(created=CREATED.replace(day=day) + timedelta(days=1)).release_id)
    return ids


def restricted_ids(home):
    return Layout(home.exports).restricted.release_ids()


def test_rollback_moves_both_roots_and_checks_both(home):
    first, second = publish_days(home, [18, 19])
    rollback(home.exports, first, CREATED)
    assert home.latest(home.restricted) == first and verify(home.exports) == []
    file = home.restricted / "releases" / second / "csv/thing_list.csv"
    file.write_bytes(file.read_bytes().replace(b"Se", b"se"))
    with pytest.raises(Refused, match="exports-restricted/v1/releases/.*/csv/thing_list.csv: was altered"):
        rollback(home.exports, second, CREATED)
    assert home.latest() == home.latest(home.restricted) == first


def test_retention_removes_both(home):
    ids = publish_days(home, [1, 2, 3, 4, 5])
    assert restricted_ids(home) == ids
    apply_retention(home.exports, CREATED + timedelta(days=60), keep_last=2)
    assert restricted_ids(home) == Layout(home.exports).release_ids() == [ids[0], *ids[3:]]


def test_a_release_without_a_restricted_part_has_no_restricted_latest(home):
    """As releases from before there were documented exports."""
    old = home.publish(documents=None).release_id
    new = home.publish(created=CREATED + timedelta(hours=1)).release_id
    assert home.latest(home.restricted) == new
    rollback(home.exports, old, CREATED)
    assert not (home.restricted / "latest").is_symlink() and not (home.restricted / "latest.json").exists()
    assert verify(home.exports) == [] and restricted_ids(home) == [new]
    rollback(home.exports, new, CREATED)
    assert home.latest(home.restricted) == new and verify(home.exports) == []


def test_a_lost_restricted_part_is_found_and_published_again(home):
    release = home.publish()
    assert has_whole_release(home.settings)
    layout = Layout(home.exports).restricted
    (layout.release(release.release_id) / "csv/thing_list.csv").unlink()
    assert [str(p) for p in verify(home.exports)] == [
        f"exports-restricted/v1/releases/{release.release_id}/csv/thing_list.csv: is missing"]  # fmt: skip
    assert not has_whole_release(home.settings)
    layout.release(release.release_id).rename(home.folder / "elsewhere")
    assert f"exports-restricted/v1/releases/{release.release_id}: is missing" in [str(p) for p in verify(home.exports)]
    again = home.publish(created=CREATED + timedelta(hours=1))
    assert again.is_new and things(home)["b"] == "Señor Canary"


def test_verify_finds_what_is_open_to_others_or_out_of_step(home):
    first, second = publish_days(home, [18, 19])
    (home.restricted / "releases" / second / "csv").chmod(0o755)
    (home.folder / "exports-restricted").chmod(0o711)
    said = {str(problem) for problem in verify(home.exports)}
    assert said == {
        f"exports-restricted/v1/releases/{second}/csv: can be opened by others than its owner",
        "exports-restricted: can be opened by others than its owner",
    }
    (home.restricted / "releases" / second / "csv").chmod(0o700)
    (home.folder / "exports-restricted").chmod(0o700)
    (home.restricted / "latest").unlink()
    (home.restricted / "latest").symlink_to(f"releases/{first}")
    (home.restricted / "releases" / "2026-01-01--20260102T000000Z").mkdir()
    said = {str(problem) for problem in verify(home.exports)}
    assert f"exports-restricted/v1/latest: isn't what the public one is, {second}" in said
    assert "exports-restricted/v1/releases/2026-01-01--20260102T000000Z: is of no public release" in said
    assert sweep(home.exports) == [
        "exports-restricted/2026-01-01--20260102T000000Z", "exports-restricted/latest"]  # fmt: skip
    assert verify(home.exports) == []
