"""From the words of a standard file to a ``Standard``.

A file declares ``[standard]``, ``[families]``, ``[[kind]]`` (with its ``[[kind.group]]``) and ``[[element]]`` tables. A
file that ``extends`` another adds kinds and elements, renames (``replaces``), and changes single words of existing ones
by ``[[change]]`` (label, required, length, aliases, …): a province needs no code.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from gdbos_desktop.schema.code_lists import CodeEntry, CodeList
from gdbos_desktop.schema.conditions import parse_condition
from gdbos_desktop.schema.standard import Element, Group, Kind, Standard
from gdbos_desktop.schema.types import make_type
from gdbos_desktop.schema.values import fold

_TYPE_OPTIONS = ("length", "list", "min", "max", "suffixes", "target", "creates")
_ELEMENT_WORDS = frozenset(
    {
        "kind", "code", "label", "type", *_TYPE_OPTIONS, "group", "order", "required", "required_in", "required_when",
        "required_text", "families", "owner", "aliases", "heading", "help", "source", "evidence", "exchange", "since",
        "until", "replaces", "listed", "indexed",
    }
)  # fmt: skip


class StandardError(ValueError):
    """A standard or code-list file that contradicts itself: says which file and which entry."""


@dataclass(frozen=True)
class _Words:
    standard: Mapping[str, Any]
    families: dict[str, str]
    kinds: dict[str, dict[str, Any]]
    elements: dict[str, dict[str, dict[str, Any]]]


def load_code_lists(texts: Mapping[str, str]) -> dict[str, CodeList]:
    """Code lists by their code, from file name → TOML text; raises StandardError naming file and entry."""
    lists: dict[str, CodeList] = {}
    for file, text in texts.items():
        data = _toml(file, text)
        for words in data.get("list", ()):
            code = words.get("code", "")
            try:
                entries = tuple(
                    CodeEntry(
                        code=entry["code"],
                        label=entry["label"],
                        aliases=tuple(entry.get("aliases", ())),
                        since=entry.get("since", ""),
                        until=entry.get("until", ""),
                        mapping=dict(entry.get("mapping", {})),
                        evidence=entry.get("evidence", words.get("evidence", "")),
                    )
                    for entry in words["entry"]
                )
            except KeyError as error:
                raise StandardError(f"{file}: code list {code!r}: an entry lacks {error}") from error
            if not code or code in lists or len({entry.code for entry in entries}) != len(entries):
                raise StandardError(f"{file}: code list {code!r} or one of its codes is declared twice or has no name")
            lists[code] = CodeList(
                code, words["label"], words["version"], words["source"], entries, tuple(words.get("vocabularies", ()))
            )
    return lists


def load_standard(texts: Mapping[str, str], name: str, code_lists: Mapping[str, CodeList]) -> Standard:
    """The standard in file ``name`` (without ending) of file name → TOML text, with all that it extends."""
    words = _gather(texts, name, ())
    kinds = {code: _kind(name, kind, words, code_lists) for code, kind in words.kinds.items()}
    standard = Standard(
        name=words.standard["name"],
        version=str(words.standard["version"]),
        title=words.standard["title"],
        source=words.standard.get("source", ""),
        kinds=dict(sorted(kinds.items(), key=lambda item: item[1].order)),
        code_lists=code_lists,
        family_labels=words.families,
    )
    _prove(name, standard)
    return standard


def _toml(file: str, text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise StandardError(f"{file}: {error}") from error


def _gather(texts: Mapping[str, str], name: str, trail: tuple[str, ...]) -> _Words:
    if name in trail or name not in texts:
        raise StandardError(f"standard {name!r} is missing or extends itself ({' → '.join(trail)})")
    data = _toml(name, texts[name])
    head = data["standard"]
    base = head.get("extends")
    words = _gather(texts, base, (*trail, name)) if base else _Words({}, {}, {}, {})
    words = _Words(head, words.families | data.get("families", {}), words.kinds, words.elements)
    for kind in data.get("kind", ()):
        if kind["code"] in words.kinds:
            raise StandardError(f"{name}: kind {kind['code']!r} is declared twice")
        words.kinds[kind["code"]] = kind
        words.elements.setdefault(kind["code"], {})
    for element in data.get("element", ()):
        _add(name, words, element)
    for change in data.get("change", ()):
        _change(name, words, change)
    return words


def _add(file: str, words: _Words, element: dict[str, Any]) -> None:
    unknown = set(element) - _ELEMENT_WORDS
    if unknown:
        raise StandardError(f"{file}: element {element.get('code')!r} has unknown words {sorted(unknown)}")
    kinds = element["kind"] if isinstance(element["kind"], list) else [element["kind"]]
    for kind in kinds:
        if kind not in words.elements:
            raise StandardError(f"{file}: element {element['code']!r} belongs to unknown kind {kind!r}")
        elements = words.elements[kind]
        if element["code"] in elements:
            raise StandardError(f"{file}: element {kind}.{element['code']} is declared twice")
        replaced = element.get("replaces")
        if replaced:
            inherited = elements.pop(replaced, {})
            heading = [word for word in (inherited.get("label"), inherited.get("heading")) if word]
            aliases = [*element.get("aliases", ()), *heading, *inherited.get("aliases", ())]
            element = {**inherited, **element, "aliases": list(dict.fromkeys(aliases))}
        elements[element["code"]] = element


def _change(file: str, words: _Words, change: dict[str, Any]) -> None:
    element = words.elements.get(change["kind"], {}).get(change["code"])
    if element is None:
        raise StandardError(f"{file}: change of unknown element {change['kind']}.{change['code']}")
    added = list(change.pop("add_aliases", ()))
    unknown = set(change) - _ELEMENT_WORDS
    if unknown:
        raise StandardError(f"{file}: change of {change['code']!r} has unknown words {sorted(unknown)}")
    merged = {**element, **change, "aliases": [*change.get("aliases", element.get("aliases", ())), *added]}
    words.elements[change["kind"]][change["code"]] = merged


def _element(file: str, kind: str, words: Mapping[str, Any], code_lists: Mapping[str, CodeList]) -> Element:
    options = {key: words[key] for key in _TYPE_OPTIONS if key in words}
    try:
        when = words.get("required_when")
        return Element(
            code=words["code"],
            label=words["label"],
            type=make_type(words["type"], options, code_lists),
            type_options=options,
            group=words["group"],
            order=int(words.get("order", 0)),
            required=bool(words.get("required", False)) or when is not None,
            required_in=frozenset(words.get("required_in", ())),
            required_when=parse_condition(when) if when is not None else None,
            required_text=words.get("required_text", ""),
            families=frozenset(words.get("families", ())),
            owner=words.get("owner", "county"),
            aliases=tuple(words.get("aliases", ())),
            heading=words.get("heading", words["label"]),
            help=words.get("help", ""),
            source=words.get("source", ""),
            evidence=words.get("evidence", ""),
            exchange=tuple(words.get("exchange", ())),
            since=str(words.get("since", "")),
            until=str(words.get("until", "")),
            replaces=words.get("replaces", ""),
            listed=bool(words.get("listed", False)),
            indexed=bool(words.get("indexed", False)),
        )
    except (KeyError, ValueError) as error:
        raise StandardError(f"{file}: element {kind}.{words.get('code')}: {error}") from error


def _kind(file: str, words: Mapping[str, Any], all_words: _Words, code_lists: Mapping[str, CodeList]) -> Kind:
    code = words["code"]
    groups = tuple(Group(g["code"], g["label"], index) for index, g in enumerate(words.get("group", ())))
    position = {group.code: group.order for group in groups}
    elements = [_element(file, code, element, code_lists) for element in all_words.elements[code].values()]
    for element in elements:
        if element.group not in position:
            raise StandardError(f"{file}: element {code}.{element.code} is in unknown group {element.group!r}")
    elements.sort(key=lambda element: (position[element.group], element.order))
    return Kind(
        code=code,
        label=words["label"],
        title=words["title"],
        keys=tuple(tuple(key) for key in words["keys"]),
        elements={element.code: element for element in elements},
        groups=groups,
        parents=tuple(words.get("parents", ())),
        parent_heading=words.get("parent_heading", ""),
        parent_aliases=tuple(words.get("parent_aliases", ())),
        sheet=words.get("sheet", words["label"]),
        sheet_aliases=tuple(words.get("sheet_aliases", ())),
        code_elements=tuple(words.get("code_elements", ())),
        family_element=words.get("family_element", ""),
        families=dict(words.get("families", {})),
        position_element=words.get("position_element", ""),
        order=int(words.get("order", 0)),
        help=words.get("help", ""),
    )


def _prove(file: str, standard: Standard) -> None:
    for kind in standard.kinds.values():
        named: Iterable[str] = [
            kind.title,
            kind.position_element,
            kind.family_element,
            *kind.code_elements,
            *(code for key in kind.keys for code in key),
        ]
        for code in named:
            if code and code not in kind.elements and code != "@parent":
                raise StandardError(f"{file}: kind {kind.code!r} names unknown element {code!r}")
        for parent in (*kind.parents, *kind.references.values()):
            if parent not in standard.kinds:
                raise StandardError(f"{file}: kind {kind.code!r} refers to unknown kind {parent!r}")
        owners: dict[str, str] = {}
        for word in (kind.parent_heading, *kind.parent_aliases):
            owners[fold(word)] = "@parent"
        for element in kind.elements.values():
            for word in {fold(word) for word in (element.code, element.label, element.heading, *element.aliases)}:
                if owners.setdefault(word, element.code) != element.code:
                    raise StandardError(
                        f"{file}: {kind.code}: heading {word!r} names both {owners[word]} and {element.code}"
                    )
