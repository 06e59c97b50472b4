"""Names that mean the same thing, gathered around the one that should be used: 身份证原件及复印件 beside 居民身份证.

First by exact keys (``name_keys``): the same but for dress, the same but for synonyms. Then, within blocks, by
likeness: one name is the other with a character easily written for another, or with very few characters more. A wrong
likeness costs more than a missed one, so names with other marks, forms of different items and two names that are both
standard are never joined, and every member is like the proposed name itself, never only like another member.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from gdbos_desktop.domain.name_keys import NameKeys, NameWords

LIKENESS = 0.9
"""From this share of common characters on (2 × common / both lengths) a longer name is like a shorter one."""
BLOCK = 400
"""So many keys are compared with each other at most; a larger block is cut where its keys, in order, differ most."""
SHORTEST_LIKE = 5
SHORTEST_SOUND = 3


class Reason(StrEnum):
    """Why a name belongs to its cluster, the strongest first."""

    FORM = "form"
    """It is the proposed name but for signs, order, and words of form and number."""
    SYNONYM = "synonym"
    """It says the same in other words of the list of synonyms."""
    SOUND = "sound"
    """It differs in characters that are easily written for one another."""
    LIKENESS = "likeness"
    """It has very few characters more or less."""


class Why(StrEnum):
    """Why a name is proposed."""

    STANDARD = "standard"
    """It is tied to the standard already; of several such names the one used most."""
    MOST_USED = "most-used"
    """It is used most among the names without words of form and number."""
    BARE = "bare"
    """No name of the cluster is without such words: it is what remains of the one used most."""


@dataclass(frozen=True, slots=True)
class UsedName:
    """A name and how often it is used; ``is_standard`` if it is tied to the standard already."""

    text: str
    count: int = 1
    is_standard: bool = False


@dataclass(frozen=True, slots=True)
class Member:
    """A name of a cluster; ``reason`` is None for the proposed one. ``likeness`` is 1 for names equal as compared."""

    text: str
    count: int
    is_standard: bool
    reason: Reason | None
    likeness: float


@dataclass(frozen=True, slots=True)
class Cluster:
    """Names to be written as ``proposed``: members by count, the proposed one (if anybody uses it) first."""

    proposed: str
    why: Why
    members: tuple[Member, ...]

    @property
    def replaced(self) -> tuple[Member, ...]:
        """The members that would be written otherwise."""
        return tuple(member for member in self.members if member.reason is not None)


@dataclass(slots=True)
class _Meaning:
    """The names of one meaning key."""

    keys: NameKeys
    names: list[tuple[UsedName, NameKeys]]
    count: int = 0
    is_standard: bool = False


def find_clusters(
    names: Iterable[UsedName],
    words: NameWords,
    sounds: Mapping[str, str],
    watch: Callable[[int, int], object] = lambda _done, _total: None,
) -> list[Cluster]:
    """The clusters of two names and more, most frequent first; a name is in one at most. Any order of input will do.

    The same text given twice counts as one name. ``sounds`` reads a character (份 → fèn); ``watch`` is told how many
    of all names were compared.
    """
    meanings = _meanings(names, words)
    ordered = sorted(meanings, key=lambda key: (not meanings[key].is_standard, -meanings[key].count, key))
    like = _Neighbours(meanings, words, sounds, watch)
    taken: set[str] = set()
    clusters: list[Cluster] = []
    for key in ordered:
        if key in taken:
            continue
        taken.add(key)
        around: list[tuple[str, Reason, float]] = []
        for other, reason, likeness in like.of(key):
            if other not in taken and not (meanings[key].is_standard and meanings[other].is_standard):
                taken.add(other)
                around.append((other, reason, likeness))
        if around or len(meanings[key].names) > 1:
            clusters.append(_cluster(meanings, key, around, words))
    return sorted(clusters, key=lambda one: (-sum(member.count for member in one.members), one.proposed))


def _meanings(names: Iterable[UsedName], words: NameWords) -> dict[str, _Meaning]:
    used: dict[str, UsedName] = {}
    for name in names:
        known = used.get(name.text, UsedName(name.text, 0))
        used[name.text] = UsedName(name.text, known.count + name.count, known.is_standard or name.is_standard)
    found: dict[str, _Meaning] = {}
    for text in sorted(used):
        keys = words.keys_of(text)
        if not keys.form:
            continue
        meaning = found.setdefault(keys.meaning, _Meaning(keys, []))
        meaning.names.append((used[text], keys))
        meaning.count += used[text].count
        meaning.is_standard = meaning.is_standard or used[text].is_standard
    return found


def _cluster(
    meanings: Mapping[str, _Meaning], key: str, around: Sequence[tuple[str, Reason, float]], words: NameWords
) -> Cluster:
    centre = meanings[key]
    proposed, why = _proposed(centre, words)
    form = words.keys_of(proposed).form
    members: list[Member] = []
    for name, keys in centre.names:
        reason = Reason.FORM if keys.form == form else Reason.SYNONYM
        shown = None if name.text == proposed else reason
        members.append(Member(name.text, name.count, name.is_standard, shown, 1.0))
    for other, reason, likeness in around:
        members += [Member(name.text, name.count, name.is_standard, reason, likeness)
                    for name, _keys in meanings[other].names]  # fmt: skip
    members.sort(key=lambda member: (member.reason is not None, -member.count, member.text))
    return Cluster(proposed, why, tuple(members))


def _proposed(meaning: _Meaning, words: NameWords) -> tuple[str, Why]:
    def by_use(name: UsedName) -> tuple[int, int, str]:
        return (-name.count, len(name.text), name.text)

    names = [name for name, _keys in meaning.names]
    standard = [name for name in names if name.is_standard]
    if standard:
        return min(standard, key=by_use).text, Why.STANDARD
    undressed = [name for name, keys in meaning.names if _is_bare(name.text, keys)]
    if undressed:
        return min(undressed, key=by_use).text, Why.MOST_USED
    used_most = min(names, key=by_use)
    keys = next(keys for name, keys in meaning.names if name is used_most)
    if words.keys_of(keys.bare).form == keys.form:
        return keys.bare, Why.BARE
    return used_most.text, Why.MOST_USED


def _is_bare(text: str, keys: NameKeys) -> bool:
    """Whether a name has no more than it says: nothing was taken away but signs between its parts."""
    return len("".join(sign for sign in text if sign.isalnum())) == len(keys.bare.replace("、", ""))


class _Neighbours:
    """Which meanings are like which: found once, within blocks of bounded size."""

    def __init__(
        self,
        meanings: Mapping[str, _Meaning],
        words: NameWords,
        sounds: Mapping[str, str],
        watch: Callable[[int, int], object],
    ) -> None:
        self._meanings = meanings
        self._words = words
        self._sounds = sounds
        self._found: dict[str, dict[str, tuple[Reason, float]]] = {}
        self._gather_by_sound()
        self._gather_by_likeness(watch)

    def of(self, key: str) -> list[tuple[str, Reason, float]]:
        """The meanings like this one, in the order of their keys."""
        found = self._found.get(key, {})
        return [(other, *found[other]) for other in sorted(found)]

    def _note(self, one: str, other: str, reason: Reason) -> None:
        from rapidfuzz.distance import Indel  # the window starts, and edits, without it

        spelled = (self._meanings[one].keys.spelled, self._meanings[other].keys.spelled)
        likeness = round(Indel.normalized_similarity(*spelled if reason is Reason.SOUND else (one, other)), 2)
        self._found.setdefault(one, {}).setdefault(other, (reason, likeness))
        self._found.setdefault(other, {}).setdefault(one, (reason, likeness))

    def _gather_by_sound(self) -> None:
        blocks: dict[str, list[str]] = {}
        for key in sorted(self._meanings):
            spelled = self._meanings[key].keys.spelled
            if len(spelled) >= SHORTEST_SOUND:
                blocks.setdefault(" ".join([self._sounds.get(sign, sign) for sign in spelled]), []).append(key)
        for block in blocks.values():
            for part in _parts(block):
                for at, one in enumerate(part):
                    for other in part[at + 1 :]:
                        if self._is_slip(one, other):
                            self._note(one, other, Reason.SOUND)

    def _is_slip(self, one: str, other: str) -> bool:
        """Whether one name is the other with notorious confusions and at most one more wrong character."""
        mine, theirs = self._meanings[one].keys.spelled, self._meanings[other].keys.spelled
        if len(mine) != len(theirs):
            return False
        wrong = [pair for pair in zip(mine, theirs, strict=True) if pair[0] != pair[1]]
        return len(wrong) <= 1 and all(self._words.is_slip(*pair, self._sounds) for pair in wrong)

    def _gather_by_likeness(self, watch: Callable[[int, int], object]) -> None:
        from rapidfuzz import process
        from rapidfuzz.distance import Indel

        blocks: dict[tuple[frozenset[str], str], list[str]] = {}
        for key in sorted(self._meanings):
            keys = self._meanings[key].keys
            if len(key) >= SHORTEST_LIKE and not keys.is_item_form:
                blocks.setdefault((keys.marks, key[-2:]), []).append(key)
        total, done = sum(map(len, blocks.values())), 0
        for block in blocks.values():
            for part in _parts(block):
                for at, one in enumerate(part):
                    rest = part[at + 1 :]
                    for other, _likeness, _index in process.extract(
                        one, rest, scorer=Indel.normalized_similarity, processor=None, limit=None, score_cutoff=LIKENESS
                    ):
                        if _contains(one, other):
                            self._note(one, other, Reason.LIKENESS)
                done += len(part)
                watch(done, total)


def _parts(block: Sequence[str]) -> Iterator[Sequence[str]]:
    """A block of keys in order, in pieces of at most ``BLOCK``."""
    if len(block) <= BLOCK:
        yield block
        return
    beginnings: dict[str, list[str]] = {}
    for key in block:
        beginnings.setdefault(key[:2], []).append(key)
    for part in beginnings.values():
        for start in range(0, len(part), BLOCK):
            yield part[start : start + BLOCK]


def _contains(one: str, other: str) -> bool:
    """Whether the longer of two names is the shorter one with characters put in between."""
    short, long = sorted((one, other), key=len)
    if len(short) == len(long):
        return False
    rest = iter(long)
    return all(sign in rest for sign in short)
