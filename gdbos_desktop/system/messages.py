"""Words on screen: English message ids in the code, the user's language from the catalogue.

``_("…")`` looks a message up at the moment of the call, so a change of language needs no restart of anything but the
window. Chinese is the default and complete; with ``en`` the ids themselves are shown.
"""

from __future__ import annotations

import gettext as _gettext
from collections.abc import Mapping
from contextlib import suppress

from gdbos_desktop.system.resources import resource_folder

DEFAULT_LANGUAGE = "zh_CN"
CATALOGUES = ("schema", "domain", "storage", "importing", "exporting", "sync", "services", "ui", "ui_forms", "cli")
"""One catalogue for each room, so that a room and its words stay together."""

_translations: _gettext.NullTranslations = _gettext.NullTranslations()
_language = ""


def set_language(language: str = DEFAULT_LANGUAGE) -> None:
    """Choose the language of all words from now on: ``zh_CN`` or ``en``."""
    global _translations, _language  # noqa: PLW0603 - the language is a property of the process
    _language = language
    _translations = _gettext.NullTranslations()
    for catalogue in CATALOGUES:
        translation = _gettext.translation(catalogue, resource_folder("i18n"), [language], fallback=True)
        translation.add_fallback(_translations)
        _translations = translation


def language() -> str:
    """The language in force."""
    if not _language:
        set_language()
    return _language


def _(message: str) -> str:
    """The message in the user's language."""
    if not _language:
        set_language()
    return _translations.gettext(message)


def N_(message: str) -> str:  # noqa: N802 - the customary name that message extractors know
    """Marks a message id for the catalogue where it stands as data; it is looked up later."""
    return message


def fill(message: str, values: Mapping[str, object]) -> str:
    """The message in the user's language, with its ``{named}`` placeholders filled; missing ones stay visible."""
    text = _(message)
    with suppress(KeyError, IndexError, ValueError):
        text = text.format_map(dict(values))
    return text
