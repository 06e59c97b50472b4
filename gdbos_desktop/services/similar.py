"""Names that mean the same: near-duplicates of materials and data elements in the store or in a file under review.

Which names take part, and what ties one to the standard, says the standard file (``similar``, ``standard_in``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gdbos_desktop.domain.access import Duty
from gdbos_desktop.domain.name_keys import NameWords, load_name_words
from gdbos_desktop.domain.queries import Filter, Match, Query
from gdbos_desktop.domain.similar import Cluster, Member, Reason, UsedName, Why, find_clusters
from gdbos_desktop.schema import Element, Kind
from gdbos_desktop.schema.types import Reference
from gdbos_desktop.services.workspace import Workspace
from gdbos_desktop.storage import Reader, readings_of
from gdbos_desktop.system.errors import KnownError
from gdbos_desktop.system.messages import _
from gdbos_desktop.system.resources import read_texts
from gdbos_desktop.system.tasks import Progress, no_progress

if TYPE_CHECKING:
    from gdbos_desktop.services.imports import Proposal

__all__ = ["Cluster", "Member", "NameCluster", "Reason", "SimilarService", "Why", "reason_words", "why_words"]


@dataclass(frozen=True, slots=True)
class NameCluster:
    """A cluster of names of one element. ``rows`` (of a proposal): name → the places of its rows in ``Proposal.rows``.

    The counts of the members are those of the store, and for a proposal those of the file beside them.
    """

    kind: str
    element: str
    cluster: Cluster
    rows: Mapping[str, tuple[int, ...]] = field(default_factory=dict)

    @property
    def replaced_rows(self) -> Mapping[str, tuple[int, ...]]:
        """The names of the file that would be written otherwise, and the places of their rows."""
        return {member.text: self.rows[member.text] for member in self.cluster.replaced if member.text in self.rows}


class SimilarService:
    """Finds near-duplicates of names and the name that should stand for them; changes nothing."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._loaded: NameWords | None = None

    def in_store(self, kind: str, progress: Progress = no_progress) -> list[NameCluster]:
        """The clusters of a kind in the store, most used first. KnownError where the kind has no such names."""
        self._workspace.demand(Duty.READ)
        found = self._workspace.standard.kind(kind)
        elements = _similar(found)
        if not elements:
            raise KnownError(
                "no-similar-names",
                _("No names to compare"),
                _("Names of {kind} are not compared.").format(kind=found.label),
                _("Kinds whose names are compared: {kinds}").format(
                    kinds="、".join(one.label for one in self._workspace.standard.kinds.values() if _similar(one))
                ),
            )
        clusters: list[NameCluster] = []
        for element in elements:
            with self._workspace.store.read() as reader:
                names = list(self._names(reader, found, element))
            clusters += [NameCluster(kind, element.code, one) for one in self._clusters(names, progress)]
        return clusters

    def clusters_of(self, proposal: Proposal, progress: Progress = no_progress) -> list[NameCluster]:
        """The clusters among the new and changed rows of a proposal and the names of the store.

        Only those in which a name of the file would be written otherwise. Rows that are problems or stay as they are
        take no part.
        """
        self._workspace.demand(Duty.IMPORT)
        clusters: list[NameCluster] = []
        rows = _rows_by_name(proposal, self._workspace.standard.kinds)
        for (kind_code, code), found in rows.items():
            kind = self._workspace.standard.kind(kind_code)
            with self._workspace.store.read() as reader:
                names = list(self._names(reader, kind, kind.elements[code]))
            names += [UsedName(text, len(places)) for text, places in found.items()]
            for cluster in self._clusters(names, progress):
                here = {member.text: tuple(found[member.text]) for member in cluster.members if member.text in found}
                named = NameCluster(kind_code, code, cluster, here)
                if named.replaced_rows:
                    clusters.append(named)
        return clusters

    @property
    def _words(self) -> NameWords:
        if self._loaded is None:
            self._loaded = load_name_words(read_texts("similar"))
        return self._loaded

    def _clusters(self, names: Iterable[UsedName], progress: Progress) -> list[Cluster]:
        used = list(names)
        what = _("Comparing names")
        sounds = readings_of({sign for name in used for sign in name.text})

        def watch(done: int, total: int) -> None:
            progress(done, total, what)

        return find_clusters(used, self._words, sounds, watch)

    def _names(self, reader: Reader, kind: Kind, element: Element) -> Iterator[UsedName]:
        """The names of the store with their counts, and those that the standard knows."""
        for value, count in reader.group_counts(Query(kind.code), element.code):
            if isinstance(value, str):
                yield UsedName(value, count)
        if not element.standard_in:
            return
        tie = kind.elements[element.standard_in].type
        if isinstance(tie, Reference):
            target = self._workspace.standard.kind(tie.target)
            for value, _count in reader.group_counts(Query(target.code), target.title):
                if isinstance(value, str):
                    yield UsedName(value, 0, is_standard=True)
            return
        tied = Query(kind.code, (Filter(element.standard_in, Match.IS_FILLED),))
        for batch in reader.iterate(tied):
            for record in batch:
                said, own = str(record.elements[element.standard_in]), record.elements.get(element.code)
                # The standard thing is named by its name, or by a code; a code says that this name is the standard one.
                name = own if said.isascii() else said
                if isinstance(name, str):
                    yield UsedName(name, 0, is_standard=True)


def _similar(kind: Kind) -> list[Element]:
    return [element for element in kind.elements.values() if element.similar]


def _rows_by_name(proposal: Proposal, kinds: Mapping[str, Kind]) -> dict[tuple[str, str], dict[str, list[int]]]:
    """Kind and element → name → places in ``Proposal.rows``, of the rows that are new or change the name."""
    found: dict[tuple[str, str], dict[str, list[int]]] = {}
    first = 0
    for table in proposal.tables:
        elements = [element.code for element in _similar(kinds[table.kind.code])]
        for index in range(len(table.contents) if elements else 0):
            change = table.change(index)
            if change is None:
                continue
            for code in elements:
                value = change.after.get(code)
                if isinstance(value, str):
                    found.setdefault((table.kind.code, code), {}).setdefault(value, []).append(first + index)
        first += len(table.contents)
    return found


def why_words(cluster: Cluster) -> str:
    """Why this name is proposed, as a sentence."""
    return {
        Why.STANDARD: _("the standard name"),
        Why.MOST_USED: _("used most"),
        Why.BARE: _("the name without words of form and number"),
    }[cluster.why]


def reason_words(member: Member) -> str:
    """Why a name belongs to its cluster, in a few words; '' for the proposed name itself."""
    if member.reason is None:
        return ""
    return {
        Reason.FORM: _("differs only in words of form and number, in signs or order"),
        Reason.SYNONYM: _("another word for the same"),
        Reason.SOUND: _("probably a typing error"),
        Reason.LIKENESS: _("alike to {percent} %").format(percent=round(member.likeness * 100)),
    }[member.reason]
