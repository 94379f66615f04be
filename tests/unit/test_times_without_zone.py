"""A source whose times have no zone: they hold UTC, wherever Martlet runs and however days are cut."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from orchestration.extract.catalog import catalog
from tests.loading import Home, table_load
from tests.sources import HandWritten


@pytest.fixture(params=["America/New_York", "Asia/Kolkata"])
def machine_zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with monkeypatch.context() as patch:
        patch.setenv("TZ", request.param)
        time.tzset()
        yield
    time.tzset()


@pytest.mark.usefixtures("machine_zone")
@pytest.mark.parametrize("keys", [False, True])
def test_the_next_load_begins_where_the_last_one_ended(tmp_path: Path, keys: bool) -> None:
    whole = catalog()["media_vault"]
    logins = whole.tables["login_events"].model_copy(update={"reread": timedelta(minutes=15)})
    system = whole.model_copy(update={"tables": {"login_events": logins}})
    source = HandWritten(tmp_path / "source.duckdb", system, keys)
    home = Home(tmp_path / "home", source.url, system)

    def load(number: int, at: str) -> tuple[int, int, list[date]]:
        source.run(f"insert into public.login_events by name select {number} as id, timestamp '{at}' as created_at")
        as_of = datetime.fromisoformat(at).replace(tzinfo=UTC) + timedelta(hours=1)
        done = home.load(as_of.date(), as_of=as_of, timezone="Europe/Berlin")
        return (
            table_load(done, "login_events").read,
            table_load(done, "login_events").new,
            home.touched(done, "login_events"),
        )

    assert load(1, "2026-03-01 12:00:00") == (1, 1, [date(2026, 3, 1)])
    assert load(2, "2026-03-01 14:00:00") == (2, 1, [date(2026, 3, 1)])
    assert load(3, "2026-03-01 23:30:00") == (2, 1, [date(2026, 3, 2)])  # the second is at the edge of its reread
    assert home.rows("select high_water from meta.loads order by load_id")[-1][0] == datetime(
        2026, 3, 1, 23, 30, tzinfo=UTC
    )
    home.close()
