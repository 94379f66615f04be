"""Which code made a release: the commit of the checkout, else the version of the package."""

import subprocess
from functools import cache
from importlib.metadata import version

from orchestration.settings import PROJECT


@cache
def code_version() -> str:
    """For example `0.1.0+3f2a91c04d1e`, with `.dirty` when the checkout has changes."""
    try:
        command = ["git", "-C", str(PROJECT), "describe", "--always", "--dirty=.dirty", "--exclude=*", "--abbrev=12"]
        commit = subprocess.run(command, capture_output=True, text=True, timeout=10, check=True).stdout.strip()
    except (OSError, subprocess.SubprocessError):
        return version("martlet")
    return f"{version('martlet')}+{commit}"
