"""No secret is written or shown anywhere: the source's password and the pseudonym key, on success and on every failure.

Looked through: what the command printed, every file of the home, the arguments of every process, and what the UI answers.
"""

from __future__ import annotations

import base64
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import quote, quote_plus, urlsplit, urlunsplit

import duckdb
import psycopg
import pytest
import requests

import simulator
from tests.conftest import PostgresServer
from tests.e2e.conftest import KEY, ROOT, WarmDeployment
from tests.faults.conftest import NEXT, night_after

PASSWORD = "canary pa/ss:w@rd%'4711"
WRONG = "canary wr/ng:w@rd%'4712"


def forms(secret: str) -> set[str]:
    """A secret as it is, as URLs and JSON carry it, spaced out past a redacting filter, and in base64 at any offset."""
    encoded = {base64.b64encode(b"x" * n + secret.encode()).decode()[4 if n else 0 : -4] for n in range(3)}
    return {secret, quote(secret), quote(secret, safe=""), quote_plus(secret), json.dumps(secret)[1:-1],
            " ".join(secret), secret.replace("'", "''"), secret.replace("'", "\\'"), secret.encode().hex(), *encoded}  # fmt: skip


SECRETS = sorted(form for secret in (PASSWORD, WRONG, KEY) for form in forms(secret))


def found(content: bytes) -> list[str]:
    return [form for form in SECRETS if form.encode() in content]


@contextmanager
def watched_arguments() -> Iterator[list[str]]:
    """Collects, while the block runs, every argument of a process that holds a secret."""
    hits: list[str] = []
    stop = threading.Event()

    def watch() -> None:
        while not stop.wait(0.2):
            for folder in Path("/proc").iterdir():
                try:
                    content = (folder / "cmdline").read_bytes() if folder.name.isdecimal() else b""
                except OSError:  # it has just ended
                    continue
                hits.extend(found(content.replace(b"\0", b" ")))

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield hits
    finally:
        stop.set()
        watcher.join()


