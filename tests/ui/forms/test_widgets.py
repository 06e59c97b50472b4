"""Every element of every standard has a widget and a bulk widget that give back exactly what they were given."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLineEdit, QWidget

from gdbos_desktop.schema import STATED_NONE, Element, Issue, Severity, Value, load_code_lists, load_standard
from gdbos_desktop.schema.types import TYPE_NAMES, Code, Codes
from gdbos_desktop.system.resources import read_texts
from gdbos_desktop.ui.forms.bulk_widgets import BULK_WIDGETS, BulkMode, make_bulk_widget
from gdbos_desktop.ui.forms.choice_line import ChoiceLine
from gdbos_desktop.ui.forms.choice_widgets import CodesChooser, CodesFlow, CodeSwitch, ReferenceChooser
from gdbos_desktop.ui.forms.text_widgets import DateWidget, GrowingWidget, LineWidget, NumberWidget
from gdbos_desktop.ui.forms.value_widget import FormContext, ValueWidget
from gdbos_desktop.ui.forms.widgets import WIDGETS, make_widget
from gdbos_desktop.ui.theme import Theme
from tests.ui.forms.items import press, type_text

TEXTS = read_texts("standards")
CODE_LISTS = load_code_lists(read_texts("code-lists"))
STANDARDS = {name: load_standard(TEXTS, name, CODE_LISTS) for name in TEXTS}
ELEMENTS = [
    (name, kind.code, element)
    for name, standard in STANDARDS.items()
    for kind in standard.kinds.values()
    for element in kind.elements.values()
]
every_element = pytest.mark.parametrize(
    ("standard", "kind", "element"), ELEMENTS, ids=[f"{n}.{k}.{e.code}" for n, k, e in ELEMENTS]
)
by_type = {
    name: next(element for _n, _k, element in ELEMENTS if element.type.name == name)
    for name in TYPE_NAMES
    if any(element.type.name == name for _n, _k, element in ELEMENTS)
}


_host: list[QWidget] = []


@pytest.fixture(autouse=True)
def host(theme: Theme) -> Iterator[None]:
    """A widget that takes what a test makes with it when it goes."""
    _host.append(QWidget())
    yield
    _host.pop().deleteLater()


def make(element: Element, context: FormContext | None = None) -> ValueWidget:
    return make_widget(element, context or FormContext(), _host[-1])


def show(widget: ValueWidget) -> None:
    _host[-1].resize(500, 300)
    widget.resize(400, widget.sizeHint().height())
    _host[-1].show()
    _host[-1].activateWindow()
    assert QTest.qWaitForWindowActive(_host[-1])


def values(element: Element) -> st.SearchStrategy[Value | None]:
    """Values the store may hold."""
    kind = element.type
    found: list[st.SearchStrategy[Value | None]] = [st.none()]
    if element.parse(STATED_NONE) == STATED_NONE:  # some code lists have the word itself
        found.append(st.just(STATED_NONE))
    if isinstance(kind, Code):
        found.append(st.sampled_from(list(kind.code_list.by_code)))
    elif isinstance(kind, Codes):
        codes = st.lists(st.sampled_from(list(kind.code_list.by_code)), min_size=1, unique=True)
        found.append(codes.map(lambda chosen: tuple(sorted(chosen, key=kind.code_list.position))))
    elif kind.name == "reference":
        found.append(st.text("0123456789abcdef", min_size=32, max_size=32))
    else:
        texts = st.one_of(
            st.text(max_size=40),
            st.text("审批材料，。；（）\n abc019-", max_size=200),
            st.integers(-(10**14), 10**14).map(str),
            st.dates().map(str),
        )
        parsed = texts.map(element.parse)
        good = parsed.filter(lambda value: not isinstance(value, Issue))
        found.append(cast("st.SearchStrategy[Value | None]", good))
    return st.one_of(found)


def widget_for(type_name: str, context: FormContext | None = None) -> ValueWidget:
    return make(by_type[type_name], context)


def test_every_type_has_a_widget_and_a_bulk_widget() -> None:
    assert set(WIDGETS) == set(TYPE_NAMES)
    assert set(BULK_WIDGETS) == set(TYPE_NAMES)


@every_element
@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_widget_gives_back_what_it_was_given(standard: str, kind: str, element: Element, data: st.DataObject) -> None:
    widget = make(element)
    for _again in range(2):
        value = data.draw(values(element))
        widget.set_value(value)
        assert widget.value() == value
        assert widget.issue() is None
    widget.deleteLater()


@every_element
@settings(max_examples=4, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_what_a_widget_shows_means_the_value_it_was_given(
    standard: str, kind: str, element: Element, data: st.DataObject
) -> None:
    """As if a person had touched the field and changed nothing."""
    widget = make(element)
    value = data.draw(values(element))
    widget.set_value(value)
    widget._touch()
    assert widget.value() == value
    widget.deleteLater()


@every_element
@settings(max_examples=3, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_bulk_widget_keeps_until_told_and_gives_back_what_it_was_given(
    standard: str, kind: str, element: Element, data: st.DataObject
) -> None:
    widget = make_bulk_widget(element, FormContext(), _host[-1])
    assert (widget.mode, widget.is_ready) == (BulkMode.KEEP, False)
    value = data.draw(values(element))
    widget.set_value(value)
    assert widget.value() == value
    assert (widget.mode, widget.is_ready) == (BulkMode.CLEAR if value is None else BulkMode.SET, True)
    widget.deleteLater()


@every_element
def test_every_control_has_an_accessible_name_and_can_be_reached(standard: str, kind: str, element: Element) -> None:
    widget = make(element)
    controls = widget.controls()
    assert controls
    assert all(control.accessibleName() for control in controls)
    assert sum(bool(control.focusPolicy() & Qt.FocusPolicy.TabFocus) for control in controls) == 1
    assert widget.focusProxy() is controls[0]
    widget.deleteLater()


@pytest.mark.parametrize("text", ["2023.5.1", "20230501", "2023年5月1日", "2023/5/1", "２０２３-０５-０１"])
def test_a_day_is_understood_however_people_write_it(text: str) -> None:
    widget = widget_for("date")
    assert isinstance(widget, DateWidget)
    type_text(widget.line, text)
    assert widget.value() == "2023-05-01"
    widget.settle()
    assert widget.line.text() == "2023-05-01"


def test_half_a_day_is_an_issue_and_keeps_the_old_value() -> None:
    widget = widget_for("date")
    assert isinstance(widget, DateWidget)
    widget.set_value("2023-05-01")
    widget.line.clear()
    type_text(widget.line, "2023.13.45")
    issue = widget.issue()
    assert issue is not None
    assert issue.severity is Severity.ERROR
    assert issue.element == widget.element.code
    assert widget.value() == "2023-05-01"
    widget.settle()
    assert widget.line.text() == "2023.13.45", "what was typed stays to be mended"


def test_a_number_may_be_written_in_words_with_its_unit() -> None:
    widget = widget_for("integer")
    assert isinstance(widget, NumberWidget)
    for text, value in (("20", 20), ("二十", 20), ("２０", 20), ("无", STATED_NONE), ("", None)):
        widget.line.clear()
        type_text(widget.line, text)
        assert widget.value() == value


def test_nothing_is_cut_off_however_long() -> None:
    text = "审" * 100_000
    for name in ("phone", "url", "code_text", "long_text"):
        widget = widget_for(name)
        widget.set_value(text)
        widget._touch()
        assert widget.value() == text


def test_a_value_nobody_touched_stays_even_if_it_is_odd() -> None:
    widget = widget_for("text")
    widget.set_value("两端　有 空白 ")
    assert widget.value() == "两端　有 空白 "
    widget = widget_for("code")
    widget.set_value("不在表里的旧代码")
    assert widget.value() == "不在表里的旧代码"


def buttons_of(widget: ValueWidget) -> list[QAbstractButton]:
    return [control for control in widget.controls() if isinstance(control, QAbstractButton)]


def test_a_short_code_list_is_in_sight_and_can_be_emptied() -> None:
    element = next(e for _n, _k, e in ELEMENTS if e.type_options.get("list") == "yes_no")
    widget = make(element)
    assert isinstance(widget, CodeSwitch)
    edits: list[None] = []
    widget.edited.connect(lambda: edits.append(None))
    buttons_of(widget)[0].click()
    assert widget.value() == "1"
    buttons_of(widget)[1].click()
    assert widget.value() == "0"
    buttons_of(widget)[1].click()
    assert widget.value() is None
    widget.set_value("1")
    press(widget, Qt.Key.Key_Delete)
    assert widget.value() is None
    assert len(edits) == 4


def test_several_codes_come_in_the_order_of_the_list() -> None:
    element = next(e for _n, _k, e in ELEMENTS if e.type_options.get("list") == "use_level" and e.type.name == "codes")
    widget = make(element)
    assert isinstance(widget, CodesFlow)
    boxes = buttons_of(widget)
    boxes[3].click()
    boxes[1].click()
    value = widget.value()
    assert isinstance(value, tuple)
    assert len(value) == 2
    assert element.parse(element.format(value)) == value


def test_a_long_list_of_codes_is_narrowed_by_typing_and_toggled_by_keys() -> None:
    element = next(e for _n, _k, e in ELEMENTS if e.type_options.get("list") == "topic_person")
    widget = make(element)
    assert isinstance(widget, CodesChooser)
    show(widget)
    widget.open_list()
    panel = widget._panel
    assert panel is not None
    type_text(panel.search, "户籍")
    shown = [row for row in range(panel.list.count()) if not panel.list.item(row).isHidden()]
    assert len(shown) == 1
    press(panel.search, Qt.Key.Key_Return)
    panel.close()
    value = widget.value()
    assert isinstance(value, tuple)
    assert "户籍" in element.format(value)
    widget.open_list()
    press(panel.search, Qt.Key.Key_Up)
    press(panel.search, Qt.Key.Key_Return)
    panel.close()
    both = widget.value()
    assert isinstance(both, tuple)
    assert len(both) == 2


def test_ticking_a_code_keeps_those_that_the_list_does_not_know() -> None:
    element = next(e for _n, _k, e in ELEMENTS if e.type_options.get("list") == "topic_person")
    widget = make(element)
    assert isinstance(widget, CodesChooser)
    show(widget)
    widget.set_value(("旧主题",))
    widget.open_list()
    panel = widget._panel
    assert panel is not None
    press(panel.search, Qt.Key.Key_Return)
    panel.close()
    value = widget.value()
    assert isinstance(value, tuple)
    assert "旧主题" in value
    assert len(value) == 2


def test_a_code_is_found_by_a_part_of_its_label_by_its_code_and_by_an_alias() -> None:
    element = next(e for _n, _k, e in ELEMENTS if e.type_options.get("list") == "item_type" and e.type.name == "code")
    widget = make(element)
    show(widget)
    line = widget.controls()[0]
    assert isinstance(line, ChoiceLine)
    line.setFocus()
    type_text(line, "处罚")
    assert isinstance(widget.issue(), Issue | None)
    assert [choice.label for choice in line.choices] == ["行政处罚"]
    line.clear()
    type_text(line, "01")
    assert widget.value() == "01"
    widget.settle()
    assert line.text() == "行政许可"
    _host[-1].close()


def test_a_reference_is_chosen_not_guessed() -> None:
    context = FormContext(lambda _kind, _text, then: then([("a" * 32, "区市监局"), ("b" * 32, "区教体局")]))
    widget = widget_for("reference", context)
    assert isinstance(widget, ReferenceChooser)
    show(widget)
    widget.line.setFocus()
    type_text(widget.line, "区")
    assert widget.issue() is not None
    assert widget.value() is None
    widget.line.picked.emit(widget.line.choices[1])
    assert widget.value() == "b" * 32
    assert widget.line.text() == "区教体局"
    widget.line.clear()
    type_text(widget.line, "区市监局")
    assert widget.value() == "a" * 32, "the full name is as good as a choice"
    _host[-1].close()


def test_the_wheel_never_changes_a_value() -> None:
    for name in by_type:
        widget = widget_for(name)
        widget.set_value(None)
        for control in widget.controls():
            event = QWheelEvent(
                QPointF(5, 5), QPointF(5, 5), QPoint(0, -120), QPoint(0, -120), Qt.MouseButton.NoButton,
                Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
            )  # fmt: skip
            QApplication.sendEvent(control, event)
        assert widget.value() is None, name


def test_a_long_text_grows_with_its_lines_and_stops_at_twelve() -> None:
    widget = widget_for("long_text")
    assert isinstance(widget, GrowingWidget)
    widget.resize(400, 60)
    show(widget)
    heights = []
    for lines in (1, 4, 8, 40):
        widget.set_value("\n".join(["一行"] * lines))
        QApplication.processEvents()
        heights.append(widget.editor.height())
    assert heights == sorted(heights)
    assert heights[0] < heights[1] < heights[2]
    assert heights[3] < 40 * widget.editor.fontMetrics().lineSpacing()
    _host[-1].close()


def test_enter_in_a_text_of_one_paragraph_leaves_the_field_and_breaks_no_line() -> None:
    element = next(e for _n, _k, e in ELEMENTS if e.type.name == "text" and int(e.type_options.get("length", 0)) > 60)
    widget = make(element)
    assert isinstance(widget, GrowingWidget)
    type_text(widget.editor, "一段")
    press(widget.editor, Qt.Key.Key_Return)
    assert widget.editor.toPlainText() == "一段"


def test_lines_take_more_than_a_short_text_box_would() -> None:
    widget = widget_for("phone")
    assert isinstance(widget, LineWidget)
    assert isinstance(widget.line, QLineEdit)
    assert widget.line.maxLength() > 32_767
