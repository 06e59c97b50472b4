"""How everything looks: colour tokens in light and dark, fonts, one style sheet, icons, and the few plain parts.

Hides QSS, palettes and the icon font. Other modules ask for parts (``primary_button``, ``section_title`` …) and for
``tokens()`` when they paint; nobody else names a colour or a font.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from string import Template

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QIcon, QIconEngine, QKeySequence, QPainter, QPalette, QPixmap
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QToolButton, QWidget

from gdbos_desktop.system.resources import resource_folder


@dataclass(frozen=True, slots=True)
class Tokens:
    """The colours of a theme. ``accent`` fills, ``accent_text`` is the accent as text or icon on page and surface."""

    name: str
    accent: str
    accent_hover: str
    accent_pressed: str
    accent_tint: str
    accent_text: str
    on_accent: str
    text: str
    secondary: str
    disabled: str
    line: str
    line_strong: str
    page: str
    surface: str
    hover: str
    error: str
    error_tint: str
    warning: str
    warning_tint: str
    success: str
    success_tint: str
    tooltip: str
    on_tooltip: str


LIGHT = Tokens(
    name="light",
    accent="#1F5FBF",
    accent_hover="#2F6FD0",
    accent_pressed="#174C9C",
    accent_tint="#E8F0FC",
    accent_text="#1F5FBF",
    on_accent="#FFFFFF",
    text="#1F2329",
    secondary="#5E646D",
    disabled="#A6ACB5",
    line="#DEE0E3",
    line_strong="#BFC4CB",
    page="#F5F6F7",
    surface="#FFFFFF",
    hover="#EDEFF2",
    error="#C9302A",
    error_tint="#FDECEB",
    warning="#955A00",
    warning_tint="#FDF3E3",
    success="#227233",
    success_tint="#E9F6EC",
    tooltip="#2B2F36",
    on_tooltip="#F5F6F7",
)

DARK = Tokens(
    name="dark",
    accent="#2F6FD0",
    accent_hover="#3672D0",
    accent_pressed="#2559AA",
    accent_tint="#22344F",
    accent_text="#8AB6FF",
    on_accent="#FFFFFF",
    text="#E4E7EB",
    secondary="#A8AFBA",
    disabled="#6B727D",
    line="#343941",
    line_strong="#4A515B",
    page="#17191D",
    surface="#1F2227",
    hover="#2A2E35",
    error="#FF8A80",
    error_tint="#3D2524",
    warning="#EBB055",
    warning_tint="#3A2F1C",
    success="#6CC97D",
    success_tint="#203527",
    tooltip="#3A4049",
    on_tooltip="#F5F6F7",
)

UI_FAMILIES = (
    "Microsoft YaHei UI",
    "Microsoft YaHei",
    "PingFang SC",
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "Noto Sans SC",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "sans-serif",
)
CODE_FAMILIES = (
    "Consolas",
    "Menlo",
    "Noto Sans Mono CJK SC",
    "Noto Mono",
    "DejaVu Sans Mono",
    "WenQuanYi Zen Hei Mono",
    "monospace",
)

BODY_PX, SECONDARY_PX, SECTION_PX, TITLE_PX = 13, 12, 16, 20
ROW_PX, DENSE_ROW_PX = 32, 26
ICON_PX, LARGE_ICON_PX = 16, 20

_state: dict[str, Tokens] = {"tokens": LIGHT}  # the look is a property of the process, as the language is


def tokens() -> Tokens:
    """The colours in force; ask again whenever you paint."""
    return _state["tokens"]


def color(name: str) -> QColor:
    """A token as a colour, such as ``color("line")``."""
    return QColor(str(getattr(tokens(), name)))


class Theme(QObject):
    """The look of the application: light or dark. ``changed`` tells widgets that keep colours of their own."""

    changed = Signal(object)

    def __init__(self, application: QApplication, dark: bool = False) -> None:
        super().__init__(application)
        self._application = application
        application.setStyle("Fusion")
        application.setEffectEnabled(Qt.UIEffect.UI_AnimateMenu, False)
        application.setEffectEnabled(Qt.UIEffect.UI_AnimateCombo, False)
        application.setEffectEnabled(Qt.UIEffect.UI_AnimateTooltip, False)
        self.set_dark(dark)

    @property
    def is_dark(self) -> bool:
        """Whether the dark colours are in force."""
        return tokens() is DARK

    def set_dark(self, dark: bool) -> None:
        """Put on the dark or the light colours, everywhere and at once."""
        _state["tokens"] = DARK if dark else LIGHT
        # Off and on again: a sheet that replaces another is put on every widget once for each of its ancestors,
        # which takes seconds on a full form; a first sheet is put on once.
        self._application.setStyleSheet("")
        self._application.setFont(ui_font())
        self._application.setPalette(palette(tokens()))
        self._application.setStyleSheet(style_sheet(tokens()))
        self.changed.emit(tokens())


def ui_font(pixels: int = BODY_PX, bold: bool = False) -> QFont:
    """The face of the interface."""
    return _font(UI_FAMILIES, pixels, bold)


def code_font(pixels: int = BODY_PX) -> QFont:
    """The face of codes and numbers: every character as wide as the next, so that long codes line up."""
    return _font(CODE_FAMILIES, pixels, False)


def _font(families: Sequence[str], pixels: int, bold: bool) -> QFont:
    font = QFont()
    font.setFamilies(list(families))
    font.setPixelSize(pixels)
    font.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
    return font


def palette(colours: Tokens) -> QPalette:
    """The Qt palette of a theme, for what the style sheet does not reach."""
    made = QPalette()
    roles = {
        QPalette.ColorRole.Window: colours.page,
        QPalette.ColorRole.Base: colours.surface,
        QPalette.ColorRole.AlternateBase: colours.page,
        QPalette.ColorRole.Button: colours.surface,
        QPalette.ColorRole.Text: colours.text,
        QPalette.ColorRole.WindowText: colours.text,
        QPalette.ColorRole.ButtonText: colours.text,
        QPalette.ColorRole.BrightText: colours.error,
        QPalette.ColorRole.PlaceholderText: colours.secondary,
        QPalette.ColorRole.Highlight: colours.accent,
        QPalette.ColorRole.HighlightedText: colours.on_accent,
        QPalette.ColorRole.Link: colours.accent_text,
        QPalette.ColorRole.LinkVisited: colours.accent_text,
        QPalette.ColorRole.ToolTipBase: colours.tooltip,
        QPalette.ColorRole.ToolTipText: colours.on_tooltip,
        QPalette.ColorRole.Light: colours.surface,
        QPalette.ColorRole.Midlight: colours.hover,
        QPalette.ColorRole.Mid: colours.line,
        QPalette.ColorRole.Dark: colours.line_strong,
        QPalette.ColorRole.Shadow: colours.line_strong,
    }
    for role, value in roles.items():
        made.setColor(role, QColor(value))
    for role in (
        QPalette.ColorRole.Text, QPalette.ColorRole.WindowText, QPalette.ColorRole.ButtonText,
    ):  # fmt: skip
        made.setColor(QPalette.ColorGroup.Disabled, role, QColor(colours.disabled))
    return made


def style_sheet(colours: Tokens) -> str:
    """The one style sheet, with the colours of a theme in it."""
    folder = resource_folder("style")
    values = {
        **asdict(colours),
        "icons": (folder / "icons").as_posix(),
        "body": f"{BODY_PX}px",
        "small": f"{SECONDARY_PX}px",
        "section": f"{SECTION_PX}px",
        "title": f"{TITLE_PX}px",
    }
    return Template(_sheet_text(folder / "theme.qss")).substitute(values)


@cache
def _sheet_text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


# Icons: one set (Remix), drawn from its font so that they follow theme and scaling.


@dataclass(frozen=True, slots=True)
class _IconFont:
    family: str
    characters: dict[str, str]


@cache
def _icon_font() -> _IconFont:
    # QtAwesome carries the font; its own loader reads all of its eleven sets (40 MB, half a second), we need one.
    spec = find_spec("qtawesome")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("qtawesome")
    folder = Path(spec.origin).parent / "fonts"
    number = QFontDatabase.addApplicationFont(str(next(folder.glob("remixicon-*.ttf"))))
    characters = json.loads(next(folder.glob("remixicon-charmap-*.json")).read_text(encoding="utf-8"))
    return _IconFont(
        QFontDatabase.applicationFontFamilies(number)[0],
        {name: chr(int(number, 16)) for name, number in characters.items()},
    )


class _GlyphEngine(QIconEngine):
    """Paints one character of the icon font in the colour the theme has at that moment."""

    def __init__(self, name: str, role: str) -> None:
        super().__init__()
        self._name, self._role = name, role
        self._character = _icon_font().characters[name]

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:  # noqa: ARG002
        painter.save()
        font = QFont(_icon_font().family)
        font.setPixelSize(max(rect.height(), 1))
        painter.setFont(font)
        painter.setPen(color("disabled" if mode == QIcon.Mode.Disabled else self._role))
        painter.drawText(rect, int(Qt.AlignmentFlag.AlignCenter), self._character)
        painter.restore()

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        made = QPixmap(size)
        made.fill(Qt.GlobalColor.transparent)
        painter = QPainter(made)
        self.paint(painter, QRect(QPoint(0, 0), size), mode, state)
        painter.end()
        return made

    def clone(self) -> QIconEngine:
        return _GlyphEngine(self._name, self._role)


def icon(name: str, role: str = "secondary") -> QIcon:
    """An icon of the set by its Remix name (``add-line``), in the colour of a token; follows a change of theme."""
    return QIcon(_GlyphEngine(name, role))


def paint_icon(painter: QPainter, rect: QRect, name: str, role: str) -> None:
    """Draw an icon inside a delegate or a painted widget."""
    _GlyphEngine(name, role).paint(painter, rect, QIcon.Mode.Normal, QIcon.State.Off)


# Plain parts. Every part that shows only an icon demands the words for its tooltip and its accessible name.


def primary_button(text: str, icon_name: str = "") -> QPushButton:
    """The one filled button of a page: its obvious next step."""
    return _button(text, "primary", icon_name, "on_accent")


def quiet_button(text: str, icon_name: str = "") -> QPushButton:
    """An ordinary button with a line around it."""
    return _button(text, "quiet", icon_name, "secondary")


def plain_button(text: str, icon_name: str = "") -> QPushButton:
    """A button without a line, for rows of tools and for links inside sentences."""
    return _button(text, "plain", icon_name, "secondary")


def link_button(text: str) -> QPushButton:
    """A button that reads like a link."""
    return _button(text, "link", "", "accent_text")


def _button(text: str, role: str, icon_name: str, icon_role: str) -> QPushButton:
    button = QPushButton(text)
    button.setProperty("role", role)
    button.setAccessibleName(text)
    button.setCursor(Qt.CursorShape.PointingHandCursor if role == "link" else Qt.CursorShape.ArrowCursor)
    if icon_name:
        button.setIcon(icon(icon_name, icon_role))
        button.setIconSize(QSize(ICON_PX, ICON_PX))
    # A label that does not fit is a mistake; buttons never shrink below their words.
    button.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)
    return button


def icon_button(name: str, words: str, shortcut: str = "", role: str = "secondary") -> QToolButton:
    """A button with an icon only; ``words`` become tooltip and accessible name. ``shortcut`` is shown, not bound."""
    button = QToolButton()
    button.setIcon(icon(name, role))
    button.setIconSize(QSize(ICON_PX, ICON_PX))
    button.setToolTip(words_with_key(words, shortcut))
    button.setAccessibleName(words)
    button.setAutoRaise(True)
    return button


def words_with_key(words: str, shortcut: str) -> str:
    """Tooltip words with the key that does the same."""
    if not shortcut:
        return words
    keys = QKeySequence(shortcut).toString(QKeySequence.SequenceFormat.NativeText)
    return f"{words}  {keys}"


def label(text: str = "", role: str = "body", wrap: bool = False) -> QLabel:
    """A text: ``body``, ``secondary``, ``section``, ``title``, ``code``, ``error``, ``warning``, ``success``."""
    made = QLabel(text)
    made.setProperty("role", role)
    made.setWordWrap(wrap)
    made.setTextFormat(Qt.TextFormat.PlainText)
    if role == "code":
        made.setFont(code_font())
        made.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return made


def page_title(text: str) -> QLabel:
    """The title of a page (20 px)."""
    return label(text, "title")


def section_title(text: str) -> QLabel:
    """The title of a section (16 px)."""
    return label(text, "section")


def secondary(text: str = "", wrap: bool = False) -> QLabel:
    """A remark in the secondary colour (12 px)."""
    return label(text, "secondary", wrap)


def badge(text: str, kind: str = "neutral") -> QLabel:
    """A small word on a tint: ``neutral``, ``accent``, ``error``, ``warning``, ``success``."""
    made = label(text, "badge")
    made.setProperty("kind", kind)
    made.setAlignment(Qt.AlignmentFlag.AlignCenter)
    made.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Maximum)
    return made


class IconLabel(QWidget):
    """An icon and words beside it: how a state is shown, never by colour alone."""

    def __init__(self, icon_name: str = "", text: str = "", role: str = "secondary", wrap: bool = False) -> None:
        super().__init__()
        self._picture = QLabel()
        self._words = label("", "body", wrap)
        layout = row(self._picture, self._words, spacing=4)
        layout.setAlignment(self._picture, Qt.AlignmentFlag.AlignTop if wrap else Qt.AlignmentFlag.AlignVCenter)
        if wrap:
            layout.setStretch(1, 1)
            self._words.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
            self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.setLayout(layout)
        self.show_state(icon_name, text, role)

    def show_state(self, icon_name: str, text: str, role: str = "secondary") -> None:
        """Show another icon and words, in the colour of a token."""
        self._icon = (icon_name, role)
        self._words.setText(text)
        self._words.setVisible(bool(text))
        set_property(self._words, "role", role)
        self._refresh()

    def show_icon(self, icon_name: str, role: str) -> None:
        """Show another icon, in a colour of its own."""
        self._icon = (icon_name, role)
        self._refresh()

    @property
    def text(self) -> str:
        """The words."""
        return self._words.text()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        super().changeEvent(event)
        self._refresh()

    def _refresh(self) -> None:
        name, role = self._icon if hasattr(self, "_icon") else ("", "")
        self._picture.setVisible(bool(name))
        if name:
            self._picture.setPixmap(icon(name, role).pixmap(QSize(ICON_PX, ICON_PX), self.devicePixelRatioF()))


def line() -> QFrame:
    """A one-pixel horizontal line."""
    made = QFrame()
    made.setProperty("role", "line")
    made.setFixedHeight(1)
    return made


def vertical_line() -> QFrame:
    """A one-pixel vertical line."""
    made = QFrame()
    made.setProperty("role", "line")
    made.setFixedWidth(1)
    return made


def row(
    *parts: QWidget | int | None, margins: tuple[int, int, int, int] = (0, 0, 0, 0), spacing: int = 8
) -> QHBoxLayout:
    """Widgets side by side; an int is a fixed gap, None takes the room that is left."""
    layout = QHBoxLayout()
    layout.setContentsMargins(*margins)
    layout.setSpacing(spacing)
    for part in parts:
        if part is None:
            layout.addStretch(1)
        elif isinstance(part, int):
            layout.addSpacing(part)
        else:
            layout.addWidget(part)
    return layout


def set_property(widget: QWidget, name: str, value: object) -> None:
    """Set a dynamic property and let the style sheet look again."""
    if widget.property(name) == value:
        return
    widget.setProperty(name, value)
    widget.style().unpolish(widget)
    widget.style().polish(widget)


def contrast(first: str, second: str) -> float:
    """The contrast ratio of two colours by WCAG 2, from 1 to 21."""

    def luminance(text: str) -> float:
        parts = QColor(text)
        channels: Callable[[float], float] = lambda c: c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4  # noqa: E731
        red, green, blue = (channels(c) for c in (parts.redF(), parts.greenF(), parts.blueF()))
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    high, low = sorted((luminance(first), luminance(second)), reverse=True)
    return (high + 0.05) / (low + 0.05)
