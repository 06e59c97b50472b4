"""Names in a file become records: referred-to records by their title, containing records by their code.

Hides where the record is found – in the store, elsewhere in the same file, or nowhere, in which case it is proposed
as new with the values that the rows agree on.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations, pairwise

from gdbos_desktop.domain.addresses import SEPARATOR
from gdbos_desktop.domain.changes import Action, Change
from gdbos_desktop.domain.region_code import check_region_code, parent_region
from gdbos_desktop.importing.headers import needs_parent
from gdbos_desktop.importing.matching import Lookup
from gdbos_desktop.schema import Element, Issue, Kind, Severity, Standard, Value, fold
from gdbos_desktop.schema.standard import PARENT
from gdbos_desktop.schema.types import Reference, RegionCode
from gdbos_desktop.schema.values import clean_code, clean_line
from gdbos_desktop.system.messages import N_

Found = str | Issue
"""The id of a record, or why there is none."""
ByRegion = dict[Value | None, list[str]]
"""Ids of records of the same title by the region that tells them apart; None for those without."""


class FileIndex:
    """The records that earlier rows of the same file are: found by code, by title, and by title within their parent."""

    def __init__(self, kinds: Iterable[str]) -> None:
        self._kinds = frozenset(kinds)
        self._by_code: dict[tuple[str, str], list[str]] = {}
        self._by_title: dict[tuple[str, str], ByRegion] = {}
        self._inside: dict[tuple[str, str | None, str], str] = {}
        self._by_key: dict[tuple[str, tuple[str, ...], tuple[str, ...]], list[str]] = {}
        self.parents: dict[str, str | None] = {}

    def has(self, kind: str) -> bool:
        """Whether records of this kind are worth noting: other sheets refer to them."""
        return kind in self._kinds

    def note(
        self, kind: Kind, record_id: str, parent_id: str | None, elements: Mapping[str, Value], region: str
    ) -> None:
        """Take notice of a record."""
        self.parents[record_id] = parent_id
        for code in kind.code_elements:
            if (value := elements.get(code)) is not None:
                self._by_code.setdefault((kind.code, fold(str(value))), []).append(record_id)
        if title := kind.title_of(elements):
            folded = fold(title)
            self._by_title.setdefault((kind.code, folded), {}).setdefault(elements.get(region), []).append(record_id)
            self._inside[kind.code, parent_id, folded] = record_id
        for key in kind.keys:
            if len(key) > 1:
                values = [parent_id if code == PARENT else elements.get(code) for code in key]
                if None not in values:
                    self._by_key.setdefault((kind.code, key, _folded(values)), []).append(record_id)

    def by_code(self, kind: str, code: str) -> list[str]:
        """Records with this code."""
        return self._by_code.get((kind, fold(code)), [])

    def by_title(self, kind: str, title: str) -> ByRegion:
        """Records with this title, by their region."""
        return self._by_title.get((kind, fold(title)), {})

    def by_key(self, kind: str, key: tuple[str, ...], values: Sequence[Value | None]) -> list[str]:
        """Records with these values of a natural key of several parts."""
        return self._by_key.get((kind, key, _folded(values)), [])

    def inside(self, kind: str, parent_id: str | None, title: str) -> str | None:
        """The record with this title in a certain parent."""
        return self._inside.get((kind, parent_id, fold(title)))


@dataclass
class NewReference:
    """A record that rows refer to and nobody knows yet."""

    id: str
    kind: Kind
    title: str
    region: tuple[str, Value] | None
    votes: dict[str, Counter[Value]] = field(default_factory=dict)
    is_used: bool = False

    def change(self) -> Change:
        """Its creation, with the values most rows agree on."""
        after: dict[str, Value | None] = {self.kind.title: self.title}
        if self.region is not None:
            after[self.region[0]] = self.region[1]
        for code, votes in self.votes.items():
            if votes:
                after[code] = votes.most_common(1)[0][0]
        return Change(Action.CREATE, self.id, self.kind.code, after=after)


class References:
    """Finds what reference elements name, for all sheets of one import."""

    def __init__(self, standard: Standard, lookup: Lookup, index: FileIndex, new_id: Callable[[], str]) -> None:
        self._standard = standard
        self._lookup = lookup
        self._index = index
        self._new_id = new_id
        self._found: dict[tuple[str, str, Value | None], Found] = {}
        self._stored: dict[tuple[str, str], ByRegion] = {}
        self.titles: dict[str, str] = {}
        self.proposed: dict[str, NewReference] = {}
        self.existing: dict[str, str] = {}
        """Ids of records of the store that rows refer to, with their kind."""

    def resolve(
        self, element: Element, names: Sequence[Value | None], regions: Sequence[Value | None] | None
    ) -> list[Found | None]:
        """What each name of a batch refers to; ``regions`` tell bodies of the same name apart."""
        assert isinstance(element.type, Reference)
        kind = self._standard.kind(element.type.target)
        if regions is None or region_element(kind) == "":
            regions = [None] * len(names)
        pairs = list(zip(names, regions, strict=True))
        different = dict.fromkeys(pairs)  # few: thousands of rows name a dozen departments
        wanted = {
            (str(name), region) for name, region in different
            if name is not None and (kind.code, fold(str(name)), region) not in self._found
        }  # fmt: skip
        if wanted:
            self._search(element, element.type, kind, sorted(wanted, key=lambda pair: (pair[0], str(pair[1]))))
        answers = {
            (name, region): None if name is None else self._found[kind.code, fold(str(name)), region]
            for name, region in different
        }
        return [answers[pair] for pair in pairs]

    def resolve_inside(self, element: Element, name: str, ancestors: Sequence[str]) -> Found:
        """What a name refers to among the records that one of the row's ancestors contains (a material of the item)."""
        assert isinstance(element.type, Reference)
        kind = self._standard.kind(element.type.target)
        for ancestor in ancestors:
            if (record_id := self._index.inside(kind.code, ancestor, name)) is not None:
                self.titles[record_id] = name
                return record_id
            for child in self._lookup.children([ancestor], kind.code):
                if fold(kind.title_of(child.elements)) == fold(name):
                    self.titles[child.id] = name
                    return child.id
        return _unknown(element, name, kind)

    def _search(
        self, element: Element, reference: Reference, kind: Kind, wanted: Sequence[tuple[str, Value | None]]
    ) -> None:
        texts = list(dict.fromkeys(text for text, _ in wanted if (kind.code, fold(text)) not in self._stored))
        if texts:
            self._look_up(kind, texts)
        for text, region in wanted:
            sources = (self._index.by_title(kind.code, text), self._stored[kind.code, fold(text)])
            ids = _fitting(sources, region)
            if not ids and not any(sources):
                ids = self._index.by_code(kind.code, clean_code(text))
            self._found[kind.code, fold(text), region] = self._choose(element, reference, kind, text, region, ids)

    def _look_up(self, kind: Kind, texts: Sequence[str]) -> None:
        """Ask the store once about names: by title, what has no such title by code."""
        by_title = self._lookup.find_by_key(kind.code, (kind.title,), [(text,) for text in texts])
        found: dict[str, list[str]] = {text: list(by_title.get((text,), ())) for text in texts}
        for key in kind.keys:
            if len(key) == 1 and key[0] in kind.code_elements:
                codes = {text: code for text in texts if not found[text] and (code := clean_code(text))}
                answer = self._lookup.find_by_key(kind.code, key, [(code,) for code in codes.values()])
                for text, code in codes.items():
                    found[text] += answer.get((code,), ())
        region_code = region_element(kind)
        regions: dict[str, Value | None] = {}
        if region_code:
            ids = [record_id for one in found.values() for record_id in one]
            regions = {record.id: record.elements.get(region_code) for record in self._lookup.get(ids)}
        for text, one in found.items():
            by_region = self._stored.setdefault((kind.code, fold(text)), {})
            for record_id in one:
                by_region.setdefault(regions.get(record_id), []).append(record_id)

    def _choose(
        self, element: Element, reference: Reference, kind: Kind, text: str, region: Value | None, ids: Sequence[str]
    ) -> Found:
        if len(ids) == 1:
            record_id = ids[0]
            self.titles.setdefault(record_id, text)
            if record_id not in self.proposed:
                self.existing[record_id] = kind.code
            return record_id
        if len(ids) > 1:
            return Issue(
                "ambiguous-reference",
                Severity.ERROR,
                N_("“{text}” fits {count} records of {kind}. Write its code instead of its name."),
                {"text": text, "count": len(ids), "kind": kind.label},
                element.code,
            )
        if not reference.creates or needs_parent(kind):
            return _unknown(element, text, kind)
        place = region_element(kind)
        new = NewReference(
            self._new_id(), kind, clean_line(text), (place, region) if place and region is not None else None
        )
        self.proposed[new.id] = new
        self.titles[new.id] = new.title
        elements: dict[str, Value] = {kind.title: new.title}
        if new.region is not None:
            elements[place] = new.region[1]
        self._index.note(kind, new.id, None, elements, place)
        return new.id

    def settle_codes(self) -> list[Issue]:
        """Take from new records the codes that another record has already; an issue for each.

        A body under another name with the code of a known one is either renamed or wrongly coded: a person knows which.
        """
        issues: list[Issue] = []
        used = [new for new in self.proposed.values() if new.is_used]
        for kind in {new.kind.code: new.kind for new in used}.values():
            for code in (key[0] for key in kind.keys if len(key) == 1 and key[0] in kind.code_elements):
                holders = {
                    new.id: value for new in used
                    if new.kind is kind and (value := new.change().after.get(code)) is not None
                }  # fmt: skip
                known = self._lookup.find_by_key(kind.code, (code,), [(value,) for value in holders.values()])
                seen: dict[Value, str] = {}
                for new_id, value in holders.items():
                    new = self.proposed[new_id]
                    if ids := known.get((value,)):
                        other = kind.title_of(self._lookup.get(ids[:1])[0].elements)
                    else:
                        other = seen.setdefault(value, new.title)
                    if other != new.title:
                        del new.votes[code]
                        issues.append(_taken(kind, code, new.title, value, other))
        return issues

    def changes(self) -> list[Change]:
        """The creations of everything that an imported row refers to, kind by kind in the order of the standard."""
        used = [new for new in self.proposed.values() if new.is_used]
        return [new.change() for new in sorted(used, key=lambda new: new.kind.order)]


