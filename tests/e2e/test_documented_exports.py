"""The five documented exports of a real release: what pandas makes of them, and that they say what the source says.

In a spreadsheet: tests/browser/test_spreadsheet.py. How they are written and kept: tests/unit/test_publish_documented.py.
"""

from __future__ import annotations

import re
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from orchestration.publish.documented import documents
from tests.e2e.conftest import Deployment

TEXT, WHOLE, NUMBER, TIME = "str", "int64", "float64", "datetime64"
KINDS = {
    "partner_list": [TEXT, TEXT, TEXT, WHOLE, WHOLE, WHOLE, TEXT, TIME],
    "transaction_log": [TIME, TEXT, TEXT, NUMBER, TEXT],
    "event_list": [TEXT, TEXT, TEXT, TEXT, TEXT, WHOLE, WHOLE, WHOLE, TIME],
    "generation_stats": [TEXT, TEXT, TEXT, TEXT, TIME, TEXT],
    "style_usage": [TEXT, TEXT, TEXT, WHOLE, TIME],
}


def file_of(deployment: Deployment, name: str) -> Path:
    root = "exports-restricted" if documents().exports[name].is_restricted else "exports"
    return deployment.home / root / "v1" / "latest" / "csv" / f"{name}.csv"


def read(deployment: Deployment, name: str) -> pd.DataFrame:
    times = [i for i, kind in enumerate(KINDS[name]) if kind == TIME]
    return pd.read_csv(file_of(deployment, name), parse_dates=times)


def source(deployment: Deployment, query: str) -> pd.DataFrame:
    with duckdb.connect(str(deployment.source), read_only=True) as con:
        con.execute("set TimeZone = 'UTC'")
        return con.execute(query).df()


@pytest.mark.parametrize("name", KINDS)
def test_pandas_reads_the_documented_columns_with_their_types(published: Deployment, name: str) -> None:
    frame = read(published, name)
    assert list(frame.columns) == list(documents().exports[name].columns) and len(frame)
    kinds = [
        next((kind for kind in (TEXT, WHOLE, NUMBER, TIME) if str(t).startswith(kind)), str(t)) for t in frame.dtypes
    ]
    assert kinds == KINDS[name]


def test_partners_have_the_names_and_addresses_of_the_source(published: Deployment) -> None:
    listed = read(published, "partner_list").set_index("ID")
    real = source(published, "select id::varchar as id, contact_email, credits_total from public.partners").set_index(
        "id"
    )
    assert set(real.index) <= set(listed.index)
    assert (listed.loc[real.index, "Email"] == real["contact_email"]).all()
    assert (listed.loc[real.index, "Credits Total"] == real["credits_total"]).all()
    virtual = listed.drop(real.index)
    profiles = source(published, "select id::varchar as id, email, full_name from public.profiles").set_index("id")
    assert len(virtual) and (virtual["Email"] == profiles.loc[virtual.index, "email"]).all()
    assert (virtual["Name"] == profiles.loc[virtual.index, "full_name"]).all()
    assert set(listed["Active Status"]) <= {"active", "inactive"}


def test_events_have_the_names_of_the_source(published: Deployment) -> None:
    listed = read(published, "event_list").set_index("Event ID")
    events = source(
        published,
        "select e.id::varchar as id, event_name, event_slug, c.name as client from public.events e"
        " left join public.clients c on c.id = e.client_id where e.created_at < timestamptz '2025-02-15 00:00:00+00'",
    ).set_index("id")
    assert set(listed.index) == set(events.index)
    for column, theirs in {"Name": "event_name", "Slug": "event_slug", "Client": "client"}.items():
        assert (listed[column].fillna("") == events.loc[listed.index, theirs].fillna("")).all(), column
    assert listed["Client"].notna().any()


def test_the_exports_add_up_with_one_another(published: Deployment) -> None:
    photos, events = read(published, "generation_stats"), read(published, "event_list").set_index("Event ID")
    count = source(
        published,
        "select count(*) as n from public.generations where created_at < timestamptz '2025-02-15 00:00:00+00'",
    )
    assert (photos["Status"] == "success").sum() == count["n"][0] and photos["Generation ID"].is_unique
    assert (events["Generations Count"] == photos["Event"].value_counts().reindex(events.index, fill_value=0)).all()
    styles = read(published, "style_usage").set_index("Style ID")
    used = photos.loc[photos["Status"] == "success", "Style"].value_counts()
    assert (styles["Usage Count"] == used.reindex(styles.index, fill_value=0)).all()
    log = read(published, "transaction_log")
    paid = source(
        published,
        "select sum(amount)::double as n from (from public.payment_notifications where created_at < timestamptz '2025-02-15 00:00:00+00'"
        " qualify row_number() over (partition by mercadopago_id order by created_at, id) = 1)",
    )
    payments = log[(log["Action Type"] == "payment") & log["Description"].str.endswith("Amount in ARS.")]
    assert payments["Amount"].sum() == pytest.approx(paid["n"][0])


def test_no_address_is_in_a_public_or_common_file(published: Deployment) -> None:
    address = re.compile(rb"@example\.(com|org|net)", re.IGNORECASE)
    closed = {"restricted", "exports-restricted"}
    places = [path for path in published.home.rglob("*") if path.is_file() and not path.is_symlink()]
    found = {path.relative_to(published.home).parts[0] for path in places if address.search(path.read_bytes())}
    assert found == closed
