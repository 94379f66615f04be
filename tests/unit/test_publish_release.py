"""A release is complete, proved and immutable, or it isn't there."""

import json
import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from orchestration.errors import Refused, Unavailable
from orchestration.publish import export, proofs
from orchestration.publish.build import BuildInfo
from orchestration.publish.layout import Layout, sha256_of
from orchestration.publish.release import STEPS, latest_release, publish
from orchestration.publish.retention import sweep
from orchestration.publish.verify import verify
from tests.unit.publish_home import CREATED, TYPES, Home, dbt_manifest, node

FIRST = "2026-11-19--20261120T020000Z"


@pytest.fixture
def home(tmp_path):
    return Home(tmp_path)


def test_a_release_is_found_through_latest_and_names_its_build(home):
    heard = []
    release = home.publish(on_step=heard.append)
    assert (release.release_id, release.is_new, release.previous_release) == (FIRST, True, None)
    assert release.rows == {"mart_things": 6, "mart_days": 1}
    assert tuple(heard) == STEPS
    assert home.latest() == FIRST == json.loads((home.v1 / "latest.json").read_text())["release_id"]
    assert (home.v1 / "latest/parquet/mart_things.parquet").is_file()
    manifest = home.manifest()
    expected = {
        "format_version": 1, "contract_version": "v1", "release_id": FIRST, "as_of": "2026-11-20T00:00:00Z",
        "data_interval": {"start": "2026-01-01T00:00:00Z", "end": "2026-11-20T00:00:00Z"}, "build_id": "b1",
        "reporting_timezone": "UTC", "created_at": "2026-11-20T02:00:00Z", "code_version": "abc",
        "dbt_invocation_id": "inv-1", "pseudonym_key_id": "demo", "previous_release": None,
    }  # fmt: skip
    assert {k: manifest[k] for k in expected} == expected
    assert manifest["tool_versions"]["dbt-core"] == "1.11.16"
    assert manifest["loads"][0]["rows_read"] == 10
    assert manifest["waivers"] == [{"table": "photobooth.events", "waived": "shrunk: 3 rows"}]
    assert manifest["gates"]["summary"]["marts"] == {"checks": 1, "passed": 1, "warnings": 0}
    things = manifest["marts"]["mart_things"]
    assert things["key"] == ["platform", "thing_id"]
    # by hand: 9007199254740993 + 1 + 0 + 2 + 3, and -0.05 + 1234.50 + 0 + 99.99 + 0.01
    assert things["control_totals"] == {"big": "9007199254740999", "small": "14", "amount": "1334.45"}
    for entry in manifest["files"]:
        file = release.path / entry["path"]
        assert (file.stat().st_size, sha256_of(file)) == (entry["bytes"], entry["sha256"])
    recorded = home.con.execute("select release_id, build_id, kind, manifest_sha256 from meta.publishes").fetchall()
    assert recorded == [(FIRST, "b1", "publish", sha256_of(release.path / "manifest.json"))]
    assert verify(home.exports) == []


def test_a_release_is_read_only(home):
    path = home.publish().path
    assert {oct(p.stat().st_mode & 0o777) for p in path.rglob("*") if p.is_file()} == {"0o444"}
    assert {oct(p.stat().st_mode & 0o777) for p in [path, path / "csv", path / "parquet"]} == {"0o555"}


def test_the_same_content_publishes_nothing_new(home):
    first = home.publish()
    home.built("b2")
    again = home.publish(created=CREATED + timedelta(hours=1))
    assert (again.release_id, again.is_new, again.rows) == (first.release_id, False, first.rows)
    assert len(list((home.v1 / "releases").iterdir())) == 1
    assert home.con.execute("select count(*) from meta.publishes").fetchall() == [(1,)]
    assert len((home.exports / "audit/publish.jsonl").read_text().splitlines()) == 1


def test_row_order_in_the_warehouse_is_no_change(home):
    first = home.publish()
    home.con.execute("create or replace table marts.mart_things as from marts.mart_things order by thing_id desc")
    assert home.publish().release_id == first.release_id


