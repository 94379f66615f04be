"""A source database behind one DuckDB connection: PostgreSQL through DuckDB's extension, or a DuckDB file.

Belongs here: attaching it read-only as `src`, and what differs between the two kinds. Does not: what is read.
The password travels in a DuckDB secret, never in SQL text, because errors repeat SQL text.
"""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, cast
from urllib.parse import quote as percent_encoded
from urllib.parse import quote_plus, urlsplit

import duckdb
from psycopg.conninfo import conninfo_to_dict

from orchestration.errors import Unavailable, WrongUsage
from orchestration.extract.meta import quote

Dialect = Literal["postgres", "duckdb"]
_OPTIONS = {
    "connect_timeout", "application_name", "sslmode", "sslrootcert", "sslcert", "sslkey", "target_session_attrs",
    "channel_binding", "gssencmode", "keepalives", "keepalives_idle", "keepalives_interval", "keepalives_count",
}  # fmt: skip
_SECRET_PARTS = {"host": "HOST", "port": "PORT", "dbname": "DATABASE", "user": "USER", "password": "PASSWORD"}


def literal(value: object) -> str:
    """A value as a SQL string literal."""
    return "'" + str(value).replace("'", "''") + "'"


@dataclass(frozen=True)
class Source:
    """An attached source. `text_is_bytes`: the server checks no encoding, so texts are fetched as bytes."""

    con: duckdb.DuckDBPyConnection
    system: str
    dialect: Dialect
    where: str
    text_is_bytes: bool = False

    def scan(self, query: str) -> str:
        """A FROM item that runs `query`, written in the source's own SQL, inside the source."""
        if self.dialect == "postgres":
            return f"postgres_query('src', {literal(query)})"
        return f"({query})"

    def table(self, name: str) -> str:
        """`schema.table` of the catalog as an identifier of the source's SQL."""
        path = ".".join(quote(part) for part in name.split("."))
        return path if self.dialect == "postgres" else f"src.{path}"

    def scanned(self) -> Source:
        """The same tables through DuckDB's own scan: in parallel, but in DuckDB's SQL instead of the source's."""
        return replace(self, dialect="duckdb")

    def unique_keys(self, name: str) -> list[set[str]]:
        """The column sets that the source enforces to be unique in `schema.table`."""
        if self.dialect == "postgres":
            query = (
                "select array_agg(a.attname::text) as c from pg_index i join pg_attribute a on a.attrelid = i.indrelid"
                " and a.attnum = any(i.indkey) join pg_class c on c.oid = i.indrelid"
                " join pg_namespace n on n.oid = c.relnamespace where i.indisunique and i.indisvalid"
                " and i.indpred is null and i.indexprs is null and i.indnatts = i.indnkeyatts"
                f" and n.nspname || '.' || c.relname = {literal(name)} group by i.indexrelid"
            )
        else:
            query = (
                "select constraint_column_names as c from duckdb_constraints() where database_name = 'src'"
                " and constraint_type in ('PRIMARY KEY', 'UNIQUE')"
                f" and schema_name || '.' || table_name = {literal(name)}"
            )
        return [set(row[0]) for row in self.con.execute(f"select * from {self.scan(query)}").fetchall()]

    def columns(self, tables: list[str]) -> dict[str, dict[str, str]]:
        """What is really there: {schema.table: {column: source type in lower case}}."""
        wanted = ", ".join(literal(name) for name in tables)
        if self.dialect == "postgres":
            query = (
                "select n.nspname || '.' || c.relname as t, a.attname::text as c,"
                " case when y.typtype = 'e' then 'enum' else format_type(a.atttypid, a.atttypmod) end as y"
                " from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace"
                " join pg_type y on y.oid = a.atttypid"
                " where a.attnum > 0 and not a.attisdropped and c.relkind in ('r', 'p', 'v', 'm', 'f')"
                f" and n.nspname || '.' || c.relname in ({wanted}) order by 1, a.attnum"
            )
        else:
            query = (
                "select schema_name || '.' || table_name as t, column_name as c, lower(data_type) as y"
                f" from duckdb_columns() where database_name = 'src' and schema_name || '.' || table_name in ({wanted})"
                " order by 1, column_index"
            )
        found: dict[str, dict[str, str]] = {}
        for table, column, kind in self.con.execute(f"select * from {self.scan(query)}").fetchall():
            found.setdefault(table, {})[column] = kind
        return found


