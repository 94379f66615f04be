"""What people and tools find in the files: read back by other readers than those that wrote or proved them."""

import csv
import hashlib
import io
import json
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import duckdb
import pandas as pd
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.errors import Refused
from orchestration.publish import export
from orchestration.publish.canonical import content_hash_sql, texts_of
from orchestration.publish.marts import Column, Mart, canonical_type
from orchestration.publish.proofs import read_csv
from tests.unit.publish_home import TYPES, Home, dbt_manifest, node

BUENOS_AIRES = "America/Argentina/Buenos_Aires"


@pytest.fixture
def home(tmp_path):
    return Home(tmp_path)


def read_rows(release, name="mart_things"):
    with (release.path / f"csv/{name}.csv").open(encoding="utf-8-sig", newline="") as file:
        return {row["thing_id"]: row for row in csv.DictReader(file)}


def test_parquet_keeps_order_types_and_instants(home):
    path = home.publish().path / "parquet/mart_things.parquet"
    table = pq.read_table(path)
    assert table["thing_id"].to_pylist() == list("abcdef")
    assert [str(f.type) for f in table.schema] == [
        "string", "string", "int64", "int32", "decimal128(18, 2)", "double", "bool", "string", "date32[day]",
        "timestamp[us, tz=UTC]"]  # fmt: skip
    assert pq.ParquetFile(path).metadata.row_group(0).column(0).compression == "ZSTD"
    rows = {r["thing_id"]: r for r in table.to_pylist()}
    assert rows["b"]["big"] == 9007199254740993 and rows["b"]["amount"] == Decimal("-0.05")
    assert rows["b"]["seen_at"] == datetime(2026, 11, 19, 23, 30, 0, 250000, tzinfo=ZoneInfo("UTC"))
    assert rows["c"]["label"] is None and rows["d"]["label"] == "" and rows["a"]["label"] == "=1+1"


def test_csv_opens_in_a_spreadsheet(home):
    data = (home.publish().path / "csv/mart_things.csv").read_bytes()
    assert data.startswith(b"\xef\xbb\xbfplatform,thing_id,") and data.endswith(b"\r\n")
    assert data.count(b"\n") == data.count(b"\r\n") == 8  # a header, six rows, and a line break inside a text
    assert 'Año ""Ñandú"", 1'.encode() in data


def test_csv_values_are_plain(home):
    rows = read_rows(home.publish())
    assert rows["b"] == {
        "platform": "photobooth", "thing_id": "b", "big": "9007199254740993", "small": "7", "amount": "-0.05",
        "share": "0.1", "is_good": "true", "label": 'Año "Ñandú", 1', "day": "2026-11-19",
        "seen_at": "2026-11-19 23:30:00"}  # fmt: skip
    assert [rows[i]["share"] for i in "adef"] == ["0.00000015", "100000000000000000000", "-2.5", "123456.789"]
    assert rows["e"]["label"] == "two\r\nlines" and rows["a"]["amount"] == "1234.50"


def test_text_that_a_spreadsheet_would_run_is_guarded_and_numbers_are_not(home):
    rows = read_rows(home.publish())
    assert rows["a"]["label"] == "'=1+1" and rows["f"]["label"] == "'  @SUM(A1)"
    assert rows["a"]["small"] == "-3" and rows["e"]["share"] == "-2.5"


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@a", "\t1", "\r1", " =1", "   \t=1", "  -a"])
def test_every_start_of_a_formula_is_guarded(home, text):
    home.con.execute("update marts.mart_things set label = ? where thing_id = 'a'", [text])
    release = home.publish()
    assert read_rows(release)["a"]["label"] == "'" + text
    assert pq.read_table(release.path / "parquet/mart_things.parquet")["label"][0].as_py() == text


@pytest.mark.parametrize("text", ["a=1", "1-2", "Mar del Plata", "'quoted'", " spaces ", "tab\tin", "é", "x,y", '"'])
def test_other_text_stays_as_it_is(home, text):
    home.con.execute("update marts.mart_things set label = ? where thing_id = 'a'", [text])
    assert read_rows(home.publish())["a"]["label"] == text


