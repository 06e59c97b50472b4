"""Export → import is a no-op: nothing is created, nothing updated; and a new store ends with the same records."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gdbos_desktop.bootstrap import create_workbench, standard
from gdbos_desktop.domain.changes import Origin, create
from gdbos_desktop.domain.queries import Query
from gdbos_desktop.domain.records import Record
from gdbos_desktop.importing import Proposal
from gdbos_desktop.schema import Element, Issue, Kind, Value, fold, is_stated_none
from gdbos_desktop.schema.types import Code, Codes, Reference
from gdbos_desktop.services.imports import ImportOptions
from gdbos_desktop.services.sampling import write_sample, write_sample_list
from gdbos_desktop.services.workbench import Workbench

STANDARD = standard()
TOP_KINDS = [kind.code for kind in STANDARD.kinds.values() if not kind.parents or kind.code in kind.parents]
"""Kinds that are lists of their own; what is referred to comes before what refers to it."""


@pytest.fixture
def county(tmp_path: Path) -> Iterator[Workbench]:
    """An empty store."""
    yield from _opened(tmp_path / "county.gdbos")


@pytest.fixture
def neighbour(tmp_path: Path) -> Iterator[Workbench]:
    """Another empty store."""
    yield from _opened(tmp_path / "neighbour.gdbos")


def _opened(path: Path) -> Iterator[Workbench]:
    workbench = create_workbench(path, "示例县", "999901000000")
    yield workbench
    workbench.close()


def taken_in(workbench: Workbench, path: Path) -> Proposal:
    """The proposal of a file, written into the store."""
    session = workbench.imports.open(path, ImportOptions())
    assert session.questions == []
    proposal = workbench.imports.propose(session)
    workbench.imports.commit(proposal)
    return proposal


def exported(workbench: Workbench, folder: Path) -> list[Path]:
    """A workbook for every kind that is a list of its own."""
    folder.mkdir(exist_ok=True)
    return [
        workbench.exports.export_workbook(Query(kind), folder / f"{kind}.xlsx").path
        for kind in TOP_KINDS
        if workbench.records.open_list(Query(kind)).count
    ]


def content(workbench: Workbench) -> Counter[tuple[object, ...]]:
    """Every record of a store without its identities: path from the top, place, elements; references as titles."""
    with workbench.workspace.store.read() as reader:
        records = [
            record for kind in STANDARD.kinds for batch in reader.iterate(Query(kind)) for record in batch
        ]  # fmt: skip
    by_id = {record.id: record for record in records}

    def title(record_id: str) -> str:
        record = by_id[record_id]
        kind = STANDARD.kind(record.kind)
        own = record.elements.get(kind.title)
        return title(str(own)) if kind.title in kind.references else str(own)

    def path(record: Record) -> tuple[object, ...]:
        above = path(by_id[record.parent_id]) if record.parent_id else ()
        return (*above, record.kind, title(record.id), record.position)

    def described(record: Record) -> tuple[object, ...]:
        kind = STANDARD.kind(record.kind)
        return (
            path(record),
            *sorted(
                (code, title(str(value)) if code in kind.references else value)
                for code, value in record.elements.items()
            ),
        )

    return Counter(map(described, records))


def assert_no_op(proposal: Proposal, path: Path) -> None:
    """Importing the file would change nothing, and leaves no row out."""
    found = {kind: (c.created, c.updated, c.not_imported) for kind, c in proposal.counts.items()}
    issues = [(str(issue), issue.place) for issue in proposal.issues if issue.severity.value == "error"][:3]
    assert set(found.values()) <= {(0, 0, 0)}, (path.name, found, issues)
    assert proposal.rows_passed_over == 0
    assert proposal.is_empty


def assert_round_trip(county: Workbench, neighbour: Workbench, folder: Path) -> None:
    """What the county exports changes nothing there and makes the neighbour's store the same."""
    before = content(county)
    files = exported(county, folder)
    for path in files:
        assert_no_op(taken_in(county, path), path)
    assert content(county) == before
    for path in files:
        taken_in(neighbour, path)
    assert_same(content(neighbour), before)


def assert_same(found: Counter[tuple[object, ...]], expected: Counter[tuple[object, ...]]) -> None:
    """Counters that say only what differs."""
    assert (list((expected - found).items())[:2], list((found - expected).items())[:2]) == ([], [])


@pytest.mark.slow
def test_ten_thousand_generated_rows_come_back_as_they_went(
    county: Workbench, neighbour: Workbench, tmp_path: Path
) -> None:
    write_sample_list(tmp_path / "many.xlsx", 10_000, 11, STANDARD)
    proposal = taken_in(county, tmp_path / "many.xlsx")
    assert proposal.counts["service_item"].created > 9_000
    assert_round_trip(county, neighbour, tmp_path / "out")


