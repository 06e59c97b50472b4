"""Workbooks with every kind of cell an office program saves, and binary ones (.xlsb) that no free program writes.

``tests/data/formats`` holds what LibreOffice 7 made of ``write_every_cell``, once for either date system, with
``soffice --headless --convert-to ods``, and of that with ``--convert-to xls``.
"""

from __future__ import annotations

import datetime
import struct
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import xlsxwriter

HIDDEN_ROW, HIDDEN_COLUMN = 4, 3
EVERY_CELL = [
    ["标题"],
    ["日期", "2026-11-24", "2026-11-24 09:30:00", "09:30", "30:00", "TRUE", "0.25", "#DIV/0!", "富文本"],
    [
        "1",
        "000000000123",
        "3.5",
        "算好的",
        "7",
        "2024-02-29",
        "\x1d370000000000",
        "1.15113010087784E+17",
        "第一行\n第二行",
    ],
    ["藏", "起来的行"],
    ["并", "甲"],
    ["并", "乙"],
]
"""What is read of ``write_every_cell``; the first row is merged, the fourth row and third column are hidden."""


def write_every_cell(path: Path, *, is_1904: bool = False) -> Path:
    """The workbook, as .xlsx."""
    book = xlsxwriter.Workbook(str(path), {"date_1904": is_1904})
    sheet = book.add_worksheet("清单")
    form = {text: book.add_format({"num_format": text}) for text in (
        "yyyy-mm-dd", "yyyy/m/d hh:mm", "hh:mm", "[h]:mm", "0%", "000000000000", 'yyyy"年"m"月"d"日"', "0",
    )}  # fmt: skip
    sheet.merge_range("A1:I1", "标题", book.add_format({"bold": True}))
    sheet.write_string("A2", "日期")
    sheet.write_datetime("B2", datetime.datetime(2026, 11, 24), form["yyyy-mm-dd"])
    sheet.write_datetime("C2", datetime.datetime(2026, 11, 24, 9, 30), form["yyyy/m/d hh:mm"])
    sheet.write_datetime("D2", datetime.time(9, 30), form["hh:mm"])
    sheet.write_number("E2", 1.25, form["[h]:mm"])
    sheet.write_boolean("F2", True)
    sheet.write_number("G2", 0.25, form["0%"])
    sheet.write_formula("H2", "=1/0", None, "#DIV/0!")
    sheet.write_rich_string("I2", "富", book.add_format({"bold": True}), "文本")
    sheet.write_number("A3", 1)
    sheet.write_number("B3", 123, form["000000000000"])
    sheet.write_number("C3", 3.5)
    sheet.write_formula("D3", '="算好"&"的"', None, "算好的")
    sheet.write_formula("E3", "=3+4", None, 7)
    sheet.write_datetime("F3", datetime.datetime(2024, 2, 29), form['yyyy"年"m"月"d"日"'])
    sheet.write_number("G3", 370000000000, form["0"])
    sheet.write_number("H3", 115113010087783530, form["0"])
    sheet.write_string("I3", "第一行\n第二行")
    sheet.write_string("A4", "藏")
    sheet.write_string("B4", "起来的行")
    sheet.set_row(HIDDEN_ROW - 1, None, None, {"hidden": True})
    sheet.merge_range("A5:A6", "并", book.add_format())
    sheet.write_string("B5", "甲")
    sheet.write_string("B6", "乙")
    sheet.set_column(HIDDEN_COLUMN - 1, HIDDEN_COLUMN - 1, None, None, {"hidden": True})
    book.close()
    return path


# Binary workbooks; source of the records: [MS-XLSB]


