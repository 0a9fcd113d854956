"""From rows to the bytes of a file: delimited text, workbooks, gzip and ZIP; same rows, same bytes."""

from __future__ import annotations

import csv
import gzip
import io
import zipfile
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from xml.sax.saxutils import escape

from fondaco.workflows.demo_files.writers import Cell, Layout


def render(layout: Layout, rows: Sequence[list[Cell]]) -> bytes:
    """The file's bytes: titles, header, rows; encoded as the layout is."""
    header: list[Cell] = list(layout.header.values())
    titles: list[list[Cell]] = [[title, *[None] * (len(header) - 1)] for title in layout.titles]
    if layout.form == "xlsx":
        return _xlsx([*titles, header, *rows])
    lines = [[_text(layout, cell) for cell in row] for row in (*titles, header, *rows)]
    if layout.quoted:
        out = io.StringIO()
        csv.writer(out, delimiter=layout.delimiter, lineterminator=layout.newline).writerows(lines)
        text = out.getvalue()
    else:  # nothing is quoted, and empty cells at the end of a row may be missing
        text = "".join(
            layout.delimiter.join(line).rstrip(layout.delimiter) + layout.newline for line in lines
        )
    mark = "\ufeff" if layout.encoding == "utf-16-le" else ""
    return (mark + text).encode(layout.encoding, errors="replace")


def _text(layout: Layout, cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, date):
        return cell.strftime(layout.day)
    if isinstance(cell, Decimal) and layout.comma:
        return f"{cell:,}".translate(str.maketrans(",.", ".,"))
    return str(cell)


def gzipped(content: bytes) -> bytes:
    """Gzip without a time, so that the same content gives the same bytes."""
    return gzip.compress(content, mtime=0)


def zipped(members: dict[str, bytes]) -> bytes:
    """A ZIP archive with fixed dates."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in members.items():
            entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3  # or the bytes would tell the machine's system
            archive.writestr(entry, content)
    return out.getvalue()


_OOXML = "http://schemas.openxmlformats.org"
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_OFFICE = "application/vnd.openxmlformats-officedocument.spreadsheetml"


def _xlsx(rows: Sequence[list[Cell]]) -> bytes:
    """The smallest workbook that spreadsheets open: one sheet, inline strings, one style for dates."""
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{_OOXML}/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_OFFICE}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_OFFICE}.styles+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_OFFICE}.worksheet+xml"/></Types>',
        "_rels/.rels": _relationships("officeDocument:xl/workbook.xml"),
        "xl/_rels/workbook.xml.rels": _relationships("worksheet:worksheets/sheet1.xml", "styles:styles.xml"),
        "xl/workbook.xml": f'<workbook xmlns="{_OOXML}/spreadsheetml/2006/main" '
        f'xmlns:r="{_OOXML}/officeDocument/2006/relationships"><sheets>'
        '<sheet name="Umsatz" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/styles.xml": f'<styleSheet xmlns="{_OOXML}/spreadsheetml/2006/main">'
        '<fonts count="1"><font/></fonts>'
        '<fills count="1"><fill><patternFill patternType="none"/></fill></fills>'
        '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
        '<cellXfs count="2"><xf/><xf numFmtId="14" applyNumberFormat="1"/></cellXfs>'
        '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{_OOXML}/spreadsheetml/2006/main"><sheetData>'
        + "".join(
            f'<row r="{n}">{"".join(_xlsx_cell(cell, n, column) for column, cell in enumerate(row))}</row>'
            for n, row in enumerate(rows, start=1)
        )
        + "</sheetData></worksheet>",
    }
    return zipped({name: (_XML + text).encode() for name, text in parts.items()})


def _relationships(*targets: str) -> str:
    links = (target.split(":") for target in targets)
    return (
        f'<Relationships xmlns="{_OOXML}/package/2006/relationships">'
        + "".join(
            f'<Relationship Id="rId{n}" Type="{_OOXML}/officeDocument/2006/relationships/{kind}" Target="{path}"/>'
            for n, (kind, path) in enumerate(links, start=1)
        )
        + "</Relationships>"
    )


def _xlsx_cell(cell: Cell, row: int, column: int) -> str:
    place = f'r="{chr(65 + column)}{row}"'
    if cell is None or cell == "":
        return ""
    if isinstance(cell, date):  # spreadsheets count days from the end of 1899
        return f'<c {place} s="1"><v>{(cell - date(1899, 12, 30)).days}</v></c>'
    if isinstance(cell, int | Decimal):
        return f"<c {place}><v>{cell}</v></c>"
    return f'<c {place} t="inlineStr"><is><t xml:space="preserve">{escape(cell)}</t></is></c>'