@pytest.mark.slow
def test_items_with_all_they_contain_come_back_as_they_went(
    county: Workbench, neighbour: Workbench, tmp_path: Path
) -> None:
    write_sample(tmp_path / "rich.xlsx", 400, 7, STANDARD)
    proposal = taken_in(county, tmp_path / "rich.xlsx")
    assert {"material", "faq", "step", "legal_basis"} <= proposal.counts.keys()
    assert proposal.rows_read > 3_000
    assert_round_trip(county, neighbour, tmp_path / "out")


# Small records with nasty values

NASTY = (
    "同上", "同左", "〃", '"', "合计", "小计：3项", "总计", "注：本表一式三份", "备注:无", "填表人：张三", "审核：李四",
    "=1+1", "+86", "-1", "@x", "http://www.example.gov.cn", "mailto:a@b.cn", "'引号", "1", "0", "001", "1E5", "1.2E+17",
    "370000000000000000", "#REF!", "#N/A", "TRUE", "2026-11-24", "3/4", "50%", "_x0041_", "_x000A_", "a / b", "/x",
    "x/", "甲 / 乙", "；", "a；b", "a^b", "<b>&amp;</b>", "]]>", "😀𠀀", "a\u202eb", "é", "ﬀ", "ß", "İ", "行一\n行二",
    '"引"号"', "事项名称", "材料名称", "名称", "序号", "none", "N/A", "null", "１２", "\\", "\\n", "{{ 7*7 }}",
    "%s", "（一）", "长" * 400,
)  # fmt: skip


def test_names_that_look_like_something_else_come_back_as_they_went(
    county: Workbench, neighbour: Workbench, tmp_path: Path
) -> None:
    """同上, a note under a table, a formula, a number, a separator as a name: for items and what they contain."""
    item, material = STANDARD.kind("service_item"), STANDARD.kind("material")
    records: list[Record] = []
    words = {fold(word): word for word in NASTY if not is_stated_none(word)}
    for number, word in enumerate(words.values()):
        texts = {"remark": word, "accept_condition": word, "transact_addr": word, "local_task_code": f"{number:018d}"}
        values = {code: item.elements[code].parse(text) for code, text in {"task_name": word, **texts}.items()}
        above = Record(f"019a{2 * number:028x}", item.code, _filled(values))
        below = {"material_name": material.elements["material_name"].parse(word), "order_num": 1}
        records += [above, Record(f"019a{2 * number + 1:028x}", material.code, _filled(below), above.id)]
    county.workspace.apply([create(record) for record in records], origin=Origin.EDIT, reason="test")
    assert_round_trip(county, neighbour, tmp_path / "out")


def test_what_an_item_without_a_code_contains_finds_it_again(
    county: Workbench, neighbour: Workbench, tmp_path: Path
) -> None:
    """The item is told by its body and its name, the option by item, situation and its own name."""
    body, other = (Record(f"019a{n:028x}", "organisation", {"org_name": f"局 / {n}"}) for n in (1, 2))
    records = [body, other]
    for number, dept in enumerate((body, other), 3):
        item = Record(f"019a{number:028x}", "service_item", {"task_name": "登记 / 变更", "dept_name": dept.id})
        records.append(item)
        for kind, title in (("situation", "situation_name"), ("situation_option", "option_name")):
            parent = records[-1].id
            identity = f"019a{number * 16 + len(records):028x}"
            records.append(Record(identity, kind, {title: "是 / 否", "order_num": 1}, parent))
    county.workspace.apply([create(record) for record in records], origin=Origin.EDIT, reason="test")
    assert_round_trip(county, neighbour, tmp_path / "out")


def test_an_item_of_another_region_than_its_body_keeps_its_body(
    county: Workbench, neighbour: Workbench, tmp_path: Path
) -> None:
    body = Record("019a" + "1" * 28, "organisation", {"org_name": "市场监督管理局", "region_code": "999901000000"})
    values: dict[str, Value] = {"task_name": "登记", "local_task_code": "X1", "region_code": "999901001000"}
    item = Record("019a" + "2" * 28, "service_item", {**values, "dept_name": body.id})
    county.workspace.apply([create(body), create(item)], origin=Origin.EDIT, reason="test")
    assert_round_trip(county, neighbour, tmp_path / "out")


def _filled(values: Mapping[str, Value | Issue | None]) -> dict[str, Value]:
    return {code: value for code, value in values.items() if value is not None and not isinstance(value, Issue)}


def meanings(element: Element) -> st.SearchStrategy[Value | Issue | None]:
    """What cells and fields of an element may mean; None and an Issue for those that mean nothing."""
    kind = element.type
    texts = [st.sampled_from(NASTY), st.text(max_size=12), st.sampled_from(["无", "不涉及", "0", "7", "2026-11-24"])]
    if isinstance(kind, Code | Codes):
        labels = [entry.label for entry in kind.code_list.entries]
        texts = [st.sampled_from(labels), st.lists(st.sampled_from(labels), min_size=1, max_size=3).map("；".join)]
    return st.one_of(texts).map(element.parse)


