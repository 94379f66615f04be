"""The suites at the two borders find planted faults, say so in words, and hold no value of a row."""

import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
import yaml

from expectations import CheckResult, list_checks, run_suites
from expectations.profile import condition
from expectations.suites import mart_suites, raw_suites
from orchestration.extract.catalog import catalog
from orchestration.extract.meta import create_schemas, raw_relation

SYSTEMS = ["photobooth"]
READ_AT = "2026-11-20 02:00:00+00"
CANARY = "canary@example.org"


@pytest.fixture
def con():
    """Typed, empty raw tables of photobooth, each loaded once."""
    con = duckdb.connect()
    con.execute("set TimeZone = 'UTC'")
    create_schemas(con, [catalog()["photobooth"]])
    for table in catalog()["photobooth"].tables:
        load(con, table)
    con.execute("create schema marts")
    return con


def load(con, table, load_id=1, read=100, quarantined=0, duplicates=0, system="photobooth"):
    con.execute(
        "insert into meta.loads by name select ? load_id, ? as system, ? table_name, ?::timestamptz as_of,"
        " ? rows_read, ? rows_quarantined, ? duplicate_keys",
        [load_id, system, table, READ_AT, read, quarantined, duplicates],
    )


def insert(con, table, **columns):
    names, values = ", ".join(columns), ", ".join(columns.values())
    con.execute(f"insert into raw_photobooth.{table} ({names}) select {values}")


def failures(results: list[CheckResult]) -> dict[tuple[str, str], CheckResult]:
    return {(r.asset, r.check_name): r for r in results if not r.success}


def suite_file(folder: Path, border: str, content: dict) -> Path:
    name = (content.get("table") or content.get("mart", "none")).replace(".", "__")
    path = folder / border / f"{name}.yml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.safe_dump(content))
    return folder


@pytest.mark.parametrize("system", sorted(catalog()))
def test_empty_tables_of_a_fresh_deployment_are_no_failure(con, system):
    create_schemas(con, [catalog()[system]])
    for table in catalog()[system].tables:
        load(con, table, system=system)
    assert failures(run_suites(con, "raw", [system])) == {}


def test_every_check_that_is_listed_is_made_in_the_same_order(con):
    for border in ("raw", "marts"):
        made = [(r.asset, r.check_name, r.severity) for r in run_suites(con, border, SYSTEMS)]
        assert made == [c[:3] for c in list_checks(border, SYSTEMS)]
        assert len({m[:2] for m in made}) == len(made)


def test_every_catalog_table_has_a_written_suite():
    assert set(raw_suites()) == {t.full_name for system in catalog().values() for t in system.tables.values()}


# one row each, that breaks at least the expectation named
PLANTED = [
    ("profiles", "role_is_known", "warning", "role", {"role": "'emperor'"}),
    ("profiles", "nobody_refers_themselves", "warning", "referred_by", {"id": "same", "referred_by": "same"}),
    ("partners", "bought_credits_are_not_negative", "critical", "credits_total", {"credits_total": "-1"}),
    ("partners", "allocated_credits_are_not_negative", "critical", "credits_used", {"credits_used": "-1"}),
    ("clients", "client_belongs_to_a_partner", "critical", "partner_id", {"partner_id": "null"}),
    ("events", "budget_is_not_negative", "critical", "credits_allocated", {"credits_allocated": "-5"}),
    ("events", "event_ends_after_its_start", "warning", "end_date",
     {"start_date": "'2026-02-02 00:00:00+00'", "end_date": "'2026-02-01 00:00:00+00'"}),
    ("events", "creation_is_not_in_the_future", "warning", "created_at", {"created_at": "'2026-11-22 02:00:00+00'"}),
    ("generations", "photo_is_direct_or_of_an_event", "warning", "user_id",
     {"user_id": "uuid()", "event_id": "uuid()"}),
    ("wallet_transactions", "amount_is_unsigned", "critical", "amount", {"amount": "-100"}),
    ("payment_notifications", "amount_is_not_negative", "critical", "amount",
     {"amount": "-0.01", "status": "'approved'"}),
    ("payment_notifications", "only_approved_payments", "critical", "status", {"status": "'pending'"}),
    ("generation_attempts", "refund_is_within_the_charge", "warning", "credits_refunded",
     {"credits_charged": "1", "credits_refunded": "2"}),
    ("activity_logs", "cost_is_not_negative", "critical", "api_cost", {"api_cost": "-0.000001"}),
    ("partner_contracts", "currency_is_a_code", "warning", "currency", {"currency": "'usd'"}),
    ("uptime_checks", "component_is_known", "warning", "component", {"component": "'printer'"}),
]  # fmt: skip