def test_nothing_and_empty_text_differ_in_the_csv(home):
    lines = (home.publish().path / "csv/mart_things.csv").read_bytes().decode("utf-8-sig").split("\r\n")
    assert "photobooth,c,,,,,,,," in lines
    assert any(line.startswith("photobooth,d,") and ',"",' in line for line in lines)


def test_pandas_reads_the_csv(home):
    frame = pd.read_csv(home.publish().path / "csv/mart_things.csv")
    assert frame.columns[0] == "platform" and len(frame) == 6
    assert frame["amount"].sum() == pytest.approx(1334.45) and frame["label"][1] == 'Año "Ñandú", 1'


def test_instants_are_wall_time_of_the_reporting_zone_with_utc_beside_it(home):
    home.built("b1", zone=BUENOS_AIRES)
    row = read_rows(home.publish())["b"]
    assert (row["seen_at"], row["seen_at_utc"]) == ("2026-11-19 20:30:00", "2026-11-19 23:30:00")
    assert row["day"] == "2026-11-19"  # a reporting day is a day already


def test_the_hour_that_a_clock_change_repeats_is_told_apart_by_utc(home):
    home.built("b1", zone="Europe/Berlin")
    rows = read_rows(home.publish())
    assert rows["e"]["seen_at"] == rows["f"]["seen_at"] == "2026-10-25 02:30:00"
    assert (rows["e"]["seen_at_utc"], rows["f"]["seen_at_utc"]) == ("2026-10-25 00:30:00", "2026-10-25 01:30:00")


def test_the_zone_of_the_server_changes_no_byte(home, tmp_path):
    first = home.publish()
    (tmp_path / "other").mkdir()
    other = Home(tmp_path / "other")
    other.con.execute("set TimeZone = 'Asia/Kolkata'")
    second = other.publish()
    for name in ("mart_things", "mart_days"):
        for file in (f"csv/{name}.csv", f"parquet/{name}.parquet"):
            assert (first.path / file).read_bytes() == (second.path / file).read_bytes()


def test_a_utc_column_that_is_there_already_is_refused(home):
    home.con.execute("alter table marts.mart_days add column seen_at timestamptz")
    home.con.execute("alter table marts.mart_days add column seen_at_utc timestamptz")
    columns = {"day": "date", "things_count": "bigint", "seen_at": "timestamptz", "seen_at_utc": "timestamptz"}
    home.write_dbt(dbt_manifest(node("mart_days", "day", columns)))
    home.built("b1", zone=BUENOS_AIRES)
    with pytest.raises(Refused, match="seen_at_utc would be in its CSV twice"):
        home.publish()


def test_a_mart_beyond_the_cap_has_parquet_and_a_note_instead_of_csv(home):
    release = home.publish(csv_row_cap=5)
    assert release.notes == (
        "mart_things has 6 rows, more than the 5 that are written as CSV for spreadsheets."
        " Use parquet/mart_things.parquet, which holds all of them.",
        "thing_log has 6 rows, more than the 5 that are written as CSV for spreadsheets."
        " Set MARTLET_EXPORT_MONTHS=324 to have the newest 324 calendar months (5 rows).",
    )
    assert not (release.path / "csv/mart_things.csv").exists()
    assert (release.path / "csv/mart_things.too-large.txt").read_text().strip() == release.notes[0]
    assert (release.path / "csv/mart_days.csv").exists()


def test_an_empty_mart_has_files_with_a_header_only(home):
    home.con.execute("delete from marts.mart_things")
    release = home.publish()
    assert read_rows(release) == {} and pq.read_table(release.path / "parquet/mart_things.parquet").num_rows == 0