def test_changed_data_or_a_later_day_publishes_again(home):
    home.publish()
    home.con.execute("update marts.mart_things set amount = 10 where thing_id = 'a'")
    home.con.execute("delete from marts.mart_things where thing_id in ('b', 'c')")
    home.con.execute("insert into marts.mart_things (platform, thing_id) values ('photobooth', 'z')")
    second = home.publish(created=CREATED + timedelta(hours=1))
    assert second.is_new and second.previous_release == FIRST
    changes = home.manifest()["marts"]["mart_things"]["changes"]
    assert changes == {"compared_with": FIRST, "added": 1, "removed": 2, "changed": 1}
    home.built("b2", day="2026-11-20")
    third = home.publish(created=CREATED + timedelta(days=1))
    assert third.is_new and third.release_id == "2026-11-20--20261121T020000Z"
    assert Layout(home.exports).release_ids() == [FIRST, second.release_id, third.release_id]


def test_two_builds_within_a_second_have_two_ids_in_order(home):
    first = home.publish().release_id
    home.change()
    assert home.publish().release_id == f"{first}-2"
    for number in range(3, 11):
        (home.v1 / "releases" / f"{first}-{number}").mkdir()
    layout = Layout(home.exports)
    assert layout.new_id(CREATED.date() - timedelta(days=1), CREATED) == f"{first}-11"
    assert layout.release_ids() == [first, *(f"{first}-{n}" for n in range(2, 11))]


def test_an_earlier_day_than_the_latest_is_refused(home):
    home.publish()
    home.built("b0", day="2026-11-18")
    with pytest.raises(Refused, match=f"still {FIRST}, which is later"):
        home.publish()


def test_a_reader_that_resolved_latest_once_stays_consistent(home):
    home.publish()
    pinned = (home.v1 / "latest").resolve()
    before = {p: p.read_bytes() for p in pinned.rglob("*") if p.is_file()}
    for amount in range(3):
        home.change(str(amount))
        home.publish()
    assert {p: p.read_bytes() for p in pinned.rglob("*") if p.is_file()} == before


def test_latest_release_gives_what_a_run_wants_to_know(home):
    assert latest_release(home.settings) is None
    published = home.publish()
    assert latest_release(home.settings) == replace(published, is_new=False)


# --- refusals --------------------------------------------------------------------------------------------------------


def refused(home, match):
    """Publishing is refused with these words, `latest` and its release stay, nothing is left behind."""
    before = home.latest() if (home.v1 / "latest").is_symlink() else None
    with pytest.raises(Refused, match=match) as caught:
        home.publish(created=CREATED + timedelta(hours=5))
    assert (home.latest() if before else None) == before
    left = [p.name for p in home.v1.glob(".*")] if home.v1.exists() else []
    assert left == [] and len(Layout(home.exports).release_ids()) == (1 if before else 0)
    return str(caught.value)


def test_a_build_without_a_record_of_each_gate_is_refused(home):
    home.publish()
    home.change()
    home.con.execute("delete from meta.gate_records where gate = 'marts'")
    assert f"`latest` is still {FIRST}" in refused(home, "Build b1 has no record of gate marts")
    home.con.execute("delete from meta.gate_records")
    refused(home, "no record of gate raw, dbt, marts")


def test_records_of_another_build_do_not_count(home):
    home.con.execute("update meta.build set build_id = 'b2'")
    refused(home, "Build b2 has no record")


def test_a_build_that_the_warehouse_has_left_behind_is_refused(home):
    old = BuildInfo.from_warehouse(home.con, created_at=CREATED, code_version="abc", pseudonym_key_id="demo")
    home.built("b2")
    with pytest.raises(Refused, match="holds build b2, not b1"):
        publish(home.con, home.settings, old)


def test_a_failed_critical_check_is_refused_with_check_asset_column_and_rows(home):
    home.publish()
    home.change()
    home.gate("raw", check="budget_is_not_negative", success=False, column="credits_allocated", rows=3, message="No.")
    said = refused(home, "1 check failed")
    assert "gate raw, photobooth.events column credits_allocated, budget_is_not_negative, 3 rows: No." in said


def test_a_check_without_a_verdict_or_of_unknown_severity_blocks(home):
    home.gate("dbt", check="unsure", success=None, severity="error")
    refused(home, "unsure")


def test_a_failed_warning_is_published_and_listed(home):
    home.gate("raw", check="odd", success=False, severity="warning", rows=2)
    home.publish()
    manifest = home.manifest()
    assert manifest["gates"]["summary"]["raw"] == {"checks": 2, "passed": 1, "warnings": 1}
    assert any(r["check_name"] == "odd" and r["failing_rows"] == 2 for r in manifest["gates"]["results"])


