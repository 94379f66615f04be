"""What a user agent says: the specific name before the generic one that it repeats, and programs before all."""

from __future__ import annotations

import duckdb
import pytest

from orchestration.extract.catalog import catalog

MOZILLA = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)"
AGENTS = {
    f"{MOZILLA} Chrome/120.0 Safari/537.36": ("desktop", "Chrome"),
    f"{MOZILLA} Chrome/120.0 Safari/537.36 Edg/120.0": ("desktop", "Edge"),
    f"{MOZILLA} Chrome/120.0 Safari/537.36 OPR/106.0": ("desktop", "Opera"),
    f"{MOZILLA} HeadlessChrome/120.0 Safari/537.36": ("automated", "automated"),
    "Mozilla/5.0 (Linux; Android 10; K) Chrome/120.0.0.0 Mobile Safari/537.36 EdgA/120.0": ("mobile", "Edge"),
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_1) Version/17.1 Mobile/15E148 Safari/604.1": ("mobile", "Safari"),
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_1) CriOS/120.0 Mobile/15E148 Safari/604.1": ("mobile", "Chrome"),
    "Mozilla/5.0 (iPad; CPU OS 17_1 like Mac OS X) FxiOS/120.0 Mobile/15E148 Safari/605.1": ("tablet", "Firefox"),
    "Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0": ("desktop", "Firefox"),
    "Mozilla/5.0 (compatible; Googlebot/2.1)": ("automated", "automated"),
    "python-requests/2.31.0": ("automated", "automated"),
    "Go-http-client/2.0": ("automated", "automated"),
    "curl/8.5.0": ("automated", "automated"),
    "something new": ("desktop", "other"),
    " ": (None, None),
    None: (None, None),
}


@pytest.mark.parametrize("table", ["api_usage", "activity_logs", "user_sessions"])
def test_a_user_agent_tells_device_and_browser(table: str) -> None:
    columns = {column.name: column.expr for column in catalog()["marketing_engine"].tables[table].columns}
    device, browser = columns["agent_device"], columns["agent_browser"]
    for agent, expected in AGENTS.items():
        query = f"select {device}, {browser} from (select ?::varchar as user_agent)"
        assert duckdb.execute(query, [agent]).fetchall() == [expected], agent