def test_a_planted_fault_is_found_with_its_rows_table_and_column(con):
    for table, _, _, _, row in PLANTED:
        names, values = ", ".join(row), ", ".join(row.values())
        con.execute(f"insert into raw_photobooth.{table} ({names}) select {values} from (select uuid() as same)")
    found = failures(run_suites(con, "raw", SYSTEMS))
    for table, check, severity, column, _ in PLANTED:
        result = found[(f"photobooth.{table}", check)]
        assert (result.severity, result.failing_rows) == (severity, 1), check
        assert f"photobooth.{table}" in result.message and column in result.message and "1 row of " in result.message
        query = result.message.split("Look at: ")[1]
        assert len(con.execute(query).fetchall()) == 1  # what a person is told to look at can be run as it stands


def test_traps_of_the_source_are_normal(con):
    """NULL flags, NULL roles, a payment notified twice, unlimited events, virtual partners: none is a failure."""
    insert(con, "profiles", id="uuid()", created_at=f"'{READ_AT}'")
    insert(con, "partners", id="uuid()", name="'Only the oldest label'", created_at=f"'{READ_AT}'")
    insert(con, "events", id="uuid()", credits_allocated="10", credits_used="10", created_at=f"'{READ_AT}'")
    insert(con, "generations", id="uuid()", event_id="uuid()", model_id="'suit_b'", created_at=f"'{READ_AT}'")
    payment = {"mercadopago_id_hash": "'ab'", "status": "'approved'", "amount": "4000", "user_id": "uuid()"}
    for _ in range(2):
        insert(con, "payment_notifications", id="uuid()", created_at=f"'{READ_AT}'", **payment)
    assert failures(run_suites(con, "raw", SYSTEMS)) == {}


@pytest.mark.parametrize(
    ("table", "column", "check"),
    [
        ("character_studio.characters", "post_count", "counters_are_numbers"),
        ("character_studio.characters", "liked_count", "counters_are_numbers"),
        ("media_vault.user_activity_logs", "item_count", "count_is_a_number"),
    ],
)
def test_a_count_kept_as_text_is_told_of_unless_it_is_a_whole_number(con, table, column, check):
    system = table.partition(".")[0]
    create_schemas(con, [catalog()[system]])
    for name in catalog()[system].tables:
        load(con, name, system=system)
    texts = ["12", " 12 ", "12.0", "1e3", None, "", "many", "1,000", "12.5", "99999999999999999999"]
    con.execute(f"insert into raw_{table} by name select unnest(?::varchar[]) as {column}", [texts])
    assert failures(run_suites(con, "raw", [system]))[(table, check)].failing_rows == 5


def test_a_share_may_fail_up_to_its_limit(con):
    insert_many = (
        "insert into raw_photobooth.generations (event_id, style_id, created_at)"
        f" select uuid(), ?, timestamptz '{READ_AT}' from range(?)"
    )
    con.execute(insert_many, ["suit_b", 95])
    con.execute(insert_many, [None, 5])
    check = ("photobooth.generations", "style_is_known")
    results = {(r.asset, r.check_name): r for r in run_suites(con, "raw", SYSTEMS)}
    assert results[check].success and results[check].failing_rows == 5
    con.execute(insert_many, [None, 1])
    failed = failures(run_suites(con, "raw", SYSTEMS))[check]
    assert failed.failing_rows == 6 and "6 rows of 101" in failed.message and "5.0%" in failed.message


