"""Finding Chromium on the machine; `python -m tests.browser.chromium` says how to get it when it is missing.

Nothing is downloaded: the browser is the system's own.
"""

from __future__ import annotations

import os
import shutil
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome")
MISSING = (
    "make test-browser needs Chromium, and there is none on PATH.\n"
    "  Debian, Ubuntu:  apt-get install chromium\n"
    "  elsewhere:       set MARTLET_CHROMIUM to the path of a Chromium or Chrome"
)


def find_chromium() -> str | None:
    """The path of MARTLET_CHROMIUM, or of the first known browser on PATH."""
    wanted = os.environ.get("MARTLET_CHROMIUM")
    return next(filter(None, map(shutil.which, [wanted] if wanted else NAMES)), None)


if __name__ == "__main__":
    sys.exit(None if find_chromium() else MISSING)
