"""Word templates with placeholders, compiled once and filled many times.

Hides docxtpl and jinja2. A template is a .docx that users edit in Word or WPS: ``{{ name }}`` for a value, ``{%p if …
%}`` and ``{%p for … %}`` alone in a paragraph, ``{%tr for … %}`` alone in a table row. Values pass as plain text: never
as XML, a field or a link. A line break in a value begins a new paragraph of the same looks.
"""

from __future__ import annotations

import difflib
import re
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import docxtpl
import jinja2
import jinja2.meta
import jinja2.nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment
from lxml import etree
from markupsafe import Markup, escape

from gdbos_desktop.exporting.packages import Piece, pack, write_package
from gdbos_desktop.system.errors import KnownError
from gdbos_desktop.system.messages import _

LARGEST_PART = 64 << 20
_FILLED_PARTS = re.compile(r"word/(document|header\d*|footer\d*|footnotes|endnotes)\.xml|docProps/core\.xml")
_BREAK = "\ufdd0"  # a code point that is no character, so that no text has it
_NOT_IN_XML = re.compile("[\0-\x08\x0b-\x1f\x7f\ufdd0\ufffe\uffff\ud800-\udfff]")
_NEW_LINE = '</w:t><w:br/><w:t xml:space="preserve">'
_PARAGRAPH_LOOKS = re.compile(r"<w:p(?: [^>]*)?>(<w:pPr>.*?</w:pPr>|<w:pPr/>)?", re.DOTALL)
_RUN_LOOKS = re.compile(r"<w:r(?: [^>]*)?>(<w:rPr>.*?</w:rPr>|<w:rPr/>)?", re.DOTALL)
_NESTED = ("<w:hyperlink", "<w:sdt", "<w:ins ", "<w:smartTag", "<w:fldSimple", "<w:txbxContent", "<w:customXml")
_UNKNOWN_FILTER = re.compile(r"No filter named '([^']*)'")
_BLOCK = re.compile(r"unknown tag|end of template")
_SECTION = re.compile(r"<w:sectPr.*?</w:sectPr>", re.DOTALL)
_TEMPLATE_TYPE = b"wordprocessingml.template.main+xml"
_DOCUMENT_TYPE = b"wordprocessingml.document.main+xml"


