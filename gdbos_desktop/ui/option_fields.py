"""What a delegate is told about the cell it paints.

The binding's types leave these fields of style options out; here they are said once.
"""

from __future__ import annotations

from typing import Protocol, cast

from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QFont, QIcon
from PySide6.QtWidgets import QStyle, QStyleOption


class OptionFields(Protocol):
    """The fields of a style option for a cell."""

    rect: QRect
    state: QStyle.StateFlag
    text: str
    font: QFont
    icon: QIcon
    decorationSize: QSize  # noqa: N815 - Qt's name


def fields(option: QStyleOption) -> OptionFields:
    """The option, with its fields."""
    return cast("OptionFields", option)
