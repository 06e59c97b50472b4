"""Texts on several lines: breaks at words, and inside a word only when it is longer than the line."""

from __future__ import annotations

import re

from PySide6.QtCore import QPointF, QRect
from PySide6.QtGui import QFont, QPainter, QTextLayout, QTextOption

_LONG_RUN = re.compile(r"([!-~]{12})(?=[!-~]{12})")


def soft(text: str) -> str:
    """The text with invisible places to break in long codes and addresses, for labels that only break at words."""
    return _LONG_RUN.sub("\\1\u200b", text)


def text_height(text: str, font: QFont, width: int) -> int:
    """How high the text is at a width, in pixels."""
    return round(_laid_out(text, font, width).boundingRect().height())


def draw_text(painter: QPainter, room: QRect, text: str, font: QFont) -> None:
    """Draw the text into a room, from its upper left corner, in the painter's colour."""
    _laid_out(text, font, room.width()).draw(painter, QPointF(room.topLeft()))


def _laid_out(text: str, font: QFont, width: int) -> QTextLayout:
    layout = QTextLayout(text.replace("\n", "\u2028"), font)
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    layout.setTextOption(option)
    layout.beginLayout()
    top = 0.0
    while (line := layout.createLine()).isValid():
        line.setLineWidth(max(width, 20))
        line.setPosition(QPointF(0, top))
        top += line.height()
    layout.endLayout()
    return layout
