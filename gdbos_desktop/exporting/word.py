"""Documents as Word files in the dress of official documents (GB/T 9704).

Hides python-docx and WordprocessingML. Texts are plain: they never become fields or links. The same document makes the
same bytes.
"""

from __future__ import annotations

import datetime
import io
import math
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

import docx
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.styles.style import ParagraphStyle

from gdbos_desktop.exporting.document import (
    Block,
    ColumnType,
    Document,
    Heading,
    KeyValues,
    Listing,
    PageBreak,
    Paragraph,
    Table,
    TableColumn,
)
from gdbos_desktop.exporting.dress import Dress, official
from gdbos_desktop.exporting.files import WORD, whole_file
from gdbos_desktop.exporting.packages import pack, write_package
from gdbos_desktop.exporting.words import STYLE_NAMES

_NOT_IN_XML = re.compile("[\0-\x08\x0b-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
_MADE = datetime.datetime(2020, 1, 1)  # not a moment: the same data makes the same bytes
_THUMBNAIL = "metadata/thumbnail"
_CUSTOM_XML = "/customXml"
_CELL_STYLES = {ColumnType.TEXT: "table", ColumnType.SHORT: "table_centred", ColumnType.NUMBER: "table_number"}


def write_document(path: Path, document: Document, dress: Dress | None = None) -> Path:
    """Write a document to ``path``: whole or not at all, KnownErrors as ``files.whole_file``."""
    data = word_parts(document, dress or official())
    with whole_file(path, WORD) as file:
        write_package(file, [(name, [pack(content)]) for name, content in data.items()])
    return path


def word_parts(document: Document, dress: Dress) -> dict[str, bytes]:
    """The parts of the Word file by name."""
    book = docx.Document()
    _drop_extras(book)
    _set_styles(book, dress)
    body = book.element.body
    for element in list(body):
        if element.tag != qn("w:sectPr"):
            body.remove(element)
    final = body[-1]
    for xml in _Writer(dress).write(document):
        final.addprevious(parse_xml(xml))
    _set_sections(book, dress)
    properties = book.core_properties
    properties.title, properties.subject = _clean(document.title), _clean(document.subject)
    properties.author = properties.comments = properties.last_modified_by = properties.keywords = ""
    properties.created = properties.modified = _MADE
    properties.revision = 1
    properties.language = "zh-CN"
    target = io.BytesIO()
    book.save(target)
    with zipfile.ZipFile(target) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    parts["word/fontTable.xml"] = _font_table(dress)
    return parts


class _Writer:
    """Turns blocks into WordprocessingML, counting headings on the way."""

    def __init__(self, dress: Dress) -> None:
        self._dress = dress
        self._counts = [0] * len(dress.headings)

    def write(self, document: Document) -> Iterator[str]:
        if document.cover:
            cover = document.cover
            yield _cover(self._dress, cover.title or document.title, cover.above, cover.subtitle, cover.below)
            yield _section_break(self._dress)
        if document.title:
            yield _paragraph("Title", document.title)
        for block in document.blocks:
            yield from self._block(block)
        if document.provenance:
            for line in document.provenance.lines:
                yield _paragraph(style_id("note"), line)

    def _block(self, block: Block) -> Iterator[str]:
        if isinstance(block, Heading):
            yield self._heading(block)
        elif isinstance(block, Paragraph):
            style = style_id("plain" if block.is_plain else "body")
            for line in _clean(block.text).split("\n"):
                yield _paragraph(style, line)
        elif isinstance(block, Listing):
            level = self._dress.headings[2]
            for number, item in enumerate(block.items, 1):
                yield _paragraph(style_id("body"), f"{level.mark(number) if block.is_numbered else ''}{item}")
        elif isinstance(block, PageBreak):
            yield f'<w:p {nsdecls("w")}><w:r><w:br w:type="page"/></w:r></w:p>'
        elif isinstance(block, KeyValues):
            columns = (
                TableColumn("", ColumnType.SHORT, block.label_share),
                TableColumn("", ColumnType.TEXT, 1 - block.label_share),
            )
            yield _gap()
            yield _table(self._dress, columns, block.pairs, has_heading=False, label_style="table_heading")
            yield _gap()
        else:
            yield from self._table(block)

    def _table(self, block: Table) -> Iterator[str]:
        yield _paragraph(style_id("caption"), block.caption) if block.caption else _gap()
        yield _table(self._dress, block.columns, block.rows)
        yield _gap()

    def _heading(self, block: Heading) -> str:
        level = min(max(block.level, 1), len(self._dress.headings)) - 1
        mark = ""
        if block.is_numbered:
            self._counts[level] += 1
            self._counts[level + 1 :] = [0] * (len(self._counts) - level - 1)
            mark = self._dress.headings[level].mark(self._counts[level])
        return _paragraph(f"Heading{level + 1}", f"{mark}{block.text}")


def style_id(role: str) -> str:
    """The identifier of a paragraph style of ours."""
    return f"gdbos-{role.replace('_', '-')}"


def _clean(text: str) -> str:
    return _NOT_IN_XML.sub("", text)


def _run(text: str) -> str:
    return f'<w:r><w:t xml:space="preserve">{escape(_clean(text))}</w:t></w:r>'


def _paragraph(style: str, text: str, *, with_namespace: bool = True) -> str:
    lines = "<w:r><w:br/></w:r>".join(_run(line) for line in text.split("\n")) if text else ""
    namespace = f" {nsdecls('w')}" if with_namespace else ""
    return f'<w:p{namespace}><w:pPr><w:pStyle w:val="{style}"/></w:pPr>{lines}</w:p>'


def _gap() -> str:
    # Keeps tables apart from headings, and from each other: two in a row would become one.
    return (
        f'<w:p {nsdecls("w")}><w:pPr><w:pStyle w:val="{style_id("table")}"/><w:keepNext/>'
        '<w:spacing w:line="120" w:lineRule="exact"/></w:pPr></w:p>'
    )


def _table(
    dress: Dress,
    columns: Sequence[TableColumn],
    rows: Iterable[Sequence[str]],
    *,
    has_heading: bool = True,
    label_style: str = "",
) -> str:
    """A table as wide as the type area, with thin lines; a row of texts each as paragraphs of its column's style."""
    total = sum(column.share for column in columns)
    widths = [int(dress.page.text_width * column.share / total) for column in columns]
    styles = [style_id(_CELL_STYLES[column.type]) for column in columns]
    if label_style:
        styles[0] = style_id(label_style)
    line = 'w:val="single" w:sz="4" w:space="0" w:color="000000"'
    borders = "".join(f"<w:{side} {line}/>" for side in ("top", "left", "bottom", "right", "insideH", "insideV"))
    xml = [
        (
            f"<w:tbl {nsdecls('w')}><w:tblPr>"
            f'<w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:jc w:val="center"/><w:tblBorders>{borders}</w:tblBorders>'
            '<w:tblLayout w:type="fixed"/><w:tblCellMar><w:top w:w="57" w:type="dxa"/><w:left w:w="57" w:type="dxa"/>'
            '<w:bottom w:w="57" w:type="dxa"/><w:right w:w="57" w:type="dxa"/></w:tblCellMar></w:tblPr><w:tblGrid>'
        ),
        *(f'<w:gridCol w:w="{width}"/>' for width in widths),
        "</w:tblGrid>",
    ]
    cell_starts = [
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/><w:vAlign w:val="center"/></w:tcPr>' for width in widths
    ]
    if has_heading:
        heading = [style_id("table_heading")] * len(columns)
        xml.append(_row(cell_starts, heading, [column.heading for column in columns], "<w:cantSplit/><w:tblHeader/>"))
    for row in rows:
        xml.append(_row(cell_starts, styles, [*row, *[""] * (len(columns) - len(row))], "<w:cantSplit/>"))
    xml.append("</w:tbl>")
    return "".join(xml)


def _row(cell_starts: Sequence[str], styles: Sequence[str], texts: Sequence[str], properties: str) -> str:
    cells = []
    for start, style, text in zip(cell_starts, styles, texts, strict=True):
        paragraphs = "".join(_paragraph(style, line, with_namespace=False) for line in text.split("\n"))
        cells.append(f"{start}{paragraphs}</w:tc>")
    return f"<w:tr><w:trPr>{properties}</w:trPr>{''.join(cells)}</w:tr>"


def _cover(dress: Dress, title: str, above: Sequence[str], subtitle: str, below: Sequence[str]) -> str:
    """The cover as three cells without lines, so that a long title does not push the foot off the page."""
    width, height = dress.page.text_width, dress.page.text_height
    title_lines = [_paragraph(style_id("cover_title"), title, with_namespace=False)]
    if subtitle:
        title_lines.append(_paragraph(style_id("cover_subtitle"), subtitle, with_namespace=False))
    cells = (
        (0.12, "top", [_paragraph(style_id("cover_mark"), line, with_namespace=False) for line in above]),
        (0.56, "center", title_lines),
        (0.28, "bottom", [_paragraph(style_id("cover_foot"), line, with_namespace=False) for line in below]),
    )
    empty = _paragraph(style_id("table"), "", with_namespace=False)
    rows = "".join(
        f'<w:tr><w:trPr><w:trHeight w:val="{int(height * share)}" w:hRule="exact"/></w:trPr>'
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/><w:vAlign w:val="{place}"/></w:tcPr>'
        f"{''.join(paragraphs) or empty}</w:tc></w:tr>"
        for share, place, paragraphs in cells
    )
    return (
        f'<w:tbl {nsdecls("w")}><w:tblPr><w:tblW w:w="{width}" w:type="dxa"/><w:tblLayout w:type="fixed"/></w:tblPr>'
        f'<w:tblGrid><w:gridCol w:w="{width}"/></w:tblGrid>{rows}</w:tbl>'
    )


def _section_break(dress: Dress) -> str:
    return (
        f'<w:p {nsdecls("w")}><w:pPr><w:pStyle w:val="{style_id("table")}"/>'
        '<w:spacing w:line="20" w:lineRule="exact"/>'
        f"<w:sectPr>{_section_words(dress)}</w:sectPr></w:pPr></w:p>"
    )


def _section_words(dress: Dress, numbering: str = "") -> str:
    page = dress.page
    return (
        f'<w:pgSz w:w="{page.width}" w:h="{page.height}"/>'
        f'<w:pgMar w:top="{page.top}" w:right="{page.right}" w:bottom="{page.bottom}" w:left="{page.left}" '
        f'w:header="851" w:footer="{page.footer}" w:gutter="0"/>{numbering}<w:cols w:space="425"/>'
        f'<w:docGrid w:type="linesAndChars" w:linePitch="{page.line_pitch}" '
        f'w:charSpace="{page.character_space(dress.sizes["body"])}"/>'
    )


def _set_sections(book: docx.document.Document, dress: Dress) -> None:
    """Page, grid and page numbers: odd pages right, even pages left, one character in, a dash on each side."""
    book.settings.odd_and_even_pages_header_footer = True
    section = book.sections[-1]
    final = section._sectPr
    for element in list(final):
        final.remove(element)
    numbering = '<w:pgNumType w:start="1"/>'
    words = parse_xml(f"<w:sectPr {nsdecls('w')}>{_section_words(dress, numbering)}</w:sectPr>")
    for element in list(words):
        final.append(element)
    for footer, side in ((section.footer, "right"), (section.even_page_footer, "left")):
        footer.is_linked_to_previous = False
        element = footer._element
        for child in list(element):
            element.remove(child)
        element.append(parse_xml(_page_number(dress, side)))


def _page_number(dress: Dress, side: str) -> str:
    size = dress.sizes["page_number"]
    face = dress.face("digits")
    properties = (
        f'<w:rPr><w:rFonts w:ascii="{face}" w:hAnsi="{face}" w:eastAsia="{face}" w:cs="{face}"/>'
        f'<w:sz w:val="{int(size * 2)}"/><w:szCs w:val="{int(size * 2)}"/></w:rPr>'
    )

    def run(inner: str) -> str:
        return f"<w:r>{properties}{inner}</w:r>"

    field = (
        run('<w:fldChar w:fldCharType="begin"/>')
        + run('<w:instrText xml:space="preserve"> PAGE </w:instrText>')
        + run('<w:fldChar w:fldCharType="separate"/>')
        + run("<w:t>1</w:t>")
        + run('<w:fldChar w:fldCharType="end"/>')
    )
    before, after = (run(f'<w:t xml:space="preserve">{text}</w:t>') for text in ("— ", " —"))
    return (
        f'<w:p {nsdecls("w")}><w:pPr><w:pStyle w:val="Footer"/>'
        f'<w:ind w:{side}Chars="100" w:{side}="{int(size * 20)}"/><w:jc w:val="{side}"/></w:pPr>'
        f"{before}{field}{after}</w:p>"
    )


def _set_styles(book: docx.document.Document, dress: Dress) -> None:
    sizes, spacing = dress.sizes, dress.spacing
    latin = dress.face("latin")
    body, line = sizes["body"], spacing["line"]
    indent = spacing["indent"]
    defaults = book.styles.element.find(qn("w:docDefaults"))
    assert defaults is not None
    for element in list(defaults):
        defaults.remove(element)
    defaults.append(
        parse_xml(
            f"<w:rPrDefault {nsdecls('w')}><w:rPr>{_fonts(latin, dress.face('body'))}"
            f'<w:sz w:val="{int(body * 2)}"/><w:szCs w:val="{int(body * 2)}"/>'
            '<w:lang w:val="en-US" w:eastAsia="zh-CN" w:bidi="ar-SA"/></w:rPr></w:rPrDefault>'
        )
    )
    defaults.append(parse_xml(f"<w:pPrDefault {nsdecls('w')}/>"))

    def dressed(
        style: ParagraphStyle,
        face: str,
        size: float,
        paragraph: str,
        *,
        keep: str = "",
        outline: int | None = None,
        squeeze: int = 0,
    ) -> None:
        element = style.element
        for tag in ("w:pPr", "w:rPr"):
            found = element.find(qn(tag))
            if found is not None:
                element.remove(found)
        level = "" if outline is None else f'<w:outlineLvl w:val="{outline}"/>'
        properties: BaseOxmlElement = parse_xml(f"<w:pPr {nsdecls('w')}>{keep}{paragraph}{level}</w:pPr>")
        run: BaseOxmlElement = parse_xml(
            f'<w:rPr {nsdecls("w")}>{_fonts(latin, dress.face(face))}<w:b w:val="0"/><w:i w:val="0"/>'
            f'<w:color w:val="000000"/><w:spacing w:val="{-squeeze}"/>'
            f'<w:sz w:val="{int(size * 2)}"/><w:szCs w:val="{int(size * 2)}"/></w:rPr>'
        )
        element.append(properties)
        element.append(run)

    def style(role: str) -> ParagraphStyle:
        made = book.styles.add_style(STYLE_NAMES[role], WD_STYLE_TYPE.PARAGRAPH)
        assert isinstance(made, ParagraphStyle)
        made.element.set(qn("w:styleId"), style_id(role))
        made.base_style = book.styles["Normal"]
        made.quick_style = True
        return made

    def named(name: str) -> ParagraphStyle:
        found = book.styles[name]
        assert isinstance(found, ParagraphStyle)
        return found

    exact = f'<w:spacing w:before="0" w:after="0" w:line="{int(line * 20)}" w:lineRule="exact"/>'
    table = f'<w:spacing w:before="0" w:after="0" w:line="{int(spacing["table_line"] * 20)}" w:lineRule="exact"/>'
    first_line = f'<w:ind w:firstLineChars="{int(indent * 100)}" w:firstLine="{int(indent * body * 20)}"/>'
    # LibreOffice tears lines apart under a character grid narrower than the face. So paragraphs do not snap to the grid
    # lines – the exact line height keeps the 22 of them all the same – and the characters are set closer by a hair,
    # which gives 28 in a line with and without the grid.
    squeeze = math.ceil(20 * body - dress.page.text_width / dress.page.characters) + 1
    # Web addresses and codes break where the line ends; else the words before them would be torn apart.
    off_grid = '<w:widowControl w:val="0"/><w:wordWrap w:val="0"/><w:snapToGrid w:val="0"/>'
    keep_next = "<w:keepNext/><w:keepLines/>"
    dressed(named("Normal"), "body", body, f'{off_grid}{exact}<w:jc w:val="both"/>', squeeze=squeeze)
    dressed(
        named("Title"), "title", sizes["title"],
        f'{off_grid}<w:spacing w:before="0" w:after="{int(line * 20)}" w:line="{int(spacing["title_line"] * 20)}" '
        'w:lineRule="exact"/><w:jc w:val="center"/>',
        keep=keep_next,
    )  # fmt: skip
    for level, heading in enumerate(dress.headings):
        dressed(
            named(f"Heading {level + 1}"), heading.face, body, f'{off_grid}{exact}{first_line}<w:jc w:val="both"/>',
            keep=keep_next, outline=level, squeeze=squeeze,
        )  # fmt: skip
    text = style("body")
    dressed(text, "body", body, f'{off_grid}{exact}{first_line}<w:jc w:val="both"/>', squeeze=squeeze)
    for level in range(len(dress.headings)):  # whoever types on after a heading types text
        named(f"Heading {level + 1}").next_paragraph_style = text
    dressed(style("plain"), "body", body, f'{off_grid}{exact}<w:jc w:val="both"/>', squeeze=squeeze)
    for role, alignment in (("table", "left"), ("table_centred", "center"), ("table_number", "right")):
        dressed(style(role), "body", sizes["table"], f'{off_grid}{table}<w:jc w:val="{alignment}"/>')
    dressed(style("table_heading"), "heading", sizes["table_heading"], f'{off_grid}{table}<w:jc w:val="center"/>')
    dressed(
        style("caption"), "heading", sizes["table"],
        f'{off_grid}<w:spacing w:before="120" w:after="60" w:line="{int(spacing["table_line"] * 20)}" '
        'w:lineRule="exact"/><w:jc w:val="center"/>',
        keep="<w:keepNext/>",
    )  # fmt: skip
    dressed(style("note"), "body", sizes["note"], f'{off_grid}{table}<w:jc w:val="left"/>')
    dressed(style("cover_mark"), "heading", body, f'{off_grid}{exact}<w:jc w:val="left"/>')
    cover = 'w:after="0" w:lineRule="exact"/><w:jc w:val="center"/>'
    dressed(style("cover_title"), "title", 26, f'{off_grid}<w:spacing w:before="0" w:line="800" {cover}')
    dressed(style("cover_subtitle"), "title", 36, f'{off_grid}<w:spacing w:before="600" w:line="1000" {cover}')
    dressed(style("cover_foot"), "subheading", body, f'{off_grid}<w:spacing w:before="0" w:line="640" {cover}')
    dressed(
        named("Footer"), "digits", sizes["page_number"],
        f'{off_grid}<w:spacing w:before="0" w:after="0" w:line="360" w:lineRule="exact"/>',
    )  # fmt: skip


def _fonts(latin: str, chinese: str) -> str:
    return f'<w:rFonts w:ascii="{latin}" w:hAnsi="{latin}" w:eastAsia="{chinese}" w:cs="{latin}"/>'


def _font_table(dress: Dress) -> bytes:
    """What to use where a face is missing: Word takes the alternative names, in this order."""
    fonts = []
    for faces in dress.faces.values():
        first, *others = faces
        alternative = f'<w:altName w:val="{escape(",".join(others))}"/>' if others else ""
        charset = "" if first.isascii() else '<w:charset w:val="86"/>'
        fonts.append(f'<w:font w:name="{escape(first)}">{alternative}{charset}</w:font>')
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        f"<w:fonts {nsdecls('w')}>{''.join(dict.fromkeys(fonts))}</w:fonts>"
    ).encode()


def _drop_extras(book: docx.document.Document) -> None:
    """Leave out what python-docx's own template brings along: a preview picture and foreign data."""
    for relations, mark in ((book.part.package.rels, _THUMBNAIL), (book.part.rels, _CUSTOM_XML)):
        for identity in [identity for identity, relation in relations.items() if relation.reltype.endswith(mark)]:
            del relations[identity]
