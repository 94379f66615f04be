"""What a source URL may hold and what an error about it may show. Real servers: tests/integration/."""

import duckdb
import pytest

from orchestration.errors import WrongUsage
from orchestration.extract.sources import attach, redact, secrets_of


def test_parameters_that_may_be_secrets_are_refused_by_name() -> None:
    with duckdb.connect() as con, pytest.raises(WrongUsage) as caught:
        attach(con, "photobooth", "postgresql://u:pw@127.0.0.1:1/db?sslpassword=HUNTER2")
    assert "sslpassword" in str(caught.value) and "HUNTER2" not in str(caught.value)


def test_a_password_is_redacted_in_every_form() -> None:
    url = "postgresql://u:p%40ss%20w%2F@h/db"
    text = redact(f"{url} p@ss w/ p%40ss+w%2F p%40ss%20w%2F", secrets_of(url))
    assert "ss" not in text.replace("***", "").replace("postgresql", "")
