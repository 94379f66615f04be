"""What can go wrong, as types: each carries the exit code of the command line.

Belongs here: the exceptions that a person is meant to read. Does not: how they are shown (cli.py).
A message says what happened, where, and what to do; it never holds a secret or a personal value.
"""


class MartletError(Exception):
    """A failure that a person can act on. `exit_code` is the process's exit code."""

    exit_code = 1


class Interrupted(MartletError):
    """Ctrl-C, or a signal to end: exit code 1."""

    def __init__(self) -> None:
        super().__init__("interrupted; `latest` is whole, and the next run repeats what was not finished")


class Unavailable(MartletError):
    """A source, a disk or a file can't be used: exit code 1."""


class Damaged(Unavailable):
    """A block of a DuckDB file is broken."""


class WrongUsage(MartletError):
    """An argument or variable makes no sense (unknown system, date in the future): exit code 2."""

    exit_code = 2


class Refused(MartletError):
    """The data or its schema is not fit to publish: exit code 3."""

    exit_code = 3


class Busy(MartletError):
    """Another run holds the lease: exit code 4."""

    exit_code = 4
