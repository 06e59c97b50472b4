"""Lists: filters, orders, counts, pages – the same answers as looking at every record, whatever way the plan takes."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gdbos_desktop.domain.changes import create, delete, edit
from gdbos_desktop.domain.queries import Filter, Match, Order, Query
from gdbos_desktop.domain.records import Record
from gdbos_desktop.schema import STATED_NONE, Value, fold
from gdbos_desktop.storage import Store, queries
from tests.storage.workplace import SMALL, add, item, new_store, office, part, write

NAMES = [
    "食品经营许可",
    "药品零售许可",
    "Ａ级锅炉",
    "a级锅炉",
    "许可（变更）",
    "许可(变更)",
    "银行开户",
    "  ",
    "户口登记",
]
TEXTS = ["甲", "乙", "ＡＢ", "ab", "甲乙", STATED_NONE]
VALUES: dict[str, list[Value]] = {
    "text": [*TEXTS],
    "colour": ["1", "2", "3", "12", STATED_NONE],
    "colours": [("1",), ("2",), ("1", "2"), ("12",), ("2", "12"), STATED_NONE],
    "days": [-3, 0, 5, 10, 40, STATED_NONE],
    "price": ["0.5", "3", "10", "100.25", STATED_NONE],
    "day": ["2020-01-31", "2024-02-29", "2026-11-24", STATED_NONE],
}


def sample(count: int, seed: int = 1) -> tuple[list[Record], list[Record]]:
    """Offices and items with every type of element, filled or not."""
    chance = random.Random(seed)
    offices = [office("卫健局"), office("农业局"), office("Ｂ局"), office("农业局")]
    items = []
    for number in range(count):
        elements: dict[str, Value] = {"code": f"c{number % 50:03}"}
        for word, values in VALUES.items():
            for prefix in ("kept", "loose"):
                if chance.random() < 0.8:
                    elements[f"{prefix}_{word}"] = chance.choice(values)
        if chance.random() < 0.8:
            elements["office"] = chance.choice(offices).id
        elif chance.random() < 0.3:
            elements["office"] = "nobody"
        items.append(item(chance.choice(NAMES), **elements))
    return offices, items


class County:
    """A filled store and what it holds."""

    def __init__(self, store: Store, offices: list[Record], items: list[Record]) -> None:
        self.store, self.offices, self.items = store, offices, items


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[County]:
    offices, items = sample(300)
    with new_store(tmp_path_factory.mktemp("lists") / "county.gdbos") as store:
        offices, items = add(store, *offices), add(store, *items)
        gone = items.pop(7)
        write(store, delete(gone))
        yield County(store, offices, items)


# The oracle: what each match means, said in Python.


def matches(one: Filter, record: Record, offices: dict[str, str]) -> bool:
    value, wanted = record.elements.get(one.element), one.value
    if one.match is Match.IS_EMPTY or (one.match is Match.IS and wanted is None):
        return value is None
    if one.match is Match.IS_FILLED or (one.match is Match.IS_NOT and wanted is None):
        return value is not None
    if wanted is None:
        return False
    if one.match is Match.IS_NOT:
        return not is_same(value, wanted)
    if one.match is Match.IS_ANY:
        return any(is_same(value, option) for option in (wanted if isinstance(wanted, tuple) else (wanted,)))
    if value is None:
        return False
    if one.match is Match.IS:
        return is_same(value, wanted)
    if one.match is Match.CONTAINS:
        text = offices.get(str(value), "") if one.element == "office" else value
        return fold(str(wanted)) in fold(",".join(text) if isinstance(text, tuple) else str(text))
    is_number = one.element.endswith(("price", "days"))
    if value == STATED_NONE or isinstance(value, tuple) or (is_number and wanted == STATED_NONE):
        return False
    if one.element.endswith("price"):
        bound, number = float(str(wanted)), float(str(value))
    elif one.element.endswith("days"):
        bound, number = int(str(wanted)), int(value)
    else:
        return str(value) >= str(wanted) if one.match is Match.AT_LEAST else str(value) <= str(wanted)
    return number >= bound if one.match is Match.AT_LEAST else number <= bound


def is_same(value: Value | None, wanted: Value) -> bool:
    if isinstance(value, tuple) and isinstance(wanted, str):
        return wanted in value
    return value == wanted or (isinstance(value, int) and str(value) == wanted)


def sort_value(record: Record, element: str, offices: dict[str, str]) -> Any:
    value: Any = record.elements.get(element)
    if element == "@created":
        return record.id
    if element == "office":
        value = offices.get(str(value))
    if value is None:
        return None
    if element.endswith("days"):
        return (0, value) if isinstance(value, int) else (1, value)
    if element.endswith("price"):
        return None if value == STATED_NONE else float(value)
    if element == "code":
        return fold(value)
    if element.endswith("colours"):
        return ",".join(value) if isinstance(value, tuple) else value
    return fold(value).encode("gb18030")


def in_order(records: list[Record], orders: tuple[Order, ...], offices: dict[str, str]) -> list[str]:
    orders = orders or (Order("@created"),)
    found = sorted(records, key=lambda record: record.id, reverse=orders[-1].descending)
    for order in reversed(orders):
        keyed = [(sort_value(record, order.element, offices), record) for record in found]
        some = sorted((pair for pair in keyed if pair[0] is not None), key=lambda pair: pair[0], reverse=False)
        if order.descending:  # stable also when reversed
            some = sorted((p for p in keyed if p[0] is not None), key=lambda pair: pair[0], reverse=True)
        found = [record for _key, record in some] + [record for key, record in keyed if key is None]
    return [record.id for record in found]


ELEMENTS = ["name", "code", "office", *(f"{prefix}_{word}" for prefix in ("kept", "loose") for word in VALUES)]


@st.composite
def filters(draw: st.DrawFn) -> Filter:
    element = draw(st.sampled_from(ELEMENTS))
    word = element.split("_")[-1]
    plain: dict[str, list[Any]] = {
        "name": [*NAMES],
        "code": ["c001", "C001", "c0", "x"],
        "office": ["nobody", "@1", "@3"],
    }
    options = plain.get(word) or VALUES[word]
    match = draw(st.sampled_from(Match))
    value: Value | None = draw(st.sampled_from(options))
    if match is Match.IS_ANY:
        value = tuple(
            str(one) for one in draw(st.lists(st.sampled_from(options), max_size=3)) if not isinstance(one, tuple)
        )
    elif match is Match.CONTAINS:
        value = draw(
            st.sampled_from(["许可", "（变", "A", "ａ级", "业", "1", "2", "无", "0", "c0", "不存在", "12", "-"])
        )
    elif match in {Match.AT_LEAST, Match.AT_MOST} and isinstance(value, tuple):
        value = "1"
    return Filter(element, match, value)


orders = st.lists(
    st.builds(
        Order, st.sampled_from([code for code in ELEMENTS if code != "loose_colours"] + ["@created"]), st.booleans()
    ),
    max_size=3,
    unique_by=lambda order: order.element,
).map(tuple)


def resolved(one: Filter, offices: list[Record]) -> Filter:
    """@1 stands for the id of the second office."""

    def ids(value: Any) -> Any:
        return offices[int(value[1])].id if isinstance(value, str) and value.startswith("@") else value

    value = one.value
    return Filter(one.element, one.match, tuple(map(ids, value)) if isinstance(value, tuple) else ids(value))


@pytest.mark.parametrize(
    ("many", "dense", "frequent"), [(10_000, 50, 10), (1, 10**6, 10**6), (1, 10**6, 0), (1, 1, 1)],
    ids=["few", "along-index", "along-index-by-row", "collected"],
)  # fmt: skip
@given(where=st.lists(filters(), max_size=3).map(tuple), order=orders)
def test_lists_are_what_looking_at_every_record_finds(
    filled: County, many: int, dense: int, frequent: int,
    where: tuple[Filter, ...], order: tuple[Order, ...],
) -> None:  # fmt: skip
    store, offices, items = filled.store, filled.offices, filled.items
    where = tuple(resolved(one, offices) for one in where)
    names = {one.id: str(one.elements["name"]) for one in offices}
    expected = in_order([r for r in items if all(matches(one, r, names) for one in where)], order, names)
    with pytest.MonkeyPatch.context() as patch, store.read() as reader:
        patch.setattr(queries, "MANY", many)
        patch.setattr(queries, "DENSE", dense)
        patch.setattr(queries, "FREQUENT", frequent)
        query = Query("item", where, order=order)
        listing = reader.find(query)
        assert listing.count == reader.count(query) == len(expected)
        assert listing.ids(reader, 0, 20) == expected[:20]
        assert listing.ids(reader) == expected
        assert listing.ids(reader, 5, 7) == expected[5:12]
        assert [record.id for record in listing.records(reader, 3, 4)] == expected[3:7]


def test_pages_beyond_the_first_are_found_also_by_a_later_reader(store: Store) -> None:
    records = add(store, *(item(f"事项{number:04}") for number in range(450)))
    with store.read() as reader:
        listing = reader.find(Query("item", order=(Order("name", descending=True),)))
    expected = [record.id for record in reversed(records)]
    with store.read() as later:
        assert listing.count == 450
        assert listing.ids(later, 195, 10) == expected[195:205]
        assert listing.ids(later, 440, 100) == expected[440:]
        assert listing.ids(later, 450, 10) == []


def test_a_reader_sees_the_store_as_it_was_when_it_began(store: Store) -> None:
    (record,) = add(store, item())
    with store.read() as reader:
        write(store, edit(record, {"kept_days": 1}), create(item("新")))
        assert reader.count(Query("item")) == 1
        assert reader.get([record.id]) == [record]
        assert reader.sequence() == 1


def test_children_come_by_parent_kind_and_position(store: Store) -> None:
    first, second = add(store, item("一"), item("二"))
    add(store, part(second, "丙", 0), part(first, "乙", 1), part(first, "甲", 0))
    with store.read() as reader:
        names = [child.elements["name"] for child in reader.children([second.id, first.id])]
        assert names == ["甲", "乙", "丙"]
        assert reader.children([first.id], "office") == []
        query = Query("part", parent_id=first.id, order=(Order("@position", descending=True),))
        assert [record.elements["name"] for record in reader.find(query).records(reader)] == ["乙", "甲"]


def test_a_selection_is_limited_to_its_ids(store: Store) -> None:
    first, _second, third = add(store, item("一"), item("二"), item("三"))
    with store.read() as reader:
        assert reader.find(Query("item", ids=(third.id, first.id, "nobody"))).ids(reader) == [first.id, third.id]
        assert reader.count(Query("item", ids=())) == 0


def test_records_come_in_the_order_asked_and_missing_ones_are_left_out(store: Store) -> None:
    first, second = add(store, item("一"), item("二"))
    with store.read() as reader:
        assert reader.get([second.id, "nobody", first.id]) == [second, first]
        assert reader.get([]) == []


def test_iterating_gives_every_record_once_in_order(store: Store) -> None:
    records = add(store, *(item(f"事项{number}") for number in range(25)))
    with store.read() as reader:
        batches = list(reader.iterate(Query("item"), batch=10))
    assert [len(batch) for batch in batches] == [10, 10, 5]
    assert [record for batch in batches for record in batch] == records


@pytest.mark.parametrize("prefix", ["kept", "loose"])
def test_values_are_counted_with_the_most_frequent_first(store: Store, prefix: str) -> None:
    full: dict[str, Value] = {f"{prefix}_colours": ("1", "2"), f"{prefix}_days": 3, f"{prefix}_text": "[甲"}
    add(
        store,
        *(replace(item(), elements={"name": "同", **full}) for _number in range(3)),
        *(item(**{f"{prefix}_colours": STATED_NONE}) for _number in range(2)),
        item(),
    )
    with store.read() as reader:
        assert reader.group_counts(Query("item"), f"{prefix}_colours") == [(("1", "2"), 3), (STATED_NONE, 2), (None, 1)]
        assert reader.group_counts(Query("item"), f"{prefix}_days") == [(None, 3), (3, 3)]
        assert reader.group_counts(Query("item"), f"{prefix}_text")[1] == ("[甲", 3)
        assert reader.group_counts(Query("item", (Filter(f"{prefix}_days", Match.IS, "3"),)), "office") == [(None, 3)]


def test_offices_are_sorted_as_chinese_people_expect(store: Store) -> None:
    names = ["住建局", "Ｂ局", "公安局", "农业局", "12345热线", "安监局", "a局"]
    add(store, *(office(name) for name in names))
    with store.read() as reader:
        records = reader.find(Query("office", order=(Order("name"),))).records(reader)
    expected = ["12345热线", "a局", "Ｂ局", "安监局", "公安局", "农业局", "住建局"]
    assert [record.elements["name"] for record in records] == expected


def test_the_latest_changed_come_first_when_asked(store: Store) -> None:
    first, second, third = add(store, item("一")) + add(store, item("二")) + add(store, item("三"))
    write(store, edit(first, {"kept_days": 1}))
    with store.read() as reader:
        query = Query("item", order=(Order("@changed", descending=True),))
        assert reader.find(query).ids(reader) == [first.id, third.id, second.id]


def test_an_element_that_the_kind_does_not_have_is_a_mistake(store: Store) -> None:
    ask: list[Callable[[Any], object]] = [
        lambda reader: reader.count(Query("item", (Filter("unicorn", Match.IS, "1"),))),
        lambda reader: reader.find(Query("item", order=(Order("unicorn"),))),
        lambda reader: reader.group_counts(Query("item"), "unicorn"),
    ]
    for question in ask:
        with store.read() as reader, pytest.raises(KeyError):
            question(reader)


@given(st.text(max_size=12))
def test_hostile_texts_are_only_texts(text: str) -> None:
    clean = text.encode("utf-8", "ignore").decode()
    with hostile().read() as reader:
        for match in (Match.IS, Match.CONTAINS, Match.AT_LEAST, Match.IS_NOT, Match.IS_ANY):
            for element in ("name", "kept_text", "loose_text", "code", "kept_colours", "loose_colours", "kept_days"):
                reader.count(Query("item", (Filter(element, match, clean),)))
        reader.count(Query("item", text=clean))
        reader.search(clean)


_hostile: list[Store] = []


def hostile() -> Store:
    return _hostile[0]


@pytest.fixture(autouse=True, scope="module")
def _hostile_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with new_store(Path(tmp_path_factory.mktemp("hostile")) / "county.gdbos", SMALL) as store:
        add(store, item("'; DROP TABLE record; --"), item('"*^ NEAR("'), item("a AND b"))
        _hostile.append(store)
        yield
        _hostile.clear()
