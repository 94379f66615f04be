"""A small warehouse whose marts hold every published type, and what publishing is told of it. For test_publish*."""

import json
import os
import signal
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb

from orchestration.extract.meta import META_DDL
from orchestration.publish.build import BuildInfo, PublishSettings
from orchestration.publish.documented import Documents
from orchestration.publish.release import publish

CREATED = datetime(2026, 11, 20, 2, tzinfo=UTC)

THINGS = """
create or replace table marts.mart_things as select * from (values
    ('photobooth', 'b', 9007199254740993, 7, -0.05::decimal(18,2), 0.1::double, true, 'Año "Ñandú", 1',
     date '2026-11-19', timestamptz '2026-11-19 23:30:00.25+00'),
    ('photobooth', 'a', 1, -3, 1234.50, 1.5e-7, false, '=1+1',
     date '2026-02-28', timestamptz '2026-03-29 01:30:00+00'),
    ('photobooth', 'c', null, null, null, null, null, null, null, null),
    ('photobooth', 'd', 0, 0, 0.00, 1e20, true, '', date '1999-12-31', timestamptz '1999-12-31 23:59:59+00'),
    ('photobooth', 'e', 2, 5, 99.99, -2.5, true, e'two\\r\\nlines',
     date '2026-01-01', timestamptz '2026-10-25 00:30:00+00'),
    ('photobooth', 'f', 3, 5, 0.01, 123456.789, true, '  @SUM(A1)',
     date '2026-01-02', timestamptz '2026-10-25 01:30:00+00')
) t(platform, thing_id, big, small, amount, share, is_good, label, day, seen_at)
"""
# Exports as documented.yml has them: a log in public, and a list with names in the restricted root.
DOCUMENTS = {
    "system": "photobooth",
    "exports": {
        "thing_log": {
            "requirement": "S0-54", "description": "One row per thing.", "model": {"mart_things": "made"},
            "order": ["seen_at", "thing_id"], "months_of": "day",
            "columns": {"Thing ID": "thing_id", "Seen": "seen_at", "Amount": "amount", "Status": "part"},
        },
        "thing_list": {
            "requirement": "S0-51", "description": "One row per thing.", "model": "mart_things",
            "where": "thing_id <> 'f'", "order": ["thing_id"],
            "names": {"things": {"id": "thing_id", "columns": ["nickname"]}},
            "columns": {
                "ID": "thing_id",
                "Name": {"sql": "coalesce(things.nickname, label)", "description": "Its nickname, else its label."},
                "Is Good": {"sql": "case when is_good then 'good' else 'bad' end", "description": "good or bad."},
            },
        },
    },
}  # fmt: skip
NICKNAMES = {"a": "=canary()", "b": "Señor Canary", "d": "canary, the second"}
TYPES = {
    "platform": "varchar", "thing_id": "varchar", "big": "bigint", "small": "integer", "amount": "decimal(18,2)",
    "share": "double", "is_good": "boolean", "label": "varchar", "day": "date", "seen_at": "timestamptz",
}  # fmt: skip


def node(name, grain, types, schema="marts"):
    return {
        "resource_type": "model", "schema": schema, "name": name, "description": f"One row per {grain}.",
        "config": {"meta": {"grain": grain}},
        "columns": {c: {"name": c, "data_type": t, "description": f"The {c}."} for c, t in types.items()},
    }  # fmt: skip


def dbt_manifest(*nodes):
    nodes = nodes or (
        node("mart_things", ["platform", "thing_id"], TYPES),
        node("mart_days", "day", {"day": "date", "things_count": "bigint"}),
        node("fct_things", ["thing_id"], TYPES, schema="facts"),
    )
    metadata = {"dbt_version": "1.11.16"}
    return {"metadata": metadata, "nodes": {f"model.martlet.{n['name']}": n for n in nodes}}