def attach(con: duckdb.DuckDBPyConnection, system: str, url: str) -> Source:
    """Attach the database behind `url`, of a scheme in settings.SCHEMES, read-only as `src`.

    Raises Unavailable or WrongUsage, without the password.
    """
    if urlsplit(url).scheme == "duckdb":
        return _attach_file(con, system, Path(url.removeprefix("duckdb://")))
    return _attach_postgres(con, system, url)


def _attach_file(con: duckdb.DuckDBPyConnection, system: str, path: Path) -> Source:
    if not path.is_file():
        raise Unavailable(f"{system}: there is no database file {path}. Check MARTLET_{system.upper()}_URL.")
    try:
        con.execute(f"attach {literal(path)} as src (read_only)")
    except duckdb.Error as error:
        raise Unavailable(f"{system}: cannot open the database file {path}: {error}") from None
    return Source(con, system, "duckdb", str(path))


def _attach_postgres(con: duckdb.DuckDBPyConnection, system: str, url: str) -> Source:
    try:
        parts = {key: str(value) for key, value in conninfo_to_dict(url).items() if value is not None}
    except Exception:  # its text may repeat the URL
        raise WrongUsage(
            f"MARTLET_{system.upper()}_URL is not a valid PostgreSQL URL."
            " Characters such as @ : / % in a password must be percent-encoded."
        ) from None
    where = f"{parts.get('host', 'localhost')}:{parts.get('port', '5432')}/{parts.get('dbname', '')}"
    secret = ", ".join(f"{name} {literal(parts[key])}" for key, name in _SECRET_PARTS.items() if key in parts)
    options = {"connect_timeout": "15", "application_name": "martlet"}
    options |= {key: value for key, value in parts.items() if key not in _SECRET_PARTS}
    if unknown := set(options) - _OPTIONS:  # others may be secrets, and errors repeat the options
        raise WrongUsage(f"MARTLET_{system.upper()}_URL: the parameter {sorted(unknown)[0]} is not supported.")
    option_text = " ".join(f"{key}={_conninfo_value(value)}" for key, value in options.items())
    try:
        load_postgres_extension(con)
        con.execute(f"create or replace temporary secret martlet_source (type postgres, {secret})")
        con.execute(f"attach {literal(option_text)} as src (type postgres, read_only, secret martlet_source)")
        encoding = con.execute(
            "select * from postgres_query('src', 'select current_setting(''server_encoding'')::text as e')"
        )
        text_is_bytes = encoding.fetchall()[0][0] == "SQL_ASCII"
    except duckdb.Error as error:
        reason = redact(str(error), secrets_of(url))
        raise Unavailable(
            f"{system}: cannot read PostgreSQL at {where} as user {parts.get('user', '(none)')}: {reason.strip()}\n"
            f"Nothing was read or changed. Check MARTLET_{system.upper()}_URL and that the server answers."
        ) from None
    return Source(con, system, "postgres", where, text_is_bytes)


def load_postgres_extension(con: duckdb.DuckDBPyConnection) -> None:
    """Load the extension from the installed wheel; nothing is downloaded."""
    spec = importlib.util.find_spec("duckdb_extension_postgres_scanner")
    if spec is None or spec.origin is None:
        raise Unavailable("The package duckdb-extension-postgres-scanner is not installed. Run make again.")
    file = next((Path(cast(str, spec.origin)).parent / "extensions").rglob("*.duckdb_extension"))
    con.execute(f"load {literal(file)}")


def secrets_of(url: str) -> list[str]:
    """What of a URL must not be shown: the URL itself and its password."""
    try:
        return [url, str(conninfo_to_dict(url).get("password") or "")]
    except Exception:
        return [url]


def redact(text: str, secrets: list[str]) -> str:
    """`text` without any of the secrets, plain or percent-encoded."""
    for secret in filter(None, secrets):
        for form in {secret, quote_plus(secret), percent_encoded(secret, safe="")}:
            text = text.replace(form, "***")
    return text


def _conninfo_value(value: str) -> str:
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"
