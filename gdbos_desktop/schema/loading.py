"""From the words of a standard file to a ``Standard``.

A file declares ``[standard]``, ``[families]``, ``[[kind]]`` (with its ``[[kind.group]]``) and ``[[element]]`` tables. A
file that ``extends`` another adds kinds and elements, renames (``replaces``), and changes single words of existing ones
by ``[[change]]`` (label, required, length, aliases, …): a province needs no code. An added element stands ``after``
another on the form, in its group, unless it names group and order itself. A kind that ``shares`` elements of
another (a handling item those of its service item) has them too, optional: what is blank there is as in the container.
A kind's ``states`` say which of its records are in force; ``draft`` makes a kind the one of change drafts.
A code list that ``extends`` another takes its entries and adds or replaces some.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from gdbos_desktop.schema.code_lists import CodeEntry, CodeList
from gdbos_desktop.schema.conditions import condition_elements, parse_condition
from gdbos_desktop.schema.standard import PARENT, DraftForm, Element, Group, Kind, Standard, States
from gdbos_desktop.schema.types import Code, Integer, Reference, make_type
from gdbos_desktop.schema.values import fold

_KIND_WORDS = frozenset(
    {
        "code", "label", "title", "keys", "group", "parents", "parent_heading", "parent_aliases", "sheet",
        "sheet_aliases", "code_elements", "family_element", "families", "position_element", "order", "help", "shares",
        "states", "draft",
    }
)  # fmt: skip
LEVELS = ("nation", "province", "city", "county")
"""Who may fix the value of an element, from above to below."""
_SHARED_WITHOUT = frozenset({"required", "required_in", "required_when", "required_text", "listed", "indexed"})
_TYPE_OPTIONS = ("length", "list", "min", "max", "suffixes", "target", "creates")
_ELEMENT_WORDS = frozenset(
    {
        "kind", "code", "label", "type", *_TYPE_OPTIONS, "group", "order", "required", "required_in", "required_when",
        "required_text", "families", "owner", "aliases", "heading", "help", "source", "evidence", "exchange", "since",
        "similar", "standard_in", "until", "replaces", "after", "listed", "indexed", "unit_in", "hidden",
        "parts",
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
    declared: dict[str, tuple[str, Mapping[str, Any]]] = {}
    for file, text in texts.items():
        for words in _toml(file, text).get("list", ()):
            code = words.get("code", "")
            if not code or code in declared:
                raise StandardError(f"{file}: code list {code!r} is declared twice or has no name")
            declared[code] = (file, words)
    lists: dict[str, CodeList] = {}
    for code in declared:
        _load_code_list(code, declared, lists, ())
    return {code: lists[code] for code in declared}


def _load_code_list(
    code: str,
    declared: Mapping[str, tuple[str, Mapping[str, Any]]],
    lists: dict[str, CodeList],
    trail: tuple[str, ...],
) -> CodeList:
    if code in lists:
        return lists[code]
    file, words = declared[code]
    inherited: tuple[CodeEntry, ...] = ()
    base = words.get("extends")
    if base:
        if base not in declared or base in (*trail, code):
            raise StandardError(f"{file}: code list {code!r} extends {base!r}, which is missing or extends it in turn")
        inherited = _load_code_list(base, declared, lists, (*trail, code)).entries
    try:
        own = [_code_entry(entry, words) for entry in words["entry"]]
        if len({entry.code for entry in own}) != len(own):
            raise StandardError(f"{file}: code list {code!r} declares one of its codes twice")
        replaced = {entry.code: entry for entry in own}
        entries = tuple(replaced.pop(entry.code, entry) for entry in inherited) + tuple(
            entry for entry in own if entry.code in replaced
        )
        code_list = CodeList(
            code, words["label"], words["version"], words["source"], entries, tuple(words.get("vocabularies", ()))
        )
    except KeyError as error:
        raise StandardError(f"{file}: code list {code!r}: it or one of its entries lacks {error}") from error
    _prove_code_list(file, code_list)
    lists[code] = code_list
    return code_list


def _code_entry(entry: Mapping[str, Any], words: Mapping[str, Any]) -> CodeEntry:
    return CodeEntry(
        code=entry["code"],
        label=entry["label"],
        aliases=tuple(entry.get("aliases", ())),
        since=entry.get("since", ""),
        until=entry.get("until", ""),
        mapping=dict(entry.get("mapping", {})),
        evidence=entry.get("evidence", words.get("evidence", "")),
    )


def _prove_code_list(file: str, code_list: CodeList) -> None:
    owners: dict[str, str] = {}
    for entry in code_list.entries:
        for word in {fold(word) for word in (entry.code, entry.label, *entry.aliases)}:
            if not word or owners.setdefault(word, entry.code) != entry.code:
                raise StandardError(
                    f"{file}: code list {code_list.code!r}: {word!r} names both {owners.get(word)} and {entry.code}"
                )
        unknown = set(entry.mapping) - set(code_list.vocabularies)
        if unknown:
            raise StandardError(f"{file}: code list {code_list.code!r}: undeclared vocabularies {sorted(unknown)}")


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
        raise StandardError(f"standard {name!r} is missing or extends itself ({' → '.join((*trail, name))})")
    data = _toml(name, texts[name])
    head = data.get("standard", {})
    if missing := {"name", "version", "title"} - set(head):
        raise StandardError(f"{name}: [standard] lacks {sorted(missing)}")
    base = head.get("extends")
    words = _gather(texts, base, (*trail, name)) if base else _Words({}, {}, {}, {})
    words = _Words(head, words.families | data.get("families", {}), words.kinds, words.elements)
    for kind in data.get("kind", ()):
        _add_kind(name, words, kind)
    for element in data.get("element", ()):
        _add(name, words, element)
    for change in data.get("change", ()):
        _change(name, words, change)
    return words


def _add_kind(file: str, words: _Words, kind: dict[str, Any]) -> None:
    code = kind.get("code", "")
    if not code or code in words.kinds:
        raise StandardError(f"{file}: kind {code!r} is declared twice or has no code")
    if missing := {"label", "title", "keys"} - set(kind):
        raise StandardError(f"{file}: kind {code!r} lacks {sorted(missing)}")
    if unknown := set(kind) - _KIND_WORDS:
        raise StandardError(f"{file}: kind {code!r} has unknown words {sorted(unknown)}")
    words.kinds[code] = kind
    words.elements[code] = {}


def _add(file: str, words: _Words, element: dict[str, Any]) -> None:
    code = element.get("code", "")
    if not code or "kind" not in element:
        raise StandardError(f"{file}: element {code!r} lacks code or kind")
    if unknown := set(element) - _ELEMENT_WORDS:
        raise StandardError(f"{file}: element {code!r} has unknown words {sorted(unknown)}")
    kinds = element["kind"] if isinstance(element["kind"], list) else [element["kind"]]
    for kind in kinds:
        if kind not in words.elements:
            raise StandardError(f"{file}: element {code!r} belongs to unknown kind {kind!r}")
        elements = words.elements[kind]
        if code in elements:
            raise StandardError(f"{file}: element {kind}.{code} is declared twice")
        neighbour = element.get("after")
        if neighbour and neighbour not in elements:
            raise StandardError(f"{file}: element {kind}.{code} stands after unknown element {neighbour!r}")
        place = _place_of(elements[neighbour]) if neighbour else {}
        replaced = element.get("replaces")
        if not replaced:
            elements[code] = {**place, **element}
            continue
        if replaced not in elements:
            raise StandardError(f"{file}: element {kind}.{code} replaces unknown element {replaced!r}")
        inherited = elements.pop(replaced)
        old_names = [replaced, inherited["label"], *([inherited["heading"]] if "heading" in inherited else [])]
        aliases = [*element.get("aliases", ()), *old_names, *inherited.get("aliases", ())]
        kept = {word: value for word, value in inherited.items() if word != "heading"}
        elements[code] = {**kept, **place, **element, "aliases": list(dict.fromkeys(aliases))}


def _place_of(neighbour: Mapping[str, Any]) -> dict[str, Any]:
    # Of the same order and declared later means: right after it.
    return {"group": neighbour["group"], "order": neighbour.get("order", 0)}


def _change(file: str, words: _Words, change: Mapping[str, Any]) -> None:
    kind, code = change.get("kind", ""), change.get("code", "")
    element = words.elements.get(kind, {}).get(code)
    if element is None:
        raise StandardError(f"{file}: change of unknown element {kind}.{code}")
    added = list(change.get("add_aliases", ()))
    if unknown := set(change) - _ELEMENT_WORDS - {"add_aliases"}:
        raise StandardError(f"{file}: change of {kind}.{code} has unknown words {sorted(unknown)}")
    if change.get("label", element["label"]) != element["label"]:
        added.append(element["label"])  # workbooks with the old heading stay readable
    aliases = list(dict.fromkeys([*change.get("aliases", element.get("aliases", ())), *added]))
    changed = {word: value for word, value in change.items() if word != "add_aliases"}
    words.elements[kind][code] = {**element, **changed, "aliases": aliases}


def _elements_of(file: str, kind: str, words: _Words) -> list[Mapping[str, Any]]:
    own = words.elements[kind]
    shares = words.kinds[kind].get("shares")
    if not shares:
        return list(own.values())
    lender = words.elements.get(shares.get("kind", ""), {})
    successors = {element["replaces"]: code for code, element in lender.items() if element.get("replaces")}
    shared: list[Mapping[str, Any]] = []
    for code in shares.get("elements", ()):
        element = lender.get(successors.get(code, code))
        if element is None:
            raise StandardError(f"{file}: kind {kind!r} shares unknown element {shares.get('kind')}.{code}")
        if element["code"] not in own:
            shared.append({word: value for word, value in element.items() if word not in _SHARED_WITHOUT})
    return [*own.values(), *shared]


def _groups_of(kind: str, words: _Words) -> list[Mapping[str, Any]]:
    shares = words.kinds[kind].get("shares", {})
    lender = words.kinds.get(shares.get("kind", ""), {})
    return list(words.kinds[kind].get("group") or lender.get("group", ()))


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
            unit_in=words.get("unit_in", ""),
            parts=dict(words.get("parts", {})),
            similar=bool(words.get("similar", False)),
            standard_in=words.get("standard_in", ""),
            listed=bool(words.get("listed", False)),
            indexed=bool(words.get("indexed", False)),
            hidden=bool(words.get("hidden", False)),
        )
    except (KeyError, ValueError) as error:
        raise StandardError(f"{file}: element {kind}.{words.get('code')}: {error}") from error


def _kind(file: str, words: Mapping[str, Any], all_words: _Words, code_lists: Mapping[str, CodeList]) -> Kind:
    code = words["code"]
    groups = tuple(Group(g["code"], g["label"], index) for index, g in enumerate(_groups_of(code, all_words)))
    position = {group.code: group.order for group in groups}
    elements = [_element(file, code, element, code_lists) for element in _elements_of(file, code, all_words)]
    for element in elements:
        if element.owner not in LEVELS:
            raise StandardError(f"{file}: element {code}.{element.code} has unknown owner level {element.owner!r}")
        if unknown := (element.families | element.required_in) - set(all_words.families):
            raise StandardError(f"{file}: element {code}.{element.code} names unknown families {sorted(unknown)}")
        if element.group not in position:
            raise StandardError(f"{file}: element {code}.{element.code} is in unknown group {element.group!r}")
    elements.sort(key=lambda element: (position[element.group], element.order))
    present = {element.code for element in elements}
    for declared in all_words.elements[code].values():
        if absent := condition_elements(declared.get("required_when", {})) - present:
            raise StandardError(
                f"{file}: element {code}.{declared['code']}: required_when names unknown {sorted(absent)}"
            )
    renamed = {element.replaces: element.code for element in elements if element.replaces}

    def now(name: str) -> str:
        return renamed.get(name, name)

    return Kind(
        code=code,
        label=words["label"],
        title=now(words["title"]),
        keys=tuple(tuple(now(part) for part in key) for key in words["keys"]),
        elements={element.code: element for element in elements},
        groups=groups,
        parents=tuple(words.get("parents", ())),
        parent_heading=words.get("parent_heading", ""),
        parent_aliases=tuple(words.get("parent_aliases", ())),
        sheet=words.get("sheet", words["label"]),
        sheet_aliases=tuple(words.get("sheet_aliases", ())),
        code_elements=tuple(now(part) for part in words.get("code_elements", ())),
        family_element=now(words.get("family_element", "")),
        families=dict(words.get("families", {})),
        position_element=now(words.get("position_element", "")),
        order=int(words.get("order", 0)),
        help=words.get("help", ""),
        states=_states(file, words, now),
        draft=_draft_form(file, words),
    )


def _states(file: str, words: Mapping[str, Any], now: Callable[[str], str]) -> States | None:
    said = words.get("states")
    if said is None:
        return None
    try:
        return States(
            now(said["element"]),
            frozenset(said["in_force"]),
            frozenset(said.get("unborn", ())),
            now(said.get("version", "")),
        )
    except KeyError as error:
        raise StandardError(f"{file}: states of {words['code']!r} lack {error}") from error


def _draft_form(file: str, words: Mapping[str, Any]) -> DraftForm | None:
    said = words.get("draft")
    if said is None:
        return None
    try:
        return DraftForm(**{**said, "open": tuple(said["open"]), "kinds_by_state": dict(said["kinds_by_state"])})
    except (KeyError, TypeError) as error:
        raise StandardError(f"{file}: draft words of {words['code']!r}: {error}") from error


def _prove_states(file: str, standard: Standard) -> None:
    drafts = [kind for kind in standard.kinds.values() if kind.draft is not None]
    if len(drafts) > 1:
        raise StandardError(f"{file}: there is one kind of change drafts, not {[kind.code for kind in drafts]}")
    for kind in drafts:
        assert kind.draft is not None
        form = kind.draft
        for code, values in {
            form.state: (*form.open, form.begins, form.published, form.withdrawn),
            form.change_kind: (form.ordinary_kind, *form.kinds_by_state.values()),
        }.items():
            _prove_codes(file, kind, code, values)
        for code in (form.content, form.version, form.reason, form.basis, form.planned):
            if code not in kind.elements:
                raise StandardError(f"{file}: draft words of {kind.code!r} name unknown element {code!r}")
    for kind in standard.kinds.values():
        if kind.states is None:
            continue
        _prove_codes(file, kind, kind.states.element, (*kind.states.in_force, *kind.states.unborn))
        version = kind.elements.get(kind.states.version)
        if kind.states.version and not (version and isinstance(version.type, Integer)):
            raise StandardError(f"{file}: states of {kind.code!r}: the version {kind.states.version!r} is no number")
        if not any(kind.code in draft.parents for draft in drafts):
            raise StandardError(f"{file}: {kind.code!r} has states, but no kind of change drafts stands in it")


def _prove_codes(file: str, kind: Kind, code: str, values: Iterable[str]) -> None:
    element = kind.elements.get(code)
    if element is None or not isinstance(element.type, Code):
        raise StandardError(f"{file}: {kind.code!r}: the states name no code element {code!r}")
    known = {entry.code for entry in element.type.code_list.entries}
    if unknown := set(values) - known:
        raise StandardError(f"{file}: {kind.code}.{code} has no codes {sorted(unknown)}")


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
            if code and code not in kind.elements and code != PARENT:
                raise StandardError(f"{file}: kind {kind.code!r} names unknown element {code!r}")
        for parent in (*kind.parents, *kind.references.values()):
            if parent not in standard.kinds:
                raise StandardError(f"{file}: kind {kind.code!r} refers to unknown kind {parent!r}")
        for family in kind.families.values():
            if family not in standard.family_labels:
                raise StandardError(f"{file}: kind {kind.code!r} has unknown family {family!r}")
        for element in kind.elements.values():
            unit = kind.elements.get(element.unit_in)
            if element.unit_in and not (isinstance(element.type, Integer) and unit and isinstance(unit.type, Code)):
                raise StandardError(f"{file}: {kind.code}.{element.code}: unit_in names no code {element.unit_in!r}")
            for part in element.parts.values():
                if part not in kind.elements or not isinstance(element.type, Integer):
                    raise StandardError(f"{file}: {kind.code}.{element.code}: parts name no element {part!r}")
            if element.standard_in and not (element.similar and element.standard_in in kind.elements):
                raise StandardError(
                    f"{file}: {kind.code}.{element.code}: standard_in names no element {element.standard_in!r}"
                )
            if isinstance(element.type, Reference):
                target = standard.kinds[element.type.target]
                for there, here in element.type.creates.items():
                    if there not in target.elements or here not in kind.elements:
                        raise StandardError(
                            f"{file}: {kind.code}.{element.code} creates {there!r} from {here!r}: unknown"
                        )
        _prove_headings(file, kind)
    _prove_states(file, standard)


def _prove_headings(file: str, kind: Kind) -> None:
    owners: dict[str, str] = {}
    labels: dict[str, str] = {}
    words = [(PARENT, word) for word in (kind.parent_heading, *kind.parent_aliases) if word]
    for element in kind.elements.values():
        if labels.setdefault(element.label, element.code) != element.code:
            raise StandardError(f"{file}: {kind.code}: label {element.label!r} is used twice")
        words += [(element.code, word) for word in (element.code, element.label, element.heading, *element.aliases)]
    for code, word in words:
        folded = fold(word)
        if not folded or owners.setdefault(folded, code) != code:
            raise StandardError(f"{file}: {kind.code}: heading {word!r} names both {owners.get(folded)} and {code}")