def region_element(kind: Kind) -> str:
    """The element that tells records of the same title apart: the region in a key beside the title; '' for none."""
    for key in kind.keys:
        if kind.title in key:
            for code in key:
                if code != PARENT and isinstance(kind.elements[code].type, RegionCode):
                    return code
    return ""


def _folded(values: Sequence[Value | None]) -> tuple[str, ...]:
    return tuple(fold(str(value)) for value in values)


def _all(by_region: ByRegion) -> list[str]:
    return [record_id for ids in by_region.values() for record_id in ids]


def _fitting(sources: Sequence[ByRegion], region: Value | None) -> list[str]:
    """The records of the row's region; else those of the region around it (a township's item, done by the county's
    body); else those without a region. A row without a region takes them all."""
    if region is None:
        return list(dict.fromkeys(record_id for source in sources for record_id in _all(source)))
    for wanted in (*_regions_around(region), None):
        found = list(dict.fromkeys(record_id for source in sources for record_id in source.get(wanted, ())))
        if found:
            return found
    return []


def _regions_around(region: Value) -> Iterator[Value]:
    """The region and all that contain it, innermost first."""
    around: str | None = str(region)
    while around:
        yield around
        around = None if check_region_code(around) else parent_region(around)


def _taken(kind: Kind, code: str, title: str, value: Value, other: str) -> Issue:
    return Issue(
        "code-taken",
        Severity.WARNING,
        N_(
            "{kind} “{title}” is new, but its code {code} belongs to “{other}” already and was left out. "
            "If it is the same under a new name, rename it before the import; otherwise correct the code."
        ),
        {"kind": kind.label, "title": title, "code": value, "other": other},
        code,
    )