@pytest.mark.parametrize("value", ["'nan'::double", "'inf'::double", "'-inf'::double"])
def test_nan_and_infinity_are_refused(home, value):
    home.con.execute(f"update marts.mart_things set share = {value} where thing_id = 'a'")
    refused(home, "mart_things: column `share` is NaN or infinite in 1 rows")


@pytest.mark.parametrize("type_", ["hugeint", "decimal(18,3)", "timestamp", "float", "uuid", "varchar[]", "time"])
def test_a_type_outside_the_short_list_or_other_than_declared_is_refused(home, type_):
    home.con.execute("alter table marts.mart_days drop things_count")
    home.con.execute(f"alter table marts.mart_days add column things_count {type_}")
    refused(home, "mart_days: column `things_count` is ")


def test_a_key_that_is_not_unique_is_refused(home):
    home.con.execute("insert into marts.mart_days select * from marts.mart_days")
    refused(home, r"mart_days: its key \(day\) is not unique: 1 keys")


def test_models_and_warehouse_must_agree(home):
    home.write_dbt(dbt_manifest(node("mart_things", ["thing_id"], {**TYPES, "gone": "varchar"})))
    refused(home, "declared column gone is not in the warehouse")
    home.write_dbt(dbt_manifest(node("mart_things", ["thing_id"], {k: v for k, v in TYPES.items() if k != "day"})))
    refused(home, "column `day` has no declared type")
    home.write_dbt(dbt_manifest(node("mart_nothing", ["x"], {"x": "bigint"})))
    refused(home, "mart_nothing: dbt knows this mart, but it is not in the warehouse")
    home.write_dbt(dbt_manifest(node("mart_days", "dey", {"day": "date", "things_count": "bigint"})))
    refused(home, "meta.grain must list the key columns")
    home.write_dbt(dbt_manifest(node("fct_things", "x", {}, schema="facts")))
    refused(home, "nothing to publish")


# --- a file that isn't what the warehouse says -----------------------------------------------------------------------


def spoil(monkeypatch, function, change):
    """Let a writer do its work, then change the file before it is proved."""
    original = getattr(export, function)

    def writer(con, mart, *args):
        original(con, mart, *args)
        if mart.name == "mart_things":
            change(con, args[-1])

    monkeypatch.setattr(export, function, writer)


@pytest.mark.parametrize(
    ("select", "said"),
    [
        ("select * from marts.mart_things order by thing_id limit 5", "holds 5 rows"),
        ("select * replace (amount + 1 as amount) from marts.mart_things order by thing_id", "`amount` adds up to"),
        ("select * replace (upper(label) as label) from marts.mart_things order by thing_id", "some value"),
        ("select * from marts.mart_things order by thing_id desc", "order of the rows"),
        ("select * replace (big::double as big) from marts.mart_things order by thing_id", "types differ"),
    ],
)
def test_a_parquet_file_that_differs_is_refused(home, monkeypatch, select, said):
    home.publish()
    home.change()
    spoil(monkeypatch, "write_parquet", lambda con, path: con.execute(f"copy ({select}) to '{path}' (format parquet)"))
    refused(home, said)


def test_a_damaged_file_is_refused(home, monkeypatch):
    with monkeypatch.context() as patch:
        spoil(patch, "write_parquet", lambda con, path: path.write_bytes(path.read_bytes()[:-20]))
        refused(home, "can't be read back")
    spoil(monkeypatch, "write_csv", lambda con, path: path.write_bytes(path.read_bytes().partition(b"photobooth,b")[0]))
    refused(home, "mart_things.csv holds")


def test_a_csv_with_another_number_is_refused(home, monkeypatch):
    def forge(con, path):
        path.write_bytes(path.read_bytes().replace(b"1234.50", b"1234.51"))

    spoil(monkeypatch, "write_csv", forge)
    refused(home, "`amount` adds up to")


def test_proofs_are_made_by_another_engine_than_the_one_that_wrote():
    assert "duckdb" not in proofs.ArrowReader.__module__ and proofs.pq.__name__.startswith("pyarrow")


# --- schema ----------------------------------------------------------------------------------------------------------


DAYS = node("mart_days", "day", {"day": "date", "things_count": "bigint"})