def test_the_datapackage_describes_every_file_of_a_mart(home):
    home.built("b1", zone=BUENOS_AIRES)
    release = home.publish()
    package = json.loads((release.path / "datapackage.json").read_text())
    by_name = {r["name"]: r for r in package["resources"]}
    marts = {f"mart_{m}.{f}" for m in ("things", "days") for f in ("parquet", "csv")}
    assert set(by_name) == marts | {"thing_log.csv"}
    things = by_name["mart_things.csv"]
    assert things["schema"]["primaryKey"] == ["platform", "thing_id"] and things["encoding"] == "utf-8"
    fields = {f["name"]: f for f in things["schema"]["fields"]}
    assert list(fields) == list(next(iter(read_rows(release).values())))
    assert fields["amount"] == {"name": "amount", "type": "number", "description": "The amount."}
    assert fields["seen_at"]["description"] == f"The seen_at. (wall time, {BUENOS_AIRES})"
    assert fields["seen_at_utc"]["description"] == "The seen_at. (wall time, UTC)"
    for resource in package["resources"]:
        data = (release.path / resource["path"]).read_bytes()
        assert (resource["bytes"], resource["hash"]) == (len(data), "sha256:" + hashlib.sha256(data).hexdigest())


# --- content hash ----------------------------------------------------------------------------------------------------


def by_hand(rows, types):
    """The definition in canonical.py, written once more with pandas' neighbours: plain Python over the Parquet file."""

    def text(value, kind):
        if kind == "date":
            return str((value - datetime(1970, 1, 1).date()).days)
        if kind == "timestamptz":
            return str(round(value.timestamp() * 1_000_000))
        if kind == "double":
            return format(value, ".17g")
        return str(value).lower() if kind == "boolean" else f"{value:f}" if isinstance(value, Decimal) else str(value)

    digest = hashlib.sha256()
    for row in rows:
        cells = ["-" if row[c] is None else f"{len(text(row[c], types[c]).encode())}:{text(row[c], types[c])}"
                 for c in sorted(types)]  # fmt: skip
        digest.update(hashlib.md5("".join(cells).encode()).hexdigest().encode())
    return digest.hexdigest()


def test_the_manifest_counts_the_nulls_of_every_column_and_names_units_and_days(home):
    things = dbt_manifest()
    declared = things["nodes"]["model.martlet.mart_things"]["columns"]
    declared["thing_id"]["constraints"] = [{"type": "not_null"}]
    home.write_dbt(things)
    home.publish()
    marts = home.manifest()["marts"]
    columns = {c["name"]: c for c in marts["mart_things"]["columns"]}
    rows = pd.read_parquet(home.v1 / "latest" / "parquet" / "mart_things.parquet")
    assert {name: c["nulls"] for name, c in columns.items()} == rows.isna().sum().to_dict()
    assert [name for name, c in columns.items() if not c["nullable"]] == ["thing_id"]
    assert marts["mart_things"]["dates"] is None  # its key has no day
    assert marts["mart_days"]["dates"] == ["2026-11-19", "2026-11-19"]
    assert {c["name"]: c["unit"] for c in marts["mart_days"]["columns"]} == {"day": None, "things_count": "count"}


def test_the_content_hash_is_what_its_definition_says(home):
    release = home.publish()
    rows = pq.read_table(release.path / "parquet/mart_things.parquet").to_pylist()
    rows.sort(key=lambda r: (r["platform"], r["thing_id"]))
    assert home.manifest()["marts"]["mart_things"]["content_hash"] == by_hand(rows, TYPES)


def test_the_content_hash_tells_apart_what_looks_alike():
    con = duckdb.connect()
    columns = [Column("a", "VARCHAR"), Column("b", "VARCHAR")]
    values = ["('x', null)", "('x', '')", "(null, 'x')", "('x', '-')", "('', 'x')", "('xy', 'z')", "('x', 'yz')"]
    hashes = {content_hash_sql(con, f"(values {v}) t(a, b)", texts_of(columns), "a") for v in values}
    assert len(hashes) == len(values)


