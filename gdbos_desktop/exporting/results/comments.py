"""Comments of a sheet: those that are there stay, ours are added, in the two parts that office programs want for them.

Hides the drawing language of comment boxes. Where the comments of a sheet are of a form that cannot be added to, none
is added: the status column says the same.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from gdbos_desktop.exporting.results.markup import Element, Tree, Unpatchable, appended, escaped, look
from gdbos_desktop.exporting.results.package import (
    COMMENTS_TYPE,
    DRAWING_TYPE,
    MAIN,
    OFFICE,
    WorkbookPackage,
)
from gdbos_desktop.exporting.rows import column_letters, display_width
from gdbos_desktop.exporting.words import LIST_FACE, RESULT_AUTHOR

COMMENT_LIMIT = 2000
"""Comments added to a sheet; with more, office programs become slow."""
_BEHIND = frozenset(
    {
        "legacyDrawingHF", "drawingHF", "picture", "oleObjects", "controls", "webPublishItems", "tableParts", "extLst",
        "AlternateContent",
    }
)  # fmt: skip
_BOX_CHARACTERS = 40
_V, _O, _X = (
    "urn:schemas-microsoft-com:vml",
    "urn:schemas-microsoft-com:office:office",
    "urn:schemas-microsoft-com:office:excel",
)
_NEW_DRAWING = (
    f'<xml xmlns:v="{_V}" xmlns:o="{_O}" xmlns:x="{_X}">'
    '<o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="1"/></o:shapelayout></xml>'
).encode()
_SHAPE_TYPE = (
    b'<v:shapetype id="_x0000_t202" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe">'
    b'<v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>'
)
_RULE = "————"
"""Between the words of others and ours."""
_BOX_ROW = re.compile(rb"<(?:[\w.-]+:)?Row>(\d{1,7})<")
_BOX_COLUMN = re.compile(rb"<(?:[\w.-]+:)?Column>(\d{1,5})<")
_SHAPE_NUMBER = re.compile(rb'"_x0000_s(\d{1,9})"')
_XML_END = re.compile(rb"</xml\s*>\s*\Z")


@dataclass(frozen=True, slots=True)
class Comment:
    """A text for a cell (row and column from 1)."""

    row: int
    column: int
    text: str

    @property
    def address(self) -> str:
        """As Excel writes it."""
        return f"{column_letters(self.column - 1)}{self.row}"


def with_comments(
    package: WorkbookPackage, part: str, outline: bytes, comments: Sequence[Comment], *, is_again: bool = False
) -> tuple[bytes, int]:
    """Add comments to a sheet: its outline with the link to them, and how many comments had to be left out.

    ``is_again``: what an earlier result said is taken away first.
    """
    kept = comments[:COMMENT_LIMIT]
    if not kept and not is_again:
        return outline, 0
    try:
        if is_again:
            _take_away(package, part)
        if not kept:
            return outline, 0
        return _added(package, part, outline, kept), len(comments) - len(kept)
    except Unpatchable:
        return outline, len(comments)


def _take_away(package: WorkbookPackage, part: str) -> None:
    """Remove our comments of an earlier result, and our words behind those of others."""
    related = package.relationships(part)
    lists = [package.part(one.target) for one in related if one.type == f"{OFFICE}/comments"]
    drawings = [package.part(one.target) for one in related if one.type == f"{OFFICE}/vmlDrawing"]
    for name in lists:
        xml, gone = _without_ours(package.read(name))
        boxed = {drawing: _without_boxes(package.read(drawing), gone) for drawing in drawings} if gone else {}
        package.change(name, xml)
        for drawing, changed in boxed.items():
            package.change(drawing, changed)


def _without_ours(xml: bytes) -> tuple[bytes, set[str]]:
    """The list of comments without ours, and the cells that have none any more."""
    tree = look(xml)
    authors, listed = tree.find("authors"), tree.find("commentList")
    if authors is None or listed is None or listed.inner_start == listed.end:
        return xml, set()
    names = xml[authors.start : authors.end]
    ours = {
        str(number)
        for number, one in enumerate(look(names).children)
        if names[one.inner_start : one.inner_end].decode() == escaped(RESULT_AUTHOR)
    }
    part = xml[listed.start : listed.end]
    out, at, gone = [], 0, set()
    for old in look(part).children:
        if old.attributes.get("authorId") in ours:
            gone.add(old.attributes.get("ref", ""))
            out.append(part[at : old.start])
            at = old.end
        elif _RULE.encode() in part[old.start : old.end]:
            out += [part[at : old.start], _without_our_run(part[old.start : old.end])]
            at = old.end
    return xml[: listed.start] + b"".join([*out, part[at:]]) + xml[listed.end :], gone


def _without_our_run(xml: bytes) -> bytes:
    body = look(xml).find("text")
    if body is None or body.inner_start == body.end:
        return xml
    part = xml[body.start : body.end]
    for run in reversed(look(part).children):
        if run.name == "r" and _RULE.encode() in part[run.start : run.end]:
            part = part[: run.start] + part[run.end :]
    return xml[: body.start] + part + xml[body.end :]


def _without_boxes(xml: bytes, cells: set[str]) -> bytes:
    """The drawing without the boxes of the comments of some cells."""
    out, at = [], 0
    for shape in look(xml).children:
        words = xml[shape.start : shape.end]
        row, column = _BOX_ROW.search(words), _BOX_COLUMN.search(words)
        if shape.name != "shape" or row is None or column is None:
            continue
        if f"{column_letters(int(column[1]))}{int(row[1]) + 1}" in cells:
            out.append(xml[at : shape.start])
            at = shape.end
    return b"".join([*out, xml[at:]])


def _added(package: WorkbookPackage, part: str, outline: bytes, comments: Sequence[Comment]) -> bytes:
    related = package.relationships(part)
    listed = next((one.target for one in related if one.type == f"{OFFICE}/comments"), None)
    is_threaded = any(one.type.endswith("/threadedComment") for one in related)
    tree = look(outline)
    links = {name for name, value in tree.root.attributes.items() if value == OFFICE and name.startswith("xmlns:")}
    legacy = tree.find("legacyDrawing")
    drawing = None
    if legacy is not None:
        link = next((value for name, value in legacy.attributes.items() if name.endswith(":id")), "")
        drawing = next((one.target for one in related if one.id == link), None)
        if drawing is None:
            raise Unpatchable("drawing")
    # Everything that may refuse comes before the first change.
    old_list = package.read(package.part(listed)) if listed is not None else _NEW_LIST
    old_drawing = package.read(package.part(drawing)) if drawing is not None else _NEW_DRAWING
    new_list, fresh = _longer_list(old_list, comments, is_threaded)
    new_drawing = _longer_drawing(old_drawing, fresh)
    if listed is None:
        name = package.new_name("xl/comments{}.xml")
        package.change(name, new_list)
        package.declare(name, COMMENTS_TYPE)
        package.relate(part, "comments", name)
    else:
        package.change(package.part(listed), new_list)
    if drawing is not None:
        package.change(package.part(drawing), new_drawing)
        return outline
    name = package.new_name("xl/drawings/vmlDrawing{}.vml")
    package.change(name, new_drawing)
    package.declare(name, DRAWING_TYPE)
    link = package.relate(part, "vmlDrawing", name)
    bound = next(iter(links), "")
    prefix = bound.removeprefix("xmlns:") or "r"
    declared = "" if bound else f' xmlns:r="{OFFICE}"'
    line = f'<{tree.tag("legacyDrawing")}{declared} {prefix}:id="{link}"/>'.encode()
    behind = next((child.start for child in tree.children if child.name in _BEHIND), tree.root.inner_end)
    return outline[:behind] + line + outline[behind:]


_NEW_LIST = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    b'<comments xmlns="%s"><authors></authors><commentList></commentList></comments>' % MAIN.encode()
)


def _longer_list(xml: bytes, comments: Sequence[Comment], is_threaded: bool) -> tuple[bytes, list[Comment]]:
    """The list of comments with ours, and those of ours for cells that had none."""
    tree = look(xml)
    authors, listed = tree.find("authors"), tree.find("commentList")
    if authors is None or listed is None or authors.start > listed.start or tree.root.name != "comments":
        raise Unpatchable("comments")
    author = _count(xml, authors)
    wanted = {comment.address: comment for comment in comments}
    p = f"{tree.root.prefix}:" if tree.root.prefix else ""
    part = xml[listed.start : listed.end]
    out, at = [], 0
    for old in look(part).children if listed.inner_start < listed.end else ():
        ours = wanted.pop(old.attributes.get("ref", "").replace("$", ""), None)
        if ours is not None and not is_threaded:
            out += [part[at : old.start], _longer_comment(part[old.start : old.end], ours.text, p)]
            at = old.end
    fresh = list(wanted.values())
    lines = [
        f'<{p}comment ref="{comment.address}" authorId="{author}">'
        f"<{p}text>{_run(comment.text, p)}</{p}text></{p}comment>"
        for comment in fresh
    ]
    grown = b"".join([*out, part[at:]])
    whole = look(grown).root
    xml = xml[: listed.start] + appended(grown, whole, "".join(lines).encode()) + xml[listed.end :]
    return appended(xml, authors, f"<{p}author>{escaped(RESULT_AUTHOR)}</{p}author>".encode()), fresh


def _count(xml: bytes, element: Element) -> int:
    return len(look(xml[element.start : element.end]).children) if element.inner_start < element.end else 0


def _longer_comment(xml: bytes, text: str, p: str) -> bytes:
    """A comment of somebody with our words behind theirs."""
    body = look(xml).find("text")
    if body is None or body.inner_start == body.end:
        raise Unpatchable("comments")
    part = xml[body.start : body.end]
    tree: Tree = look(part)
    out, at = [], 0
    behind = tree.root.inner_end
    for child in tree.children:
        if child.name == "t":  # a bare text becomes a run, so that another run may follow
            out += [part[at : child.start], f"<{p}r>".encode(), part[child.start : child.end], f"</{p}r>".encode()]
            at = child.end
        elif child.name != "r":
            behind = min(behind, child.start)
    out += [part[at:behind], _run(f"\n{_RULE}\n{text}", p).encode(), part[behind:]]
    return xml[: body.start] + b"".join(out) + xml[body.end :]


def _run(text: str, p: str) -> str:
    return (
        f'<{p}r><{p}rPr><{p}sz val="9"/><{p}rFont val="{LIST_FACE}"/></{p}rPr>'
        f'<{p}t xml:space="preserve">{escaped(text)}</{p}t></{p}r>'
    )


def _longer_drawing(xml: bytes, comments: Sequence[Comment]) -> bytes:
    """The drawing with a hidden box for each comment."""
    end = _XML_END.search(xml)
    if end is None:
        raise Unpatchable("drawing")
    opening = xml[: xml.find(b">", xml.find(b"<xml")) + 1]
    spaces = f'xmlns:v="{_V}" xmlns:o="{_O}" xmlns:x="{_X}"'.encode()
    is_declared = all(space in opening for space in spaces.split())
    shape = max((int(number) for number in _SHAPE_NUMBER.findall(xml)), default=1024) + 1
    parts = [xml[: end.start()]]
    if b'id="_x0000_t202"' not in xml:
        parts.append(_SHAPE_TYPE if is_declared else _SHAPE_TYPE.replace(b" ", b" " + spaces + b" ", 1))
    for number, comment in enumerate(comments):
        box = _box(comment, shape + number)
        parts.append(box if is_declared else box.replace(b" ", b" " + spaces + b" ", 1))
    return b"".join([*parts, xml[end.start() :]])


def _box(comment: Comment, shape: int) -> bytes:
    lines = sum(1 + display_width(line) // _BOX_CHARACTERS for line in comment.text.split("\n"))
    top = max(comment.row - 2, 0)
    anchor = f"{comment.column}, 12, {top}, 6, {comment.column + 4}, 20, {top + max(lines, 2) + 1}, 10"
    return (
        f'<v:shape id="_x0000_s{shape}" type="#_x0000_t202" '
        f'style="position:absolute;margin-left:60pt;margin-top:2pt;width:220pt;height:{14 * max(lines, 2) + 10}pt;'
        f'z-index:{shape % 1024 + 1};visibility:hidden" fillcolor="#ffffe1" o:insetmode="auto">'
        '<v:fill color2="#ffffe1"/><v:shadow on="t" color="black" obscured="t"/><v:path o:connecttype="none"/>'
        '<v:textbox style="mso-direction-alt:auto"><div style="text-align:left"></div></v:textbox>'
        '<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/>'
        f"<x:Anchor>{anchor}</x:Anchor><x:AutoFill>False</x:AutoFill>"
        f"<x:Row>{comment.row - 1}</x:Row><x:Column>{comment.column - 1}</x:Column></x:ClientData></v:shape>"
    ).encode()
