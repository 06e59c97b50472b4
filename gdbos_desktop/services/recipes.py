"""Recipes of imports: kept in the store, shipped with the program, handed to colleagues as files.

A recipe is a ``Layout``: which column holds what and everything that was decided besides. Shipped ones cannot be
changed; a recipe of the office with the same name stands before the shipped one.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gdbos_desktop.domain.access import Duty
from gdbos_desktop.domain.layouts import Layout, LayoutError, check_layout, layout_from_words, words_of
from gdbos_desktop.exporting.files import FileForm, whole_file
from gdbos_desktop.schema import fold
from gdbos_desktop.services.workspace import Workspace
from gdbos_desktop.system.errors import KnownError
from gdbos_desktop.system.messages import _
from gdbos_desktop.system.resources import read_texts

if TYPE_CHECKING:
    from gdbos_desktop.importing import ImportSession

SECTION = "import-recipes"
ENDINGS = (".json", ".toml")
RECIPE = FileForm(".json")
KNOWN_SHARE = 0.9
"""From so much of a recipe in a file on it is offered as the template that the file is made after."""
LONGEST_FILE = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class KnownRecipe:
    """A recipe and whether it came with the program."""

    layout: Layout
    is_shipped: bool


class RecipeService:
    """Finds, keeps and hands on recipes."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def list_recipes(self) -> list[KnownRecipe]:
        """The recipes for the store's standard: the office's own by name, then the shipped ones.

        Kept ones that only a newer program can read are passed over.
        """
        with self._workspace.store.read() as reader:
            kept = reader.get_settings(SECTION)
        own = []
        for _name, words in sorted(kept.items()):
            with suppress(LayoutError):
                own.append(KnownRecipe(layout_from_words(words), False))
        names = {fold(one.layout.name) for one in own}
        shipped = [KnownRecipe(layout, True) for layout in self._shipped() if fold(layout.name) not in names]
        return [*own, *shipped]

    def find(self, name_or_file: str) -> Layout:
        """The recipe of this name or title, or that of a file. KnownErrors: ``no-such-recipe``, those of a file."""
        for known in self.list_recipes():
            if fold(name_or_file) in {fold(known.layout.name), fold(known.layout.title)}:
                return known.layout
        path = Path(name_or_file)
        with suppress(OSError):  # words that cannot be the name of a file
            if path.suffix.lower() in ENDINGS or path.is_file():
                return self.read_file(path)
        names = "、".join(known.layout.name for known in self.list_recipes()) or "—"
        raise KnownError(
            "no-such-recipe",
            _("No such recipe"),
            _("There is no recipe “{name}”.").format(name=name_or_file),
            _("The recipes are: {names}. A file may be named as well.").format(names=names),
        )

    def offer(self, session: ImportSession) -> Layout | None:
        """The recipe whose template the file follows, if one is known; the office's own first."""
        best: tuple[float, Layout] | None = None
        for known in self.list_recipes():
            if known.layout.standard not in ("", self._workspace.standard.identity):
                continue
            share = session.fits(known.layout)
            if share >= KNOWN_SHARE and (best is None or share > best[0]):
                best = (share, known.layout)
        return best[1] if best is not None else None

    def keep(self, recipe: Layout) -> Layout:
        """Keep a recipe under its name; one that differs from the kept one is its next version. The kept recipe.

        KnownErrors ``no-name``, and ``recipe-wrong`` when the standard does not know what it says.
        """
        self._workspace.demand(Duty.IMPORT)
        if not recipe.name.strip():
            raise KnownError("no-name", _("No name"), _("A recipe needs a name."))
        try:
            check_layout(recipe, self._workspace.standard)
        except LayoutError as error:
            raise self._wrong(recipe.title or recipe.name, error) from error
        recipe = replace(recipe, name=recipe.name.strip())
        with self._workspace.store.read() as reader:
            words = reader.get_setting(SECTION, recipe.name)
        former = None
        with suppress(LayoutError):  # a newer program's stays unread
            former = layout_from_words(words) if isinstance(words, Mapping) else None
        if former is not None:
            same = replace(recipe, version=former.version)
            recipe = same if same == former else replace(recipe, version=former.version + 1)
        with self._workspace.store.unit_of_work() as unit:
            unit.set_setting(SECTION, recipe.name, words_of(recipe))
        return recipe

    def forget(self, name: str) -> None:
        """Remove a recipe of the office; nothing happens when there is none of this name."""
        self._workspace.demand(Duty.IMPORT)
        with self._workspace.store.unit_of_work() as unit:
            unit.set_setting(SECTION, name, None)

    def read_file(self, path: Path) -> Layout:
        """The recipe in a file (JSON or TOML). KnownErrors ``recipe-unreadable``, ``recipe-wrong``."""
        try:
            if path.stat().st_size > LONGEST_FILE:
                raise ValueError("too long")
            text = path.read_text(encoding="utf-8-sig")
            words: Any = tomllib.loads(text) if path.suffix.lower() == ".toml" else json.loads(text)
            if not isinstance(words, Mapping):
                raise ValueError("no table")
        except OSError as error:
            raise self._unreadable(path, error.strerror or str(error)) from error
        except (ValueError, RecursionError) as error:
            raise self._unreadable(path, str(error)) from error
        try:
            return layout_from_words(words)
        except LayoutError as error:
            raise self._wrong(path.name, error) from error

    def write_file(self, recipe: Layout, path: Path) -> Path:
        """Write a recipe as a file for colleagues, whole or not at all. KnownErrors as ``whole_file``."""
        text = json.dumps(words_of(recipe), ensure_ascii=False, indent=2) + "\n"
        with whole_file(path, RECIPE) as file:
            file.write(text.encode())
        return path

    def _shipped(self) -> list[Layout]:
        layouts = [layout_from_words(tomllib.loads(text)) for text in read_texts("layouts").values()]
        return [one for one in layouts if one.standard in ("", self._workspace.standard.identity)]

    @staticmethod
    def _wrong(name: str, error: LayoutError) -> KnownError:
        return KnownError(
            "recipe-wrong",
            _("The recipe cannot be used"),
            _("“{file}”: {detail}").format(file=name, detail=error),
            _("Ask whoever made it for a correct one, or import without it."),
        )

    @staticmethod
    def _unreadable(path: Path, detail: str) -> KnownError:
        return KnownError(
            "recipe-unreadable",
            _("The recipe cannot be read"),
            _("“{file}”: {detail}").format(file=path.name, detail=detail),
            _("Choose a recipe file (.json) that this program has written."),
        )
