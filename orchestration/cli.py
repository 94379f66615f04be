"""The command line: `martlet nightly | backfill | rollback | verify | rebuild | simulate | doctor`.

Belongs here: arguments, what is printed, exit codes. Does not: the work itself.
"""

from __future__ import annotations

import getpass
import os
import sys
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from orchestration import clock
from orchestration.errors import Interrupted, MartletError, Unavailable, WrongUsage
from orchestration.lease import lease
from orchestration.processes import collect_garbage_rarely
from orchestration.settings import Settings

if TYPE_CHECKING:
    from orchestration.resources import RunReport

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Martlet: operational databases to a versioned release of trusted marts.",
    epilog="Exit codes: 0 published or nothing to do; 1 failed; 2 wrong usage; 3 refused because of data or schema;"
    " 4 another run holds the lease.",
)
INTERRUPTED = 130  # what typer makes of Ctrl-C where nothing else does
DAY = {"formats": ["%Y-%m-%d"], "metavar": "YYYY-MM-DD"}


def main() -> None:
    """Run the command line; every expected failure is one message on standard error and its exit code."""
    collect_garbage_rarely()
    # leaving at once (see _leave) makes Python's resource tracker complain of semaphores that are gone anyway
    os.environ.setdefault("PYTHONWARNINGS", "ignore:resource_tracker")
    try:
        code = app(standalone_mode=False)  # what typer.Exit carried, or None
        if code == INTERRUPTED:
            raise Interrupted
    except MartletError as error:
        typer.echo(f"martlet: {error}", err=True)
        _leave(error.exit_code)
    except typer.Abort:
        typer.echo(f"martlet: {Interrupted()}", err=True)
        _leave(1)
    except Exception as error:
        if hasattr(error, "show") and hasattr(error, "exit_code"):  # a usage error of typer
            error.show()
            _leave(error.exit_code)
        raise
    _leave(code if isinstance(code, int) else 0)