class County:
    """Draws the records of a small store: names as nasty as they come, but no two things with the same one."""

    def __init__(self, draw: st.DrawFn) -> None:
        self._draw = draw
        self._numbers = count(1)
        self._names: set[tuple[str, str, str]] = set()
        self.records: list[Record] = []

    def fill(self) -> list[Record]:
        """A few records of every kind, with what they contain."""
        for code in TOP_KINDS:
            for _ in range(self._draw(st.integers(0, 3))):
                kind = STANDARD.kind(code)
                above = [None, *self._of(code)] if code in kind.parents else [None]
                self._grow(kind, self._draw(st.sampled_from(above)), 0)
        return self.records

    def _of(self, kind: str) -> list[Record]:
        return [record for record in self.records if record.kind == kind]

    def _reachable(self, kind: str, parent: Record | None) -> list[Record]:
        """What the row's ancestors contain; the innermost of those with the same name."""
        by_id = {known.id: known for known in self.records}
        found: dict[str, Record] = {}
        while parent is not None:
            for record in self._of(kind):
                if record.parent_id == parent.id:
                    found.setdefault(fold(str(record.elements[STANDARD.kind(kind).title])), record)
            parent = by_id.get(parent.parent_id or "")
        return list(found.values())

    def _grow(self, kind: Kind, parent: Record | None, position: int) -> None:
        elements = self._elements(kind, parent, position)
        if elements is None:
            return
        number = next(self._numbers)
        record = Record(f"019a{number:028x}", kind.code, elements, parent.id if parent else None, position)
        self.records.append(record)
        for child in STANDARD.children_of(kind.code):
            if child is not kind:
                for place in range(self._draw(st.integers(0, 2))):
                    self._grow(child, record, place)

    def _elements(self, kind: Kind, parent: Record | None, position: int) -> dict[str, Value] | None:
        elements: dict[str, Value] = {}
        title = self._title(kind, parent)
        if title is None:
            return None
        elements[kind.title] = title
        keys = {code for key in kind.keys for code in key if code in kind.elements} | set(kind.code_elements)
        for code in sorted(keys - {kind.title} - kind.references.keys()):
            if kind.elements[code].type.name.endswith("code_text") and self._draw(st.booleans()):
                number = next(self._numbers)
                elements[code] = self._draw(
                    st.sampled_from([f"{number:018d}", f"{number}E5", f"=A{number}", f"X/{number}"])
                )
        # Without a code, an item is told by its body and name, and the body by its name and region.
        has_code = kind.code != "service_item" or any(code in elements for code in kind.code_elements)
        if "region_code" in kind.elements and has_code and self._draw(st.booleans()):
            # A township's item may be done by a body of the county, not by one of another county.
            regions = ["999901000000", "999901001000"][: 1 if kind.code == "organisation" else 2]
            elements["region_code"] = self._draw(st.sampled_from(regions))
        others = sorted(kind.elements.keys() - keys - {kind.title, kind.position_element, "region_code"})
        for code in self._draw(st.lists(st.sampled_from(others or [kind.title]), unique=True, max_size=6)):
            value = self._value(kind.elements[code], parent)
            if value is not None:
                elements.setdefault(code, value)
        for code in sorted(keys & kind.references.keys() - {kind.title}):
            value = self._value(kind.elements[code], parent)
            if value is not None:
                elements[code] = value
        if kind.parents and kind.position_element and parent is not None:
            elements[kind.position_element] = position + 1
        return elements

    def _value(self, element: Element, parent: Record | None) -> Value | None:
        if not isinstance(element.type, Reference):
            value = self._draw(meanings(element))
            return None if isinstance(value, Issue) else value
        target = STANDARD.kind(element.type.target)
        is_inside = bool(target.parents) and target.code not in target.parents
        known = self._reachable(target.code, parent) if is_inside else self._of(target.code)
        return self._draw(st.sampled_from([None, *(record.id for record in known)]))

    def _title(self, kind: Kind, parent: Record | None) -> Value | None:
        element = kind.elements[kind.title]
        value = self._value(element, parent)
        if value is None or is_stated_none(value) or value in ("暂无", "NONE"):
            return None
        # Contained things are told apart inside their container; a name that leads to a record leads to one only.
        room = parent.id if parent is not None and kind.code not in kind.parents else ""
        name = (kind.code, room, fold(str(value)))
        if not name[2] or name in self._names:
            return None
        self._names.add(name)
        return value


@st.composite
def counties(draw: st.DrawFn) -> list[Record]:
    """The records of a small store, containers first."""
    return County(draw).fill()


@pytest.mark.slow
@settings(max_examples=15, suppress_health_check=list(HealthCheck))
@given(records=counties())
def test_whatever_stands_in_a_store_comes_back_as_it_went(
    records: Sequence[Record], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("county")
    for county in _opened(folder / "county.gdbos"):
        for neighbour in _opened(folder / "neighbour.gdbos"):
            county.workspace.apply([create(record) for record in records], origin=Origin.EDIT, reason="test")
            assert_round_trip(county, neighbour, folder / "out")