def test_a_condition_may_be_about_rows_since_the_newest_read(con, tmp_path):
    con.execute(
        "insert into raw_photobooth.events (id, created_at, credits_used) select uuid(), timestamptz"
        f" '{READ_AT}' - interval (n) day, -1 from range(10) t(n)"
    )
    rule = {"name": "new", "column": "credits_used", "failing": "credits_used < 0", "severity": "warning",
            "only_rows": "created_at > _read_at - interval 3 day", "reason": "Only rows of late."}  # fmt: skip
    suite_file(tmp_path, "raw", {"table": "photobooth.events", "expectations": [rule]})
    found = failures(run_suites(con, "raw", SYSTEMS, tmp_path))[("photobooth.events", "new")]
    assert found.failing_rows == 3 and "3 rows of 3" in found.message


def test_a_number_that_is_none_fails_an_expectation_of_its_column_wherever_a_source_can_hold_one(con):
    numbers = [
        (table, c.name)
        for system in catalog().values()
        for table in system.tables.values()
        for c in table.landed
        if c.duckdb_type == "DOUBLE"
    ]
    assert len(numbers) > 10
    create_schemas(con, catalog().values())
    for table, column in numbers:
        raw = raw_relation(table)
        con.execute(f"insert into {raw} ({column}) values ('nan'), ('inf'), ('-inf')")
        asked = [e for e in raw_suites()[table.full_name].expectations if column in e.column]
        found = [con.execute(f"select count(*) from {raw} where {condition(e, None)}").fetchone() for e in asked]
        assert (3,) in found, (table.full_name, column)
        con.execute(f"delete from {raw}")


def test_the_newest_load_decides_about_duplicates_and_quarantine(con):
    load(con, "events", load_id=2, read=100, quarantined=2, duplicates=3)
    con.execute(
        "insert into meta.quarantine by name select 'photobooth' as system, 'events' as table_name, * from"
        " (values (1, 'mended_since'), (2, 'end_date'), (2, 'start_date')) t(load_id, column_name)"
    )
    found = failures(run_suites(con, "raw", SYSTEMS))
    assert found[("photobooth.events", "no_duplicate_keys")].failing_rows == 3
    quarantine = found[("photobooth.events", "quarantine_within_limit")]
    assert (
        quarantine.failing_rows == 2
        and "events: column end_date, start_date: 2 rows beside 0 good ones" in quarantine.message
        and "1.0%" in quarantine.message
    )
    load(con, "events", load_id=3, read=3, quarantined=1)  # one bad row among three that were read, but of a hundred
    con.execute("insert into raw_photobooth.events (id, created_at) select uuid(), ? from range(99)", [READ_AT])
    assert failures(run_suites(con, "raw", SYSTEMS)) == {}


def test_an_absent_raw_table_fails_clearly(con):
    con.execute("drop table raw_photobooth.events")
    found = failures(run_suites(con, "raw", SYSTEMS))
    assert {asset for asset, _ in found} == {"photobooth.events"}
    assert "not in the warehouse" in found[("photobooth.events", "is_loaded")].message
    assert "could not be checked" in found[("photobooth.events", "budget_is_not_negative")].message


def test_a_table_without_a_load_fails_unless_it_is_optional(con):
    con.execute("delete from meta.loads where table_name in ('events', 'uptime_checks')")
    assert list(failures(run_suites(con, "raw", SYSTEMS))) == [("photobooth.events", "is_loaded")]


def test_a_condition_that_duckdb_refuses_fails_alone_and_quotes_no_value(con, tmp_path):
    insert(con, "events", event_type=f"'{CANARY}'")
    suite_file(tmp_path, "raw", {"table": "photobooth.events", "expectations": [
        {"name": "broken", "column": "event_type", "failing": "event_type::int > 1", "severity": "critical",
         "reason": "Casts a text."},
        {"name": "fine", "column": "event_type", "failing": "event_type is not null", "severity": "warning",
         "reason": "Counts one row."}]})  # fmt: skip
    results = run_suites(con, "raw", SYSTEMS, tmp_path)
    found = failures(results)
    assert found[("photobooth.events", "broken")].failing_rows is None
    assert found[("photobooth.events", "fine")].failing_rows == 1
    assert CANARY not in repr(results)