def _unknown(element: Element, text: str, kind: Kind) -> Issue:
    return Issue(
        "unknown-reference",
        Severity.ERROR,
        N_("There is no {kind} “{text}”. Create it first, or correct the name."),
        {"text": text, "kind": kind.label},
        element.code,
    )


class Parents:
    """Finds the containing records that child sheets name, for all sheets of one import."""

    def __init__(self, standard: Standard, lookup: Lookup, index: FileIndex) -> None:
        self._standard = standard
        self._lookup = lookup
        self._index = index
        self._found: dict[tuple[tuple[str, ...], str], Found] = {}
        self._parents: dict[str, str | None] = {}

    def resolve(self, kind: Kind, names: Sequence[Value | None]) -> list[Found | None]:
        """The containing record of each row of a batch; None where the cell is blank."""
        wanted = list(dict.fromkeys(str(name) for name in names if name is not None))
        missing = [name for name in wanted if not isinstance(self._found.get((kind.parents, name)), str)]
        if missing:
            self._search(kind, missing)
        return [None if name is None else self._found[kind.parents, str(name)] for name in names]

    def ancestors(self, record_id: str) -> list[str]:
        """The record itself and all that contain it, innermost first."""
        chain: list[str] = []
        current: str | None = record_id
        while current is not None and current not in chain:
            chain.append(current)
            current = self._parent_of(current)
        return chain

    def _parent_of(self, record_id: str) -> str | None:
        if record_id in self._index.parents:
            return self._index.parents[record_id]
        if record_id not in self._parents:
            found = self._lookup.get([record_id])
            self._parents[record_id] = found[0].parent_id if found else None
        return self._parents[record_id]

    def _search(self, kind: Kind, names: Sequence[str]) -> None:
        kinds = [self._standard.kind(code) for code in kind.parents]
        found: dict[str, list[str]] = {name: [] for name in names}
        codes = {name: clean_code(name) for name in names}
        for parent in kinds:  # codes first: they are what the column is for
            for name in names:
                found[name] += self._index.by_code(parent.code, codes[name])
            for key in parent.keys:
                if len(key) == 1 and key[0] in parent.code_elements:
                    open_names = [name for name in names if not found[name]]
                    answer = self._lookup.find_by_key(parent.code, key, [(codes[name],) for name in open_names])
                    for name in open_names:
                        found[name] += answer.get((codes[name],), [])
        for name in names:
            if not found[name]:
                found[name] = [one.id for one in self._lookup.find_by_code(codes[name]) if one.kind in kind.parents]
        for parent in kinds:  # then names, for records that have no code
            open_names = [name for name in names if not found[name]]
            for name in open_names:
                found[name] += _all(self._index.by_title(parent.code, name))
            open_names = [name for name in open_names if not found[name]]
            if open_names:
                answer = self._lookup.find_by_key(parent.code, (parent.title,), [(name,) for name in open_names])
                for name in open_names:
                    found[name] += answer.get((name,), ())
        for name in names:
            ids = list(dict.fromkeys(found[name])) or self._by_address(kinds, name)
            if not ids and (inside := self._by_path(kind, name)) is not None:
                ids = [inside]
            self._found[kind.parents, name] = ids[0] if len(ids) == 1 else self._refusal(kind, name, len(ids))

    def _by_address(self, kinds: Sequence[Kind], name: str) -> list[str]:
        """The records whose address (``domain.addresses``) this is: the parts of a natural key in a row."""
        pieces = name.split(SEPARATOR)
        found: dict[str, None] = {}
        for parent in kinds:
            for key in parent.keys:
                if found or not 1 < len(key) <= len(pieces):
                    continue
                for ends in combinations(range(1, len(pieces)), len(key) - 1):
                    bounds = (0, *ends, len(pieces))
                    texts = [SEPARATOR.join(pieces[start:end]) for start, end in pairwise(bounds)]
                    parts = [self._part(parent, code, text) for code, text in zip(key, texts, strict=True)]
                    values = tuple(part for part in parts if part is not None)
                    if len(values) == len(key):
                        known = self._lookup.find_by_key(parent.code, key, [values]).get(values, ())
                        found.update(dict.fromkeys([*self._index.by_key(parent.code, key, values), *known]))
        return list(found)

    def _part(self, kind: Kind, code: str, text: str) -> Value | None:
        """What a part of an address says: an id for what contains or is referred to, else a value."""
        if code == PARENT:
            containing = self.resolve(kind, [text])[0]
            return containing if isinstance(containing, str) else None
        element = kind.elements[code]
        if not isinstance(element.type, Reference):
            value = element.parse(text)
            return None if isinstance(value, Issue) else value
        target = self._standard.kind(element.type.target)
        ids = _all(self._index.by_title(target.code, text))
        ids += self._lookup.find_by_key(target.code, (target.title,), [(text,)]).get((text,), [])
        return ids[0] if len(set(ids)) == 1 else None

    def _by_path(self, kind: Kind, name: str) -> str | None:
        """The record that ``code of what contains it/its title`` names, for records without a code of their own."""
        outer, slash, title = name.rpartition("/")
        if not slash or not outer or not title:
            return None
        for parent in (self._standard.kind(code) for code in kind.parents):
            if not parent.parents:
                continue
            containing = self.resolve(parent, [outer])[0]
            if isinstance(containing, str):
                inside = self._index.inside(parent.code, containing, title)
                if inside is not None:
                    return inside
                for child in self._lookup.children([containing], parent.code):
                    if fold(parent.title_of(child.elements)) == fold(title):
                        return child.id
        return None

    def _refusal(self, kind: Kind, name: str, count: int) -> Issue:
        labels = "/".join(self._standard.kind(code).label for code in kind.parents)
        if count:
            return Issue(
                "ambiguous-parent",
                Severity.ERROR,
                N_("“{text}” fits {count} records ({kinds}). Write a code that only one of them has."),
                {"text": name, "count": count, "kinds": labels},
            )
        return Issue(
            "unknown-parent",
            Severity.ERROR,
            N_("There is no {kinds} with the code or name “{text}”, neither in the store nor in this file."),
            {"text": name, "kinds": labels},
        )