def _leave(code: int) -> None:
    """Exit at once: tearing down the imported frameworks costs seconds and does nothing."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def _progress(line: str) -> None:
    typer.echo(f"{datetime.now():%H:%M:%S}  {line}" if sys.stdout.isatty() else line)


@app.command()
def nightly(
    date: Annotated[datetime | None, typer.Option(help="Default: the last complete day.", **DAY)] = None,
    accept: Annotated[
        list[str] | None, typer.Option(metavar="TABLE", help="Waive once that TABLE was emptied or shrank.")
    ] = None,
) -> None:
    """Read what is new up to the end of a day, build, check, publish."""
    from orchestration import launch
    from orchestration.extract.catalog import catalog

    settings = Settings.from_env()
    tables = {n for s in catalog().values() for t in s.tables.values() for n in (t.name, t.full_name)}
    if unknown := set(accept or []) - tables:
        raise WrongUsage(f"--accept {sorted(unknown)[0]}: no such table in the catalog.")
    day = date.date() if date else clock.last_complete_day(clock.now(), settings.reporting_timezone)
    with lease(settings.lease):  # before anything opens the warehouse: a run under way must not be disturbed
        launch.check_nightly(settings, day)
        report = launch.run(settings, day, day, frozenset(accept or []), _progress)
    _report(settings, report)


@app.command()
def backfill(
    start: Annotated[datetime, typer.Option(help="The first day.", **DAY)],
    end: Annotated[datetime, typer.Option(help="The last day.", **DAY)],
) -> None:
    """Read a range of days again, rebuild them once, publish once."""
    from orchestration import launch

    settings = Settings.from_env()
    launch.check_backfill(settings, start.date(), end.date())
    _report(settings, launch.run(settings, start.date(), end.date(), progress=_progress))


@app.command()
def rollback(
    to: Annotated[str, typer.Option(metavar="RELEASE", help="A release id, as `martlet verify` lists them.")],
) -> None:
    """Point `latest` at an earlier release, after checking that it is whole."""
    from orchestration.publish.rollback import rollback as point_back

    settings = Settings.from_env()
    with lease(settings.lease):
        before = point_back(settings.exports, to, clock.now(), who=getpass.getuser())
    typer.echo(f"latest is {to} now (it was {before or 'nothing'}). The next run with new data moves it on.")


@app.command()
def verify(
    release: Annotated[str | None, typer.Argument(help="One release; default: everything.")] = None,
) -> None:
    """Check every published file against its manifest; without a release also the archive and the warehouse."""
    from orchestration.verify import verify_everything, verify_release

    settings = Settings.from_env()
    checked, problems = verify_release(settings, release) if release else verify_everything(settings)
    for problem in problems:
        typer.echo(f"{problem.path}: {problem.what}", err=True)
    typer.echo(f"{checked} checked, {len(problems)} {'problem' if len(problems) == 1 else 'problems'}")
    if problems:
        raise typer.Exit(1)


@app.command()
def rebuild() -> None:
    """Make the warehouse again from the archive, then read what is newer from the sources."""
    from orchestration import launch
    from orchestration.rebuild import rebuild as replay_archive

    settings = Settings.from_env()
    with lease(settings.lease):
        old = replay_archive(settings, _progress)
        if old:
            typer.echo(f"The old file was moved to {old}; delete it when you no longer want it.")
        day = launch.newest_day(settings)
        report = launch.run(settings, day, day, progress=_progress)
    _report(settings, report)


@app.command()
def doctor() -> None:
    """Look at everything a run needs, and say what to do about what is wrong."""
    from orchestration.doctor import examine

    worst = 0
    for finding in examine(Settings.from_env()):
        typer.echo(f"{'ok  ' if finding.is_fine else 'FAIL'}  {finding.subject}: {finding.text}")
        worst = worst or finding.exit_code
    raise typer.Exit(worst)


@app.command()
def simulate(
    system: Annotated[str, typer.Option(help="A system's name, or all.")],
    target: Annotated[str, typer.Option(help="postgresql://... or duckdb:///path; with all: {system} is replaced.")],
    scale: Annotated[float, typer.Option(help="1 is about two years of a small platform.")] = 1.0,
    seed: Annotated[int, typer.Option(help="The same seed makes the same world.")] = 7,
    until: Annotated[datetime | None, typer.Option(help="Advance to its end (UTC); default: yesterday.", **DAY)] = None,
) -> None:
    """Create a demo system, or advance it day by day."""
    import duckdb
    import psycopg

    import simulator
    from orchestration.extract.sources import redact, secrets_of

    names = list(simulator.SYSTEMS) if system == "all" else [system]
    if unknown := set(names) - set(simulator.SYSTEMS):
        raise WrongUsage(f"unknown system {sorted(unknown)[0]!r}; known: {', '.join(simulator.SYSTEMS)}, or all.")
    if system == "all" and "{system}" not in target:
        raise WrongUsage("with --system all the target holds {system}: every system has a database of its own.")
    if target.startswith(("postgresql:", "postgres:")) and not secrets_of(target)[1:]:
        raise WrongUsage(
            "--target is not a valid URL. Characters such as @ : / % in a password must be percent-encoded."
        )
    newest = clock.last_complete_day(clock.now(), "UTC")
    last = until.date() if until else newest
    if last > newest:
        raise WrongUsage(f"--until {last} is not over yet; the newest complete day is {newest}.")
    for name in names:
        place = target.replace("{system}", name)
        try:
            done = simulator.simulate(name, place, scale, seed, last, _progress)
        except ValueError as error:
            raise WrongUsage(str(error)) from None
        except (psycopg.Error, duckdb.Error, OSError) as error:
            reason = redact(str(error), secrets_of(place)).strip()
            raise Unavailable(f"{name}: the target can't be opened or written: {reason}") from None
        typer.echo(f"{done.system}: {done.days_advanced} days, now at the end of {done.until}")


def _report(settings: Settings, report: RunReport) -> None:
    from orchestration.summary import print_summary

    print_summary(settings, report)


if __name__ == "__main__":
    main()
