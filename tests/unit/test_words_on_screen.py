"""Every word on screen has its Chinese, keeps its placeholders, and no Chinese hides in the code."""

from __future__ import annotations

import ast
import gettext
import io
import re
import string
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from gdbos_desktop.system import messages

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "gdbos_desktop"
CATALOGUES = ROOT / "resources" / "i18n" / "zh_CN" / "LC_MESSAGES"
CHINESE = re.compile(r"[\u4e00-\u9fff]")

# Tables of words of the field that the program reads (never shows): how people write numbers, "none", footers …
WORD_TABLES = {
    "schema/values.py",
    "schema/types.py",
    "schema/dictionary.py",
    "domain/cells.py",
    "domain/predicates.py",
    "domain/name_keys.py",
    "importing/words.py",
    "exporting/words.py",
    "services/sampling.py",
    "exporting/samples.py",
    "storage/initials.py",
    "ui/theme.py",
}


def _files() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def _calls(tree: ast.AST) -> Iterator[str]:
    """The message ids in a module: arguments of _() and N_(), and the third argument of Issue()."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        arguments = [*node.args, *(word.value for word in node.keywords if word.arg == "message")]
        if name in {"_", "N_"}:
            wanted = node.args[:1]
        elif name == "Issue":
            wanted = [word.value for word in node.keywords if word.arg == "message"] or arguments[2:3]
        else:
            continue
        for argument in wanted:
            for part in ast.walk(argument):
                if isinstance(part, ast.Constant) and isinstance(part.value, str) and part.value:
                    yield part.value


def _placeholders(text: str) -> set[str]:
    return {name for _literal, name, _spec, _conversion in string.Formatter().parse(text) if name}


@pytest.fixture(autouse=True)
def chinese() -> None:
    messages.set_language("zh_CN")


@pytest.mark.parametrize("file", _files(), ids=lambda file: str(file.relative_to(PACKAGE)))
def test_every_message_of_a_module_has_its_chinese(file: Path) -> None:
    missing = [
        message
        for message in _calls(ast.parse(file.read_text(encoding="utf-8")))
        if not CHINESE.search(message) and re.search(r"[A-Za-z]{2,}", re.sub(r"\{[^}]*\}", "", message))
        and messages._(message) == message
    ]  # fmt: skip
    assert missing == []


@pytest.mark.parametrize("catalogue", sorted(CATALOGUES.glob("*.po")), ids=lambda file: file.stem)
def test_a_translation_keeps_its_placeholders_and_is_compiled(catalogue: Path) -> None:
    with catalogue.open("rb") as file:
        entries = read_po(file, locale="zh_CN")
    for entry in entries:
        if entry.id and entry.string:
            assert _placeholders(str(entry.id)) == _placeholders(str(entry.string)), entry.id
    fresh = io.BytesIO()
    write_mo(fresh, entries)
    compiled = gettext.GNUTranslations(io.BytesIO(catalogue.with_suffix(".mo").read_bytes()))
    for entry in entries:
        if entry.id and entry.string:
            assert compiled.gettext(str(entry.id)) == str(entry.string), f"run make messages: {entry.id}"


def test_every_catalogue_on_disk_is_read_by_the_program() -> None:
    assert {file.stem for file in CATALOGUES.glob("*.po")} <= set(messages.CATALOGUES)


@pytest.mark.parametrize(
    "file",
    [file for file in _files() if file.relative_to(PACKAGE).as_posix() not in WORD_TABLES],
    ids=lambda file: str(file.relative_to(PACKAGE)),
)
def test_no_chinese_sentence_hides_in_the_code(file: Path) -> None:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    strays = [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and id(node) not in docstrings
        and CHINESE.search(node.value)
        and not _is_bare_docstring(node, tree)
    ]
    assert strays == []


def _is_bare_docstring(constant: ast.Constant, tree: ast.AST) -> bool:
    """Attribute docstrings: a string that stands as a statement of its own."""
    return any(isinstance(node, ast.Expr) and node.value is constant for node in ast.walk(tree))


def test_english_shows_the_message_ids() -> None:
    messages.set_language("en")
    try:
        assert messages._("Nothing to undo") == "Nothing to undo"
    finally:
        messages.set_language("zh_CN")
    assert messages._("Nothing to undo") != "Nothing to undo"


def test_a_missing_value_leaves_the_placeholder_visible_instead_of_failing() -> None:
    assert "{text}" in messages.fill("“{text}” is not a date. Write it like 2026-11-24.", {})
