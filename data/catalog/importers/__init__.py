"""One module a format; `base` has the contract. To add one: write the module and name it in `IMPORTERS`."""

from __future__ import annotations

from collections.abc import Mapping

from data.catalog.importers import davinci, elm, ooapi, plain_csv, schemaorg, xcri
from data.catalog.importers.base import Document, Importer, Unreadable

IMPORTERS: Mapping[str, Importer] = {
    module.NAME: module for module in (davinci, schemaorg, ooapi, xcri, elm, plain_csv)
}
OTHERS = {
    b"PK\x03\x04": "a zip file or an Excel workbook; save the sheet as CSV (UTF-8)",
    b"\xd0\xcf\x11\xe0": "an old Excel or Word file; save the sheet as CSV (UTF-8)",
    b"%PDF": "a PDF; ask for the table behind it",
    b"\x1f\x8b": "compressed with gzip; unpack it first",
}


def importer_for(document: Document, name: str | None = None) -> Importer:
    """The importer that is asked for, or the one that the document looks like.

    Raises Unreadable when it looks like no format, or like another one than the one asked for.
    """
    head = document.head()
    if not head.strip(b"\xef\xbb\xbf\xff\xfe \t\r\n"):
        raise Unreadable("The file is empty.")
    for start, told in OTHERS.items():
        if head.startswith(start):
            raise Unreadable(f"This is {told}.")
    alike = next((importer for importer in IMPORTERS.values() if importer.looks_like(head)), None)
    if name is None:
        if alike is None:
            raise Unreadable(
                f"This looks like no format we read. Name one: --format {' · '.join(IMPORTERS)}."
            )
        return alike
    wanted = IMPORTERS[name]
    if not wanted.looks_like(head):
        told = (
            f"it looks like {alike.LABEL}: --format {alike.NAME}"
            if alike
            else "it looks like nothing we know"
        )
        raise Unreadable(f"This is not {wanted.LABEL}; {told}.")
    return wanted


__all__ = ["IMPORTERS", "importer_for"]