# --- marts -----------------------------------------------------------------------------------------------------------

MART = {"mart": "mart_people", "expectations": [
    {"name": "share_is_a_share", "column": "share", "failing": "share < 0 or share > 1", "severity": "critical",
     "reason": "It's a share."},
    {"name": "name_is_there", "column": "name", "failing": "name is null", "severity": "warning",
     "reason": "Somebody reads it."},
    {"name": "part_is_within_whole", "column": ["whole", "part"], "failing": "part > whole", "severity": "critical",
     "reason": "A part is smaller than its whole."},
    {"name": "enough_rows", "min_rows": 2, "severity": "warning", "reason": "One row is too few."}]}  # fmt: skip


def test_marts_faults_are_found_with_their_rows_and_without_their_values(con, tmp_path):
    con.execute("create table marts.mart_people (name varchar, share double, part integer, whole decimal(18,2))")
    con.execute(f"insert into marts.mart_people values ('{CANARY}', 1.5, 3, 2), (null, -1, 1, 2), ('b', null, 1, 1)")
    results = run_suites(con, "marts", SYSTEMS, suite_file(tmp_path, "marts", MART))
    assert [(r.check_name, r.success, r.failing_rows) for r in results] == [
        ("has_rows", True, None), ("share_is_a_share", False, 2), ("name_is_there", False, 1),
        ("part_is_within_whole", False, 1), ("enough_rows", True, 0)]  # fmt: skip
    share = results[1]
    assert "mart_people: column share: 2 rows of 3 break `share_is_a_share`" in share.message
    assert len(con.execute(share.message.split("Look at: ")[1]).fetchall()) == 2
    assert share.column_name == "share" and results[3].column_name == "whole, part"
    assert CANARY not in repr(results) and "1.5" not in repr(results)


def test_a_condition_limits_the_rows_that_an_expectation_and_its_share_are_about(con, tmp_path):
    con.execute(
        "create table marts.mart_people as from (values ('a', null), (null, 1), (null, null), ('b', null)) t(name, share)"
    )
    rule = {"name": "who_has_no_share_has_a_name", "column": "name", "failing": "name is null",
            "only_rows": "share is null", "severity": "critical", "reason": "Somebody reads it."}  # fmt: skip
    suite_file(tmp_path, "marts", {"mart": "mart_people", "expectations": [rule]})
    found = failures(run_suites(con, "marts", SYSTEMS, tmp_path))[("mart_people", rule["name"])]
    assert found.failing_rows == 1 and "1 row of 3" in found.message
    assert len(con.execute(found.message.split("Look at: ")[1]).fetchall()) == 1
    for share, holds in ((0.34, True), (0.33, False)):  # 1 of 3, though 1 of 4 rows
        suite = {"mart": "mart_people", "expectations": [{**rule, "max_failing_share": share}]}
        folder = suite_file(tmp_path / str(share), "marts", suite)
        assert run_suites(con, "marts", SYSTEMS, folder)[1].success == holds


def test_an_empty_mart_fails_unless_its_suite_allows_it(con, tmp_path):
    con.execute("create table marts.mart_people (name varchar, share double, part integer, whole integer)")
    results = run_suites(con, "marts", SYSTEMS, suite_file(tmp_path, "marts", MART))
    assert [r.check_name for r in results if not r.success] == ["has_rows", "enough_rows"]
    assert "0 rows" in results[0].message and "0 rows, `enough_rows` wants at least 2" in results[4].message
    allowed = suite_file(tmp_path / "b", "marts", {**MART, "may_be_empty": True})
    assert run_suites(con, "marts", SYSTEMS, allowed)[0].success
    unfed = run_suites(con, "marts", SYSTEMS, tmp_path, unfed={"mart_people"})
    assert all(result.success for result in unfed) and "enough_rows" not in {result.check_name for result in unfed}