def rename_column(home, days=DAYS):
    home.con.execute("alter table marts.mart_things rename small to tiny")
    types = {"tiny" if k == "small" else k: v for k, v in TYPES.items()}
    home.write_dbt(dbt_manifest(node("mart_things", ["platform", "thing_id"], types), days))


def test_schema_changes_are_reported(home):
    assert "The first release" in (home.publish().path / "SCHEMA_DIFF.md").read_text()
    rename_column(home)
    release = home.publish()
    report = (release.path / "SCHEMA_DIFF.md").read_text()
    assert "dropped: mart_things.small (INTEGER); new column `tiny` looks like its new name **breaking**" in report
    assert [(c["kind"], c["column"], c["is_breaking"]) for c in home.manifest()["schema_diff"]] == [
        ("column_dropped", "small", True), ("column_added", "tiny", False)]  # fmt: skip
    # rows are compared over the columns that both have: none changed
    assert home.manifest()["marts"]["mart_things"]["changes"]["changed"] == 0


def test_a_stable_contract_refuses_what_breaks_a_reader_and_lets_additions_pass(home):
    home.publish(contract_stable=True)
    home.con.execute("alter table marts.mart_days add column extra varchar")
    with_extra = node("mart_days", "day", {"day": "date", "things_count": "bigint", "extra": "varchar"})
    things = node("mart_things", ["platform", "thing_id"], TYPES)
    home.write_dbt(dbt_manifest(things, with_extra))
    assert home.publish(contract_stable=True).is_new
    latest = home.latest()
    rename_column(home, with_extra)
    with pytest.raises(Refused, match="column dropped: mart_things.small") as caught:
        home.publish(contract_stable=True)
    assert "looks like its new name" in str(caught.value) and home.latest() == latest
    home.con.execute("alter table marts.mart_things rename tiny to small")
    home.con.execute("alter table marts.mart_things alter amount type decimal(18,3)")
    retyped = node("mart_things", ["platform", "thing_id"], {**TYPES, "amount": "decimal(18,3)"})
    home.write_dbt(dbt_manifest(retyped, with_extra))
    with pytest.raises(Refused, match=r"column retyped: mart_things.amount \(DECIMAL\(18,2\) -> DECIMAL\(18,3\)\)"):
        home.publish(contract_stable=True)
    home.write_dbt(dbt_manifest(with_extra))
    with pytest.raises(Refused, match="mart dropped: mart_things"):
        home.publish(contract_stable=True)


# --- disk ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("step", ["staged", "parquet_written", "described", "renamed", "link_written"])
def test_a_disk_that_fails_leaves_latest_and_no_leftovers(home, step):
    home.publish()
    home.change()

    def full(name):
        if name == step:
            raise OSError(28, "No space left on device")

    with pytest.raises(Unavailable, match="No space left on device") as caught:
        home.publish(on_step=full)
    assert f"`latest` is still {FIRST}" in str(caught.value)
    assert not list(home.v1.glob(".staging*")) and Layout(home.exports).release_ids() == [FIRST]
    assert home.publish().is_new and verify(home.exports) == []


def test_too_little_free_space_is_said_before_writing(home, monkeypatch):
    home.publish()
    home.change()
    usage = type("Usage", (), {"free": 10})
    monkeypatch.setattr("shutil.disk_usage", lambda path: usage)
    with pytest.raises(Unavailable, match="lacks space: 10 bytes are free"):
        home.publish()


def test_a_previous_release_whose_files_are_damaged_is_replaced_though_nothing_changed(home):
    release = home.publish()
    os.truncate(release.path / "csv/mart_days.csv", 3)
    again = home.publish()
    assert again.is_new and verify(home.exports, again.release_id) == []


def test_a_damaged_previous_file_leaves_only_the_comparison_out(home):
    release = home.publish()
    home.change()
    file = release.path / "parquet/mart_things.parquet"
    file.write_bytes(b"PAR1" + b"\0" * 50)
    assert home.publish().is_new
    assert home.manifest()["marts"]["mart_things"]["changes"] is None


def test_an_instant_without_a_zone_is_a_mistake_of_the_caller(home):
    with pytest.raises(ValueError, match="time zone"):
        home.publish(created=datetime(2026, 11, 20, 2))
    assert sweep(home.exports) == [] and home.publish(created=datetime(2026, 11, 20, 2, tzinfo=UTC)).is_new
