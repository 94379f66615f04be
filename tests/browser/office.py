"""Finding LibreOffice on the machine; `python -m tests.browser.office` says how to get it when it is missing.

Nothing is downloaded: the spreadsheet is the system's own.
"""

from __future__ import annotations

import os
import shutil
import sys

NAMES = ("soffice", "libreoffice")
MISSING = (
    "make test-browser needs LibreOffice Calc, and there is none on PATH.\n"
    "  Debian, Ubuntu:  apt-get install --no-install-recommends libreoffice-calc\n"
    "  elsewhere:       set MARTLET_SOFFICE to the path of soffice"
)


def find_office() -> str | None:
    """The path of MARTLET_SOFFICE, or of the first known name on PATH."""
    wanted = os.environ.get("MARTLET_SOFFICE")
    return next(filter(None, map(shutil.which, [wanted] if wanted else NAMES)), None)


if __name__ == "__main__":
    sys.exit(None if find_office() else MISSING)