class UnknownPlaceholder(Exception):  # noqa: N818 - it names what the template says, not a bug
    """A placeholder that stands for nothing."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


class _Unknown(jinja2.Undefined):
    """A name nobody gave a meaning fails at once, and says which name it is."""

    def __init__(self, hint: str | None = None, obj: Any = None, name: str | None = None, exc: Any = None) -> None:
        super().__init__(hint, obj, name, exc or jinja2.UndefinedError)
        raise UnknownPlaceholder(name or "")


class WordTemplate:
    """A compiled template. ``filters`` are the functions a placeholder may send a value through."""

    def __init__(
        self,
        path: Path,
        names: Iterable[str],
        filters: Mapping[str, Callable[..., object]],
    ) -> None:
        """Read a template: ``names`` are the placeholders at the top.

        KnownErrors: ``template-missing``, ``template-unreadable``, ``template-mistake``, ``unknown-placeholder``.
        """
        self.path = path
        self._names = tuple(names)
        environment = ImmutableSandboxedEnvironment(
            autoescape=True, undefined=_Unknown, finalize=_finalize, keep_trailing_newline=True
        )
        environment.filters.update(filters)
        self.placed: set[str] = set()
        """The names the template uses at the top of a record."""
        self.placed_inside: set[str] = set()
        """The names it uses of what a record contains, at any depth."""
        self._parts: list[tuple[str, Sequence[Piece] | jinja2.Template]] = []
        for name, data in self._read():
            if _FILLED_PARTS.fullmatch(name) and b"{" in data:
                self._parts.append((name, self._compile(environment, data.decode("utf-8"))))
            else:
                self._parts.append((name, [pack(data.replace(_TEMPLATE_TYPE, _DOCUMENT_TYPE))]))

    def prove(self, probes: Iterable[Mapping[str, Any]]) -> None:
        """Fill the template with examples of the data from full to empty, so that every branch and loop is walked.

        KnownErrors: ``template-mistake``, ``unknown-placeholder``.
        """
        for probe in probes:
            for name, data in self.fill(probe).items():
                self._prove(name, data)

    def fill(self, values: Mapping[str, Any]) -> dict[str, bytes]:
        """The parts that have placeholders, filled."""
        return {
            name: self._render(name, part, values) for name, part in self._parts if isinstance(part, jinja2.Template)
        }

    def write(self, file: BinaryIO, values: Mapping[str, Any]) -> None:
        """Write the filled document."""
        filled = self.fill(values)
        write_package(
            file,
            [(name, [pack(filled[name])] if isinstance(part, jinja2.Template) else part) for name, part in self._parts],
        )

    def _read(self) -> list[tuple[str, bytes]]:
        try:
            with zipfile.ZipFile(self.path) as package:
                entries = [entry for entry in package.infolist() if not entry.is_dir()]
                if not any(entry.filename == "word/document.xml" for entry in entries) or any(
                    entry.file_size > LARGEST_PART for entry in entries
                ):
                    raise self._unreadable()
                return [(entry.filename, package.read(entry)) for entry in entries]
        except FileNotFoundError as error:
            raise KnownError(
                "template-missing",
                _("The template is not there"),
                _("There is no file {path}.").format(path=self.path),
                _("Choose another template, or leave the choice empty for the one that comes with the program."),
            ) from error
        except (OSError, zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
            raise self._unreadable() from error

    def _unreadable(self) -> KnownError:
        return KnownError(
            "template-unreadable",
            _("Not a Word template"),
            _("“{name}” is not a Word document (.docx) that can be read.").format(name=self.path.name),
            _("Open it in Word or WPS, save it as .docx without a password, and try again."),
        )

    def _compile(self, environment: jinja2.Environment, xml: str) -> jinja2.Template:
        source = str(docxtpl.DocxTemplate(str(self.path)).patch_xml(xml))
        try:
            tree = environment.parse(source)
            used = jinja2.meta.find_undeclared_variables(tree)
            self.placed |= used
            self.placed_inside.update(node.attr for node in tree.find_all(jinja2.nodes.Getattr))
            unknown = used - {*self._names, *environment.globals}
            if unknown:
                raise self._unknown(min(unknown, key=source.find))
            return environment.from_string(source)
        except jinja2.TemplateSyntaxError as error:
            raise self._mistake(_reason(error), _surroundings(environment, source)) from error

    def _render(self, name: str, part: jinja2.Template, values: Mapping[str, Any]) -> bytes:
        try:
            xml = part.render(values)
        except UnknownPlaceholder as error:
            raise self._unknown(error.name) from error
        except (jinja2.TemplateError, TypeError, ValueError, ArithmeticError, LookupError, AttributeError) as error:
            raise self._mistake(_reason(error)) from error
        if _BREAK in xml:
            xml = _break_paragraphs(xml) if name.startswith("word/") else xml.replace(_BREAK, " ")
        return xml.encode()

    def _prove(self, name: str, data: bytes) -> None:
        try:
            etree.fromstring(data, etree.XMLParser(resolve_entities=False, huge_tree=True))
        except etree.XMLSyntaxError as error:
            raise self._mistake(
                _("a block does not begin and end at the same level ({part}).").format(part=name)
            ) from error

    def _unknown(self, name: str) -> KnownError:
        near = difflib.get_close_matches(name, self._names, 3, 0.5)
        return KnownError(
            "unknown-placeholder",
            _("Unknown placeholder"),
            _("The template “{template}” has the placeholder “{name}”, which stands for nothing.").format(
                template=self.path.name, name=name
            ),
            _("Do you mean {near}? Correct it in the template.").format(near="、".join(near))
            if near
            else _("Use the name of an element as it stands in the data dictionary."),
        )

    def _mistake(self, reason: str, place: str = "") -> KnownError:
        return KnownError(
            "template-mistake",
            _("A mistake in the template"),
            _("The template “{template}” cannot be filled: {reason}").format(template=self.path.name, reason=reason)
            + (_(" Near: “{place}”.").format(place=place) if place else ""),
            _("Compare it with the template that comes with the program: every block needs its end."),
        )


def plain_text(text: str) -> str:
    """The text without what a document cannot hold."""
    return text if text.isprintable() else _NOT_IN_XML.sub("", text)


def _finalize(value: object) -> object:
    if isinstance(value, str) and "\n" in value:
        return Markup(escape(value).replace("\n", _BREAK))
    return value


def _reason(error: Exception) -> str:
    """What a refusal of the template language means for a person who writes a template."""
    words = str(error)
    if match := _UNKNOWN_FILTER.search(words):
        return _("there is no function “{name}” behind the bar |.").format(name=match[1])
    if _BLOCK.search(words):
        return _("an “if” or “for” has no end, or an end has no beginning.")
    return _("a placeholder is not written correctly ({detail}).").format(detail=words)


def _surroundings(environment: jinja2.Environment, source: str) -> str:
    """The paragraph in which a mistake is found: the line number of the error once paragraphs are lines."""
    lines = source.replace("<w:p>", "\n<w:p>").replace("<w:p ", "\n<w:p ")
    try:
        environment.parse(lines)
        environment.compile(lines)
    except jinja2.TemplateSyntaxError as error:
        found = lines.split("\n")[error.lineno - 1 : error.lineno]
        return re.sub(r"<[^>]*>", "", "".join(found)).strip()[:120]
    return ""


def _break_paragraphs(xml: str) -> str:
    """Ends a paragraph at every break and begins another with the same looks; where that cannot be, breaks the line."""
    first, *rest = xml.split(_BREAK)
    done, before = [first], first
    for text in rest:
        start = max(before.rfind("<w:p>"), before.rfind("<w:p "))
        before = before[max(start, 0) :]
        done += (_joint(before), text)
        before += text
    return "".join(done)


def _joint(paragraph: str) -> str:
    """What to put in place of a break at the end of this beginning of a paragraph."""
    looks = _PARAGRAPH_LOOKS.match(paragraph)
    run = _RUN_LOOKS.match(paragraph, max(paragraph.rfind("<w:r>"), paragraph.rfind("<w:r "), 0))
    if looks is None or run is None or "</w:p>" in paragraph or any(mark in paragraph for mark in _NESTED):
        return _NEW_LINE
    paragraph_looks = _SECTION.sub("", looks[1] or "")
    return f'</w:t></w:r></w:p><w:p>{paragraph_looks}<w:r>{run[1] or ""}<w:t xml:space="preserve">'
