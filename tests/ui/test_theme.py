"""The look: readable in both themes, icons that exist, one style sheet without holes."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QApplication

from gdbos_desktop.system.resources import resource_folder
from gdbos_desktop.ui import theme as look
from gdbos_desktop.ui.theme import DARK, LIGHT, Theme, Tokens, contrast

UI = Path(look.__file__).parent
TEXTS_ON = {
    "text": ("page", "surface", "hover", "accent_tint", "error_tint", "warning_tint", "success_tint"),
    "secondary": ("page", "surface", "hover", "accent_tint"),
    "accent_text": ("page", "surface", "accent_tint"),
    "error": ("page", "surface", "error_tint"),
    "warning": ("page", "surface", "warning_tint"),
    "success": ("page", "surface", "success_tint"),
    "on_accent": ("accent", "accent_hover", "accent_pressed"),
    "on_tooltip": ("tooltip",),
}


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("text", TEXTS_ON)
def test_every_text_colour_has_contrast_of_four_and_a_half_on_every_ground_it_stands_on(
    colours: Tokens, text: str
) -> None:
    for ground in TEXTS_ON[text]:
        ratio = contrast(getattr(colours, text), getattr(colours, ground))
        assert ratio >= 4.5, f"{text} on {ground}: {ratio:.2f}"


def test_contrast_of_black_on_white_is_twenty_one() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_the_style_sheet_has_no_hole_and_every_picture_it_names_exists(colours: Tokens) -> None:
    sheet = look.style_sheet(colours)
    assert "$" not in sheet.split("*/", 1)[1]
    pictures = re.findall(r"url\(([^)]+)\)", sheet)
    assert pictures
    assert [picture for picture in pictures if not Path(picture).is_file()] == []


def test_the_style_sheet_names_no_colour_of_its_own() -> None:
    text = (resource_folder("style") / "theme.qss").read_text(encoding="utf-8")
    assert re.findall(r"#[0-9A-Fa-f]{3,8}\b", text) == []


def test_no_module_but_the_theme_names_a_colour() -> None:
    guilty = {
        path.name: found
        for path in UI.rglob("*.py")
        if path.name != "theme.py" and (found := re.findall(r'"#[0-9A-Fa-f]{6}"', path.read_text(encoding="utf-8")))
    }
    assert guilty == {}


def test_every_icon_named_in_the_window_is_in_the_set(theme: Theme) -> None:
    names = look._icon_font().characters
    for path in UI.rglob("*.py"):
        for name in re.findall(r'"([a-z0-9]+(?:-[a-z0-9]+)*-(?:line|fill|asc|desc|2|move))"', path.read_text("utf-8")):
            assert name in names, f"{path.name}: {name}"


def test_icons_follow_a_change_of_theme(theme: Theme) -> None:
    shown = look.icon("add-line", "text")
    light = shown.pixmap(QSize(16, 16)).toImage()
    theme.set_dark(True)
    dark = shown.pixmap(QSize(16, 16)).toImage()
    assert light != dark
    assert theme.is_dark


def test_codes_line_up_because_every_character_is_as_wide_as_the_next(qapp: QApplication) -> None:
    from PySide6.QtGui import QFontMetrics

    metrics = QFontMetrics(look.code_font())
    assert len({metrics.horizontalAdvance(character) for character in "0123456789ABCXYZ-"}) == 1


def test_tokens_are_colours() -> None:
    for colours in (LIGHT, DARK):
        for field in fields(colours):
            value = getattr(colours, field.name)
            assert field.name == "name" or re.fullmatch(r"#[0-9A-F]{6}", value), field.name


def test_the_two_catalogues_of_the_window_agree_where_they_share_a_message() -> None:
    # Catalogues are stacked: the later one would silently win.
    def words(name: str) -> dict[str, str]:
        text = (resource_folder("i18n") / "zh_CN" / "LC_MESSAGES" / f"{name}.po").read_text(encoding="utf-8")
        found = re.findall(r'^msgid ((?:"(?:[^"\\]|\\.)*"\n)+)msgstr ((?:"(?:[^"\\]|\\.)*"\n)+)', text, re.MULTILINE)
        return {"".join(re.findall(r'"(.*)"', key)): "".join(re.findall(r'"(.*)"', value)) for key, value in found}

    frame, forms = words("ui"), words("ui_forms")
    assert len(frame) > 100
    assert {key: (frame[key], forms[key]) for key in frame.keys() & forms.keys() if frame[key] != forms[key]} == {}
