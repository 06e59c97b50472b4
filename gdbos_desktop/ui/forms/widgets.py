"""The one table from the type of an element to the widget that edits it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtWidgets import QWidget

from gdbos_desktop.schema import Element
from gdbos_desktop.ui.forms.choice_widgets import ReferenceChooser, code_widget, codes_widget
from gdbos_desktop.ui.forms.text_widgets import (
    AttachmentWidget,
    CodeTextWidget,
    DateWidget,
    LineWidget,
    LongTextWidget,
    NumberWidget,
    UrlWidget,
    text_widget,
)
from gdbos_desktop.ui.forms.value_widget import FormContext, ValueWidget

Maker = Callable[[Element, FormContext, QWidget | None], ValueWidget]

WIDGETS: Mapping[str, Maker] = {
    "text": text_widget,
    "long_text": LongTextWidget,
    "code_text": CodeTextWidget,
    "credit_code": CodeTextWidget,
    "region_code": CodeTextWidget,
    "phone": LineWidget,
    "url": UrlWidget,
    "attachment": AttachmentWidget,
    "integer": NumberWidget,
    "decimal": NumberWidget,
    "date": DateWidget,
    "code": code_widget,
    "codes": codes_widget,
    "reference": ReferenceChooser,
}


def make_widget(element: Element, context: FormContext, parent: QWidget | None = None) -> ValueWidget:
    """The widget that edits an element; every type of every standard has one."""
    return WIDGETS[element.type.name](element, context, parent)
