"""`make ui`: Dagster's webserver and daemon over MARTLET_HOME, on loopback."""

import os
import sys

from orchestration import home
from orchestration.errors import MartletError
from orchestration.settings import PROJECT, Settings


def main() -> None:
    """Replace this process by `dagster dev`; the port is DAGSTER_PORT or 3000."""
    try:
        settings = Settings.from_env()
        home.claim(settings)
    except MartletError as error:
        sys.exit(f"martlet: {error}")
    os.environ["MARTLET_HOME"] = str(settings.home)
    os.environ["DAGSTER_HOME"] = str(settings.dagster_home)
    port = os.environ.get("DAGSTER_PORT", "3000")
    print(f"Dagster on http://127.0.0.1:{port} (Ctrl-C ends it)", flush=True)
    command = ["dagster", "dev", "-h", "127.0.0.1", "-p", port]  # pyproject.toml says what it loads
    os.chdir(PROJECT)
    quiet = ["-W", "ignore:Function `dev_command` is superseded"]  # `dg dev` wants another layout of the project
    os.execv(sys.executable, [sys.executable, *quiet, "-m", *command])


if __name__ == "__main__":
    main()
