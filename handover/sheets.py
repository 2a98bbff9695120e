"""Tables as files: CSV and XLSX in which no cell is ever a formula, whoever wrote what is in it.

In XLSX a text is stored as a text. A CSV has no types: a cell that a spreadsheet would calculate gets an apostrophe
before it, which spreadsheets show as text (https://owasp.org/www-community/attacks/CSV_Injection).
"""

import csv
import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from io import BytesIO, StringIO

import xlsxwriter

from dispatch import clock

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
"""The kinds of files, each with its media type."""
Cell = str | int | float | datetime | None
CALCULATED = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
LONGEST = 32_767  # characters that a cell of XLSX holds
WIDTH = 18  # of a column, in characters


def as_csv(head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """UTF-8 with a byte order mark and semicolons, as spreadsheets here open it; times are wall time."""
    out = StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow([_inert(name) for name in head])
    writer.writerows([_inert(_plain(cell)) for cell in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def as_xlsx(head: Sequence[str], rows: Iterable[Sequence[Cell]], *, title: str) -> bytes:
    """One sheet with a head that stays in view; texts stay texts, times are dates without a zone."""
    out = BytesIO()
    book = xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    sheet = book.add_worksheet(_sheet_name(title))
    bold, moment = book.add_format({"bold": True}), book.add_format({"num_format": "dd/mm/yyyy hh:mm"})
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, len(head) - 1, WIDTH)
    for column, name in enumerate(head):
        sheet.write_string(0, column, name, bold)
    for number, row in enumerate(rows, 1):
        for column, cell in enumerate(row):
            if isinstance(cell, datetime):
                sheet.write_datetime(number, column, clock.wall(cell).replace(tzinfo=None), moment)
            elif isinstance(cell, int | float):
                sheet.write_number(number, column, cell)
            elif cell:
                sheet.write_string(number, column, cell[:LONGEST])
    book.close()
    return out.getvalue()


def _sheet_name(title: str) -> str:
    """What of a title Excel takes as the name of a sheet."""
    return re.sub(r"[\[\]:*?/\\]", "", title)[:31].strip("' ")


def _plain(cell: Cell) -> str:
    if isinstance(cell, datetime):
        return clock.wall(cell).strftime("%d/%m/%Y %H:%M")
    return "" if cell is None else str(cell)


def _inert(text: str) -> str:
    return f"'{text}" if text.startswith(CALCULATED) else text