def test_the_content_hash_does_not_depend_on_the_order_of_columns_but_on_that_of_keys():
    con = duckdb.connect()
    columns = [Column("a", "BIGINT"), Column("b", "BIGINT")]
    one = content_hash_sql(con, "(values (1, 2), (3, 4)) t(a, b)", texts_of(columns), "a")
    other = content_hash_sql(con, "(values (4, 3), (2, 1)) t(b, a)", texts_of(columns[::-1]), "a")
    assert one == other != content_hash_sql(con, "(values (1, 2), (3, 4)) t(a, b)", texts_of(columns), "a desc")


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("timestamp with time zone", "TIMESTAMPTZ"), ("numeric(18, 2)", "DECIMAL(18,2)"), ("text", "VARCHAR"),
        ("int8", "BIGINT"), ("Decimal(18,6)", "DECIMAL(18,6)"), ("varchar", "VARCHAR"), ("bool", "BOOLEAN"),
    ],
)  # fmt: skip
def test_types_have_one_spelling(said, meant):
    assert canonical_type(said) == meant


def test_wide_decimals_and_extreme_dates_survive_both_engines(home):
    """Scale above 6 (Arrow would write an exponent), sums beyond 64 bits, the year 10000, -0.0."""
    home.con.execute(
        "create or replace table marts.mart_days as select date '10000-01-01' as day, 9223372036854775807::bigint as n,"
        " 0.0000000001::decimal(38,10) as d, -0.0::double as z, timestamptz '10000-01-01 00:00:00+00' as t"
        " union all select date '0001-01-01', 9223372036854775807, -123456789.0000000001, 0.1,"
        " timestamptz '0001-01-01 00:00:00+00'"
    )
    columns = {"day": "date", "n": "bigint", "d": "decimal(38,10)", "z": "double", "t": "timestamptz"}
    home.write_dbt(dbt_manifest(node("mart_days", "day", columns)))
    home.publish()
    assert home.manifest()["marts"]["mart_days"]["control_totals"] == {
        "n": "18446744073709551614", "d": "-123456789.0000000000"}  # fmt: skip


def test_a_csv_with_another_header_is_not_ours(tmp_path):
    path = tmp_path / "x.csv"
    path.write_bytes(b"\xef\xbb\xbfa,b\r\n1,2\r\n")
    assert read_csv(["a", "b"], [], path).rows == 1
    with pytest.raises(Refused, match="header"):
        read_csv(["a", "c"], [], path)


@given(
    st.lists(st.lists(st.text(alphabet='a,"\n\r ', max_size=6), min_size=2, max_size=2), max_size=8), st.integers(1, 9)
)
def test_line_ends_become_those_of_spreadsheets_and_texts_stay(rows, chunk):
    written, turned = io.StringIO(), io.BytesIO()
    csv.writer(written, lineterminator="\n", quoting=csv.QUOTE_ALL).writerows(rows)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(export, "_CHUNK", chunk)
        export._with_crlf(io.BytesIO(written.getvalue().encode()), turned)
    expected = io.StringIO()
    csv.writer(expected, lineterminator="\r\n", quoting=csv.QUOTE_ALL).writerows(rows)
    assert turned.getvalue() == expected.getvalue().encode()


@pytest.mark.parametrize(
    ("order", "expected"),
    [("a, b", ""), ("b, a", "order by"), ("a, b desc", "order by"), ("a desc, b", "order by")],
)
def test_rows_that_lie_in_order_are_not_sorted_again(order, expected):
    with duckdb.connect() as con:
        con.execute("create schema marts")
        con.execute(
            f"create table marts.mart_pairs as select (i // 500)::integer as a, (i % 500)::integer as b"
            f" from range(150000) t(i) order by {order}"
        )
        columns = tuple(Column(name, "INTEGER") for name in ("a", "b"))
        mart = Mart("mart_pairs", "", ("a", "b"), columns)
        assert export.in_order(con, mart, 150_000)[:8] == expected


def test_rows_of_the_csv_lie_in_the_order_of_numbers_not_of_their_texts(tmp_path):
    with duckdb.connect() as con:
        con.execute("create schema marts; create table marts.mart_weeks as from (values (10), (9), (100)) t(week)")
        mart = Mart("mart_weeks", "", ("week",), (Column("week", "INTEGER"),))
        order = export.in_order(con, mart, 3)
        export.write_csv(con, mart, export.csv_columns(mart, "UTC"), order, tmp_path / "weeks.csv")
    assert (tmp_path / "weeks.csv").read_text("utf-8-sig").split() == ["week", "9", "10", "100"]
