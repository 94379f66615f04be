"""The documented exports opened in LibreOffice Calc: what a person sees who double-clicks the file.

Calc converts each CSV to its own flat XML, in which every cell says what it was taken for.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from xml.etree import ElementTree

import pytest

from orchestration.publish.documented import documents
from tests.browser.office import MISSING, find_office
from tests.e2e.conftest import Deployment
from tests.e2e.test_documented_exports import KINDS, NUMBER, TEXT, TIME, WHOLE, file_of

pytestmark = pytest.mark.browser

# as Calc opens a CSV: comma, double quote, UTF-8, from line 1, columns as they come, en-US, quoted is no text, numbers and dates are seen
FILTER = "CSV:44,34,76,1,,1033,false,true"
CELL = {TEXT: "string", WHOLE: "float", NUMBER: "float", TIME: "date"}
OFFICE, TABLE = (
    "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}",
    "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}",
)
PARAGRAPH = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}p"

Cell = tuple[str | None, str]  # what it was taken for, and what is shown


def opened(folder: Path, *files: Path) -> dict[str, list[list[Cell]]]:
    """The rows of each file as Calc understands them; a formula is a kind of its own."""
    office = find_office()
    if office is None:
        pytest.fail(MISSING)
    done = subprocess.run(
        [office, f"-env:UserInstallation=file://{folder}/profile", "--headless", f"--infilter={FILTER}",
         "--convert-to", "fods", "--outdir", str(folder), *map(str, files)],
        env={**os.environ, "HOME": str(folder)}, capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return {file.stem: sheet(folder / f"{file.stem}.fods") for file in files}


def sheet(file: Path) -> list[list[Cell]]:
    rows = []
    for row in ElementTree.parse(file).getroot().iter(f"{TABLE}table-row"):
        cells: list[Cell] = []
        for cell in row.iter(f"{TABLE}table-cell"):
            kind = "formula" if cell.get(f"{TABLE}formula") else cell.get(f"{OFFICE}value-type")
            shown = "\n".join("".join(p.itertext()) for p in cell.iter(PARAGRAPH))
            cells += [(kind, shown)] * int(cell.get(f"{TABLE}number-columns-repeated", "1"))
        while cells and cells[-1] == (None, ""):  # the empty rest of the line
            cells.pop()
        rows += [cells] * min(int(row.get(f"{TABLE}number-rows-repeated", "1")), 10_000 if cells else 0)
    return rows


@pytest.fixture(scope="module")
def sheets(published: Deployment, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[list[Cell]]]:
    return opened(tmp_path_factory.mktemp("office"), *(file_of(published, name) for name in KINDS))


@pytest.mark.parametrize("name", KINDS)
def test_calc_takes_every_cell_for_what_it_is(sheets: dict[str, list[list[Cell]]], name: str) -> None:
    header, *rows = sheets[name]
    assert [shown for _, shown in header] == list(documents().exports[name].columns)  # no BOM in the first
    assert rows
    for row in rows:
        found = [CELL[kind] if cell[0] is not None else None for kind, cell in zip(KINDS[name], row, strict=False)]
        assert [kind for kind, _ in row] == found, row


def test_calc_runs_no_formula_and_keeps_accents_and_line_breaks(tmp_path: Path) -> None:
    """Names as people choose them, through the writer of the exports."""
    from tests.unit.publish_home import Home

    home = Home(tmp_path)
    home.name({"a": "=1+1", "b": "Señor +1", "d": "-5", "e": "@SUM(A1)", "c": '"quote", and\r\nline'})
    home.publish()
    rows = opened(tmp_path / "office", home.restricted / "latest/csv/thing_list.csv")["thing_list"]
    assert {row[0][1]: row[1] for row in rows[1:]} == {
        "a": ("string", "'=1+1"),
        "b": ("string", "Señor +1"),
        "c": ("string", '"quote", and\nline'),
        "d": ("string", "'-5"),
        "e": ("string", "'@SUM(A1)"),
    }