@pytest.fixture(scope="module")
def canary(
    postgres_server: PostgresServer, eve: WarmDeployment, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[WarmDeployment]:
    """`eve` after every kind of ending that a run can have; `outputs` of all its runs lie beside it."""
    folder = tmp_path_factory.mktemp("canary")
    with postgres_server.new_database(PASSWORD) as url, watched_arguments() as hits:
        simulator.simulate("photobooth", url, scale=0.1, until=NEXT)
        deployment = replace(eve.copy(folder), source=folder / "unused")
        shutil.rmtree(deployment.home / "dagster")  # Dagster's history is the real one, of the runs that follow
        live_through_everything(deployment, url)
        yield deployment
    assert hits == []


def live_through_everything(deployment: WarmDeployment, url: str) -> None:
    def nightly(code: int, words: str, target: str = url, kill_at: str | None = None, day: date = NEXT) -> None:
        settings = {"MARTLET_PHOTOBOOTH_URL": target, **night_after(day)}
        done = deployment.start("nightly", kill_at=kill_at, **settings).wait()
        assert done.returncode == code and words in done.stdout + done.stderr, (done.stdout, done.stderr)

    def command(words: str, code: int, said: str, target: str = url, argument: str = "") -> None:
        done = deployment.martlet(
            *words.split(), *filter(None, [argument]), MARTLET_PHOTOBOOTH_URL=target, **night_after(NEXT)
        )
        assert done.returncode == code and said in done.stdout + done.stderr, (done.stdout, done.stderr)

    nightly(1, "Connection refused", target=moved(url, port=1))
    nightly(1, "password authentication failed", target=moved(url, password=WRONG))
    nightly(2, "is not a valid PostgreSQL URL", target=f"postgresql://u:{quote(WRONG)[:-4]}%zz@host:port/db")
    nightly(-9, "rows read", kill_at="dbt dim_date")
    nightly(0, "Published")
    with psycopg.connect(url, autocommit=True) as con:
        con.execute("alter table favorites rename to likes")
        nightly(3, "public.favorites is not in the source")
        con.execute("alter table likes rename to favorites")
        con.execute(
            "create view failing as select * from generations where 1 / (length(style_id) - length(style_id)) = 1"
        )
        con.execute("alter table generations rename to kept")
        con.execute("alter view failing rename to generations")
        nightly(1, "division by zero")
        con.execute("drop view generations; alter table kept rename to generations")
        con.execute("update events set credits_allocated = -5 where id in (select id from events order by id limit 3)")
        nightly(3, "credits_allocated")
        con.execute("update events set credits_allocated = 0 where credits_allocated < 0")
        con.execute("alter table favorites alter column created_at type text")
        nightly(3, "favorites")
        con.execute("alter table favorites alter column created_at type timestamptz using created_at::timestamptz")
    command("doctor", 1, "password", moved(url, password=WRONG))
    command("simulate --system photobooth --target", 1, "password", argument=moved(url, password=WRONG))
    interrupt_one_while_another_waits(deployment, url)
    lose_the_warehouse(deployment)
    nightly(1, "martlet rebuild")
    command("rebuild", 0, "", url)
    lose_two_clients_of_the_archive(deployment)
    nightly(3, "2 rows contradict it", day=NEXT + timedelta(days=1))


def interrupt_one_while_another_waits(deployment: WarmDeployment, url: str) -> None:
    settings = {"MARTLET_PHOTOBOOTH_URL": url, **night_after(NEXT)}
    first = deployment.start("nightly", **settings)
    while "before partners" not in first.steps():
        assert first.is_running(), first.wait()
        time.sleep(0.01)
    second = deployment.start("nightly", **settings).wait()
    os.kill(first.pid, signal.SIGINT)
    assert (second.returncode, first.wait().returncode) == (4, 1)


def lose_the_warehouse(deployment: WarmDeployment) -> None:
    """Its header, as a disk may lose it."""
    with (deployment.home / "warehouse.duckdb").open("r+b") as file:
        file.write(bytes(3 * 4096))


def lose_two_clients_of_the_archive(deployment: WarmDeployment) -> None:
    """What dbt's tests find behind the raw gate."""
    file = max((deployment.home / "archive" / "photobooth" / "clients").glob("*.parquet"))
    with duckdb.connect() as con:
        con.execute(f"create table kept as from '{file}'")
        file.chmod(0o644)
        con.execute(f"copy (from kept limit (select count(*) - 2 from kept)) to '{file}' (format parquet)")


def moved(url: str, port: int | None = None, password: str = PASSWORD) -> str:
    """The URL with another port or password."""
    parts = urlsplit(url)
    return urlunsplit(
        parts._replace(netloc=f"{parts.username}:{quote(password, safe='')}@{parts.hostname}:{port or parts.port}")
    )


def test_the_search_finds_each_form() -> None:
    for secret in (PASSWORD, WRONG, KEY):
        for text in (secret, quote(secret, safe=""), " ".join(secret), json.dumps({"url": f"x:{secret}@"})):
            assert found(f"before {text} after".encode()), text
        for n in range(3):
            assert found(base64.b64encode(b"y" * n + f"{secret} and more".encode())), (secret, n)


def test_no_file_and_no_output_holds_a_secret(canary: WarmDeployment) -> None:
    files = [path for path in canary.home.parent.rglob("*") if path.is_file() and not path.is_symlink()]
    places = {path.relative_to(canary.home.parent).parts[:2] for path in files}
    for place in (("home", "dagster"), ("home", "dbt"), ("home", "archive"), ("home", "exports"), ("home", "restricted"),
                  ("home", "warehouse.duckdb"), ("output", "0")):  # fmt: skip
        assert place in places
    assert {str(path): hits for path in files if (hits := found(path.read_bytes()))} == {}


def test_the_ui_shows_no_secret(canary: WarmDeployment) -> None:
    """Every run with its logs, configuration and tags; every asset with its metadata; pages and configuration of the UI."""
    with webserver(canary) as ask:
        runs = ask("{runsOrError{... on Runs{results{runId status runConfigYaml tags{key value}}}}}")
        known = json.loads(runs)["data"]["runsOrError"]["results"]
        assert {run["status"] for run in known} == {"SUCCESS", "FAILURE"} and len(known) >= 6
        answers = {"runs": runs}
        for run in known:
            answers[run["runId"]] = ask(LOGS, id=run["runId"])
        answers["assets"] = ask(ASSETS)
        answers["instance"] = ask(
            "{instance{info runLauncher{name}} repositoriesOrError{... on RepositoryConnection{nodes{name}}}}"
        )
        answers["schema"] = ask('{runConfigSchemaOrError(selector: {pipelineName: "nightly", repositoryName: "__repository__",'
                                ' repositoryLocationName: "orchestration.definitions"}){... on RunConfigSchema{rootDefaultYaml}}}')  # fmt: skip
    assert any("password authentication failed" in text for text in answers.values())  # the logs are really in there
    assert {name: hits for name, text in answers.items() if (hits := found(text.encode()))} == {}


LOGS = """query($id: ID!){logsForRun(runId: $id){... on EventConnection{events{__typename ... on MessageEvent{message}
    ... on StepEvent{stepKey} ... on ExecutionStepFailureEvent{error{message stack causes{message}} failureMetadata{metadataEntries{label}}}
    ... on RunFailureEvent{error{message stack}}
    ... on MaterializationEvent{metadataEntries{label description ... on TextMetadataEntry{text}
        ... on PathMetadataEntry{path} ... on MarkdownMetadataEntry{mdStr} ... on JsonMetadataEntry{jsonString}}}
    ... on AssetCheckEvaluationEvent{evaluation{description metadataEntries{label}}}}}}}"""
ASSETS = """{assetNodes{assetKey{path} description configField{configType{key}} metadataEntries{label description
    ... on TextMetadataEntry{text} ... on PathMetadataEntry{path} ... on JsonMetadataEntry{jsonString}}
    requiredResources{resourceKey}}}"""


@contextmanager
def webserver(deployment: WarmDeployment):
    """Dagster's webserver over the home, and a function that asks it; its own log goes to the home, too."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    source = f"postgresql://u:{quote(PASSWORD, safe='')}@127.0.0.1:1/db"
    environment = deployment.environment | {
        "MARTLET_PHOTOBOOTH_URL": source,
        "DAGSTER_HOME": str(deployment.home / "dagster"),
        "DO_NOT_TRACK": "1",
    }
    command = [sys.executable, "-m", "dagster_webserver", "-m", "orchestration.definitions", "-h", "127.0.0.1"]
    with (deployment.home / "webserver.log").open("w") as log, watched_arguments() as hits:
        server = subprocess.Popen(
            [*command, "-p", str(port)], cwd=ROOT, env=environment, stdout=log, stderr=log, start_new_session=True
        )

        def ask(query: str, **variables: str) -> str:
            wish = {"query": query, "variables": variables}
            answer = requests.post(f"http://127.0.0.1:{port}/graphql", json=wish, timeout=60).text
            assert '"errors"' not in answer, answer
            return answer

        try:
            while True:
                assert server.poll() is None, (deployment.home / "webserver.log").read_text()
                try:
                    ask("{version}")
                    break
                except requests.ConnectionError:
                    time.sleep(0.2)
            yield ask
        finally:
            os.killpg(server.pid, signal.SIGKILL)
            server.wait()
    assert hits == []
    assert found((deployment.home / "webserver.log").read_bytes()) == []