def write_binary_book(path: Path, rows: Sequence[Sequence[object]], *, is_1904: bool = False) -> Path:
    """A minimal .xlsb: the fourth row and third column are hidden, A5:A6 are merged.

    Cells: texts (shared), numbers, truth values, dates as ``("date", serial)``, codes as ``("zeros", number)``, errors
    as ``("error", code)``, and results of formulas as ``("formula", text)``.
    """
    strings: list[str] = []
    cells = bytearray()
    for number, row in enumerate(rows):
        flags = 0x10 if number + 1 == HIDDEN_ROW else 0
        cells += _record(0, struct.pack("<IIHBBBI", number, 0, 300, 0, flags, 0, 0))
        for column, value in enumerate(row):
            if value is not None:
                cells += _cell(column, value, strings)
    width = max(map(len, rows))
    hidden = struct.pack("<IIIIH", HIDDEN_COLUMN - 1, HIDDEN_COLUMN - 1, 2560, 0, 1)
    sheet = (
        _record(129) + _record(148, struct.pack("<IIII", 0, len(rows) - 1, 0, width - 1))
        + _record(390) + _record(60, hidden) + _record(391)
        + _record(145) + bytes(cells) + _record(146)
        + _record(177, struct.pack("<I", 1)) + _record(176, struct.pack("<IIII", 4, 5, 0, 0)) + _record(178)
        + _record(130)
    )  # fmt: skip
    book = (
        _record(131) + _record(153, struct.pack("<II", int(is_1904), 0) + _text(""))
        + _record(143) + _record(156, struct.pack("<II", 0, 1) + _text("rId1") + _text("清单")) + _record(144)
        + _record(132)
    )  # fmt: skip
    styles = (
        _record(278)
        + _record(615, struct.pack("<I", 2))
        + _record(44, struct.pack("<H", 164) + _text("yyyy\\-mm\\-dd"))
        + _record(44, struct.pack("<H", 165) + _text("000000000000"))
        + _record(616)
        + _record(617, struct.pack("<I", 3))
        + b"".join(_record(47, struct.pack("<HHHHHBBHH", 0, code, 0, 0, 0, 0, 0, 0, 0)) for code in (0, 164, 165))
        + _record(618)
        + _record(279)
    )
    table = _record(159, struct.pack("<II", len(strings), len(strings)))
    table += b"".join(_record(19, b"\0" + _text(text)) for text in strings) + _record(160)
    kind = "application/vnd.ms-excel."
    link = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
    types = "".join(
        f'<Override PartName="/xl/{part}" ContentType="{kind}{name}"/>'
        for part, name in (
            ("workbook.bin", "sheet.binary.macroEnabled.main"), ("worksheets/sheet1.bin", "worksheet"),
            ("styles.bin", "styles"), ("sharedStrings.bin", "sharedStrings"),
        )
    )  # fmt: skip
    links = "".join(
        f'<Relationship Id="rId{number}" Type="{link}{name}" Target="{target}"/>'
        for number, name, target in (
            (1, "worksheet", "worksheets/sheet1.bin"), (2, "styles", "styles.bin"),
            (3, "sharedStrings", "sharedStrings.bin"),
        )
    )  # fmt: skip
    packages = "http://schemas.openxmlformats.org/package/2006/"
    parts: dict[str, bytes] = {
        "[Content_Types].xml": f'<Types xmlns="{packages}content-types"><Default Extension="rels" '
        f'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>{types}</Types>'.encode(),
        "_rels/.rels": f'<Relationships xmlns="{packages}relationships"><Relationship Id="rId1" '
        f'Type="{link}officeDocument" Target="xl/workbook.bin"/></Relationships>'.encode(),
        "xl/_rels/workbook.bin.rels": (
            f'<Relationships xmlns="{packages}relationships">{links}</Relationships>'.encode()
        ),
        "xl/workbook.bin": book, "xl/worksheets/sheet1.bin": sheet, "xl/styles.bin": styles,
        "xl/sharedStrings.bin": table,
    }  # fmt: skip
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def _cell(column: int, value: Any, strings: list[str]) -> bytes:
    def at(style: int = 0) -> bytes:
        return struct.pack("<II", column, style)

    match value:
        case bool():
            return _record(4, at() + bytes([value]))
        case int() | float():
            return _record(5, at() + struct.pack("<d", value))
        case ("date", serial):
            return _record(5, at(1) + struct.pack("<d", serial))
        case ("zeros", number):
            return _record(5, at(2) + struct.pack("<d", number))
        case ("error", code):
            return _record(3, at() + bytes([code]))
        case ("formula", text):
            return _record(8, at() + _text(text) + struct.pack("<HII", 0, 0, 0))
        case _:
            strings.append(str(value))
            return _record(7, at() + struct.pack("<I", len(strings) - 1))


def _record(kind: int, content: bytes = b"") -> bytes:
    head = bytes([kind]) if kind < 128 else bytes([kind & 0x7F | 0x80, kind >> 7])
    size = len(content)
    while True:
        head += bytes([size & 0x7F | (0x80 if size > 127 else 0)])
        size >>= 7
        if not size:
            return head + content


def _text(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")