def test_an_absent_mart_or_column_fails_clearly(con, tmp_path):
    suite_file(tmp_path, "marts", MART)
    results = run_suites(con, "marts", SYSTEMS, tmp_path)
    assert not any(r.success for r in results)
    assert "mart_people: the mart is not in the warehouse" in results[0].message
    con.execute("create table marts.mart_people as select 'a' as name, 0.5::double as share, 1 as part")
    found = failures(run_suites(con, "marts", SYSTEMS, tmp_path))
    assert (
        "could not be checked: DuckDB raises BinderException" in found[("mart_people", "part_is_within_whole")].message
    )
    assert ("mart_people", "share_is_a_share") not in found


def test_a_column_of_another_type_fails_and_quotes_no_value(con, tmp_path):
    con.execute(f"create table marts.mart_people as select '{CANARY}' as name, name as share, 1 as part, 1 as whole")
    results = run_suites(con, "marts", SYSTEMS, suite_file(tmp_path, "marts", MART))
    assert not results[1].success and CANARY not in repr(results)


# --- suites as data --------------------------------------------------------------------------------------------------

RAW = {"name": "n", "column": "credits_used", "failing": "false", "severity": "critical", "reason": "A good reason."}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"colum": "x"}, "colum"),
        ({"severity": "fatal"}, "severity"),
        ({"column": "credits_spent"}, "credits_spent"),
        ({"max_failing": 1, "max_failing_share": 0.1}, "not both"),
        ({"max_failing": -1}, "max_failing"),
        ({"column": []}, "give failing and column, or min_rows"),
        ({"min_rows": 1}, "give failing and column, or min_rows"),
        ({"name": "Not A Name"}, "name"),
        ({"name": "is_loaded"}, "is_loaded"),
        ({"reason": ""}, "reason"),
    ],
)
def test_a_typo_in_a_raw_suite_is_refused(tmp_path, change, said):
    suite_file(tmp_path, "raw", {"table": "photobooth.events", "expectations": [{**RAW, **change}]})
    with pytest.raises(ValueError, match=said):
        raw_suites(tmp_path)


def test_an_unknown_table_a_wrong_file_name_and_a_name_used_twice_are_refused(tmp_path):
    with pytest.raises(ValueError, match="not in the catalog"):
        raw_suites(suite_file(tmp_path / "a", "raw", {"table": "photobooth.evnts", "expectations": []}))
    folder = suite_file(tmp_path / "b", "raw", {"table": "photobooth.events", "expectations": []})
    (folder / "raw/photobooth__events.yml").rename(folder / "raw/events.yml")
    with pytest.raises(ValueError, match="name it photobooth__events.yml"):
        raw_suites(folder)
    with pytest.raises(ValueError, match="n is there twice"):
        raw_suites(suite_file(tmp_path / "c", "raw", {"table": "photobooth.events", "expectations": [RAW, RAW]}))


def test_a_typo_in_a_marts_suite_is_refused(tmp_path):
    wrong = {"mart": "mart_people", "expectations": [{**MART["expectations"][0], "fail": "x"}]}
    with pytest.raises(ValueError, match="fail"):
        mart_suites(suite_file(tmp_path, "marts", wrong))


def test_every_mart_has_a_suite_whose_conditions_fit_its_model(con):
    """Each condition is asked of an empty table with the columns and types of the contract."""
    models = {}
    for path in (Path(__file__).parents[2] / "dbt_project/models/marts").rglob("mart_*.yml"):
        for model in yaml.safe_load(path.read_text())["models"]:
            models[model["name"]] = {column["name"]: column["data_type"] for column in model["columns"]}
    assert set(mart_suites()) == set(models)
    for mart, suite in mart_suites().items():
        assert {c for e in suite.expectations for c in e.column} <= models[mart].keys(), mart
        con.execute(f"create table marts.{mart} ({', '.join(f'{name} {kind}' for name, kind in models[mart].items())})")
    assert not [r.message for r in run_suites(con, "marts", SYSTEMS) if "could not be checked" in r.message]


def test_listing_checks_does_not_import_great_expectations():
    code = (
        "import expectations, sys; expectations.list_checks('raw', ['photobooth']);"
        "expectations.list_checks('marts', []); assert not {'great_expectations', 'pandas'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