class Home:
    """A state folder: warehouse, dbt manifest, exports. Everything is as after a good build `b1` of 2026-11-19."""

    def __init__(self, folder: Path, zone="UTC"):
        self.folder, self.zone, self.build_id = folder, zone, "b1"
        self.exports = folder / "exports"
        self.v1 = self.exports / "v1"
        is_new = not (folder / "warehouse.duckdb").exists()
        self.con = duckdb.connect(str(folder / "warehouse.duckdb"))
        self.con.execute("set TimeZone = 'UTC'")
        if is_new:
            self.write_dbt(dbt_manifest())
            self.con.execute(META_DDL + "create schema marts;" + THINGS)
            self.con.execute(
                "create table marts.mart_days as select date '2026-11-19' as day, 3::bigint as things_count"
            )
            self.con.execute(
                "insert into meta.loads by name select 1 as load_id, 'photobooth' as system, 'events' as table_name,"
                " 'b1' as build_id, 10 as rows_read, 2 as rows_new, 'shrunk: 3 rows' as waived"
            )
            self.built("b1")
            self.name(NICKNAMES)

    def name(self, nicknames):
        """As a load leaves the restricted file."""
        file = self.folder / "restricted" / "photobooth.duckdb"
        file.parent.mkdir(exist_ok=True, mode=0o700)
        file.unlink(missing_ok=True)
        with duckdb.connect(str(file)) as con:
            con.execute("create table things (id varchar, nickname varchar, _load_id bigint)")
            con.executemany("insert into things values (?, ?, 1)", list(nicknames.items()))

    def write_dbt(self, manifest):
        (self.folder / "dbt.json").write_text(json.dumps(manifest))

    def built(self, build_id, day="2026-11-19", zone=None):
        """As a run leaves it that built and checked everything."""
        self.build_id = build_id
        self.con.execute("delete from meta.build")
        self.con.execute(
            "insert into meta.build values (?, ?::timestamptz + interval 1 day, ?, '2026-01-01', ?)",
            [build_id, f"{day} 00:00:00+00", zone or self.zone, day],
        )
        self.con.execute(
            "insert into meta.builds by name select ? as build_id, 'inv-1' as dbt_invocation_id", [build_id]
        )
        for gate in ("raw", "dbt", "marts"):
            self.gate(gate, build_id=build_id)

    def gate(self, gate, build_id=None, check="fine", severity="critical", success=True, **more):
        self.con.execute(
            "insert into meta.gate_records values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [build_id or self.build_id, gate, "photobooth.events", check, more.get("column"), severity, success,
             more.get("rows"), more.get("message", "It holds.")],
        )  # fmt: skip

    @property
    def settings(self):
        return self.settings_with()

    def settings_with(self, **more):
        has_things = "mart_things" in (self.folder / "dbt.json").read_text()  # else nothing is there to make them of
        usual = {"names": self.folder / "restricted", "documents": self.documents if has_things else None}
        return PublishSettings(self.exports, self.folder / "dbt.json", **{**usual, **more})

    @property
    def documents(self):
        return Documents(**DOCUMENTS)

    @property
    def restricted(self):
        return self.folder / "exports-restricted" / "v1"

    def publish(self, created=CREATED, on_step=lambda step: None, **settings):
        build = BuildInfo.from_warehouse(self.con, created_at=created, code_version="abc", pseudonym_key_id="demo")
        return publish(self.con, self.settings_with(**settings), build, on_step)

    def change(self, amount="10.00"):
        self.con.execute(f"update marts.mart_things set amount = {amount} where thing_id = 'a'")

    def latest(self, root=None):
        return os.path.basename(os.readlink((root or self.v1) / "latest"))

    def manifest(self, release_id=None):
        return json.loads((self.v1 / "releases" / (release_id or self.latest()) / "manifest.json").read_text())


def day_of(release_id):
    return date.fromisoformat(release_id[:10])


if __name__ == "__main__":  # publish and be killed at a step: python publish_home.py FOLDER STEP
    folder, step = Path(sys.argv[1]), sys.argv[2]
    Home(folder).publish(on_step=lambda name: os.kill(os.getpid(), signal.SIGKILL) if name == step else None)
