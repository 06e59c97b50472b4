"""The sheet behind the others: what was found, rule by rule."""

from __future__ import annotations

from collections.abc import Sequence

from gdbos_desktop.exporting.results.marks import RuleTotal
from gdbos_desktop.exporting.results.markup import escaped
from gdbos_desktop.exporting.results.package import MAIN
from gdbos_desktop.exporting.results.styles import StyleSheet
from gdbos_desktop.exporting.rows import column_letters, display_width
from gdbos_desktop.schema import Severity
from gdbos_desktop.system.messages import _

_WIDTHS = (26, 64, 10, 10, 22, 40)


def totals_sheet(totals: Sequence[RuleTotal], facts: Sequence[tuple[str, str]], styles: StyleSheet) -> bytes:
    """The XML of the sheet: some facts (label and text), then a line for each rule."""
    words = {Severity.ERROR: _("Error"), Severity.WARNING: _("Warning"), Severity.HINT: _("Hint")}
    headings = (_("Rule"), _("What it means"), _("Severity"), _("Count"), _("Sheet"), _("Rows"))
    plain, heading = styles.plain, styles.heading
    rows: list[tuple[Sequence[str], Sequence[int]]] = [((label, text), (heading, plain)) for label, text in facts]
    if facts:
        rows.append(((), ()))
    first = len(rows) + 1
    rows.append((headings, [heading] * len(headings)))
    rows += [
        (
            (total.code, total.meaning, words[total.severity], str(total.count), total.sheet, total.rows),
            (plain, plain, styles.severity(total.severity), plain, plain, plain),
        )
        for total in totals
    ]
    if not totals:
        rows.append(((_("Nothing was found."),), (plain,)))
    body = "".join(_row(number, texts, formats) for number, (texts, formats) in enumerate(rows, 1))
    widths = "".join(
        f'<col min="{n}" max="{n}" width="{width}" customWidth="1"/>' for n, width in enumerate(_WIDTHS, 1)
    )
    last = column_letters(len(headings) - 1)
    return (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<worksheet xmlns="{MAIN}">'
        '<sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>'
        f'<dimension ref="A1:{last}{len(rows)}"/><sheetViews><sheetView workbookViewId="0"/></sheetViews>'
        f'<sheetFormatPr defaultRowHeight="15"/><cols>{widths}</cols><sheetData>{body}</sheetData>'
        f'<autoFilter ref="A{first}:{last}{max(len(rows), first)}"/>'
        '<pageMargins left="0.4" right="0.4" top="0.5" bottom="0.5" header="0.3" footer="0.3"/>'
        '<pageSetup paperSize="9" orientation="landscape" fitToHeight="0"/></worksheet>'
    ).encode()


def _row(number: int, texts: Sequence[str], formats: Sequence[int]) -> str:
    if not texts:
        return ""
    # Office programs make rows higher for wrapped texts only when they see fit; those that must wrap say so.
    lines = max(
        sum(1 + max(display_width(line) - 1, 0) // (width - 2) for line in text.split("\n"))
        for text, width in zip(texts, _WIDTHS, strict=False)
    )
    height = f' ht="{15 * min(lines, 20) + 3}" customHeight="1"' if lines > 1 else ""
    cells = "".join(text_cell(f"{column_letters(n)}{number}", style, text)
                    for n, (text, style) in enumerate(zip(texts, formats, strict=True)))  # fmt: skip
    return f'<row r="{number}"{height}>{cells}</row>'


def text_cell(address: str, style: int, text: str) -> str:
    """A cell with a text, or a number where the text is a count."""
    if text.isascii() and text.isdigit() and len(text) < 10:
        return f'<c r="{address}" s="{style}"><v>{int(text)}</v></c>'
    return f'<c r="{address}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{escaped(text)}</t></is></c>'
