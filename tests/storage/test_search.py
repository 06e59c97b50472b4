"""Search finds exactly what looking at every record would find: parts of titles, beginnings of codes, initials."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gdbos_desktop.domain.changes import delete, edit
from gdbos_desktop.domain.queries import Order, Query
from gdbos_desktop.domain.records import Record
from gdbos_desktop.schema import fold
from gdbos_desktop.storage import Store
from gdbos_desktop.storage.initials import initials_of
from gdbos_desktop.storage.search import Searcher
from tests.storage.workplace import add, item, new_store, office, part, read, write

TITLES = [
    "食品经营许可", "食品经营许可（变更）", "药品经营许可证核发", "对食品小作坊的监督检查", "银行开户许可",
    "会计从业资格认定", "重新核发《重大项目》许可证", "行政处罚", "长期护理保险", "校长任职备案",
    "Ａ级锅炉使用登记", "a级锅炉", "12345热线工单", "SPJY试点", "食", "品食品", "许可 许可", "'引号'\"双引号\"",
    "100%达标（*）", "残疾人证新办", "残疾人证\n换领", "𠮷林路", "ﬁn",
]  # fmt: skip
CODES = ["511A", "511A0138", "511a-01", "AB", "食1", "12345", "SPJY", ""]


def is_found(word: str, record: Record, kind_codes: tuple[str, ...] = ("code", "local_code")) -> bool:
    """The rule, said once more in Python."""
    small, title = fold(word), fold(str(record.elements.get("name", "")))
    if small in title or any(fold(str(record.elements.get(code, ""))).startswith(small) for code in kind_codes):
        return True
    is_latin = small.isascii() and small.isalnum() and any(letter.isalpha() for letter in small)
    return is_latin and any(small in reading for reading in initials_of(title).split("\n"))


def brute_force(text: str, records: list[Record]) -> set[str]:
    words = [word for word in text.split() if fold(word)]
    return {record.id for record in records if words and all(is_found(word, record) for word in words)}


class County:
    def __init__(self, store: Store, records: list[Record]) -> None:
        self.store, self.records = store, records


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Iterator[County]:
    made = [
        item(title, code=CODES[number % 8], local_code=CODES[number % 5]) for number, title in enumerate(TITLES * 2)
    ]
    made = [replace(one, elements={code: value for code, value in one.elements.items() if value}) for one in made]
    with new_store(tmp_path_factory.mktemp("search") / "county.gdbos") as store:
        records = add(store, *made, office("食品药品监督管理局", code="511A"))
        write(store, delete(records.pop(3)), edit(records[0], {"name": "饮品经营许可", "code": "511B"}))
        records = read(store, *records)
        yield County(store, records)


pieces = st.one_of(
    st.sampled_from(TITLES).flatmap(
        lambda title: st.tuples(st.integers(0, len(title)), st.integers(1, 6)).map(
            lambda at: title[at[0] : at[0] + at[1]]
        )
    ),
    st.sampled_from(CODES).flatmap(lambda code: st.integers(0, len(code)).map(lambda end: code[:end])),
    st.text("spjyxkcqhzbag1２Ｓ", min_size=1, max_size=4),
    st.sampled_from([initials_of(fold(title)).split("\n")[0][at : at + 3] for title in TITLES for at in range(3)]),
    st.text(max_size=3).map(lambda text: text.encode("utf-8", "ignore").decode()),
)


@given(st.lists(pieces, min_size=1, max_size=3).map(" ".join), st.sampled_from([None, ("item",), ("office",), ()]))
def test_search_equals_looking_at_every_record(county: County, text: str, kinds: tuple[str, ...] | None) -> None:
    expected = brute_force(text, [one for one in county.records if kinds is None or one.kind in kinds])
    with county.store.read() as reader:
        found = reader.search(text, kinds, limit=1000)
    assert set(found.ids) == expected
    assert (len(found.ids), found.total, found.is_capped) == (len(expected), len(expected), False)


@given(st.lists(pieces, min_size=1, max_size=2).map(" ".join))
def test_the_search_field_of_a_list_finds_the_same(county: County, text: str) -> None:
    items = [one for one in county.records if one.kind == "item"]
    expected = brute_force(text, items) if text.strip() else {one.id for one in items}
    with county.store.read() as reader:
        listing = reader.find(Query("item", text=text, order=(Order("name"),)))
        assert set(listing.ids(reader)) == expected
        assert listing.count == len(expected)


@pytest.mark.parametrize(
    ("title", "typed"),
    [
        ("食品经营许可", "spjyxk"), ("银行卡办理", "yhk"), ("行政处罚", "xzcf"), ("重新核发", "cxhf"),
        ("重大项目", "zdxm"), ("会计从业资格", "kjcy"), ("社会团体登记", "shtt"), ("长期护理保险", "cqhl"),
        ("校长任职", "xzrz"), ("增长", "zz"), ("人民调解", "rmtj"), ("调查取证", "dcqz"), ("行业协会", "hyxh"),
        ("养老保险待遇给付", "ylbxdyjf"), ("参保登记", "cbdj"), ("畜禽养殖", "cqyz"), ("畜牧兽医", "xmsy"),
        ("计量器具校准", "jlqjjz"), ("重整计划", "czjh"), ("降解塑料", "jjsl"), ("税率调整", "sltz"),
        ("单位登记", "dwdj"), ("联系方式", "lxfs"), ("厦门市", "xms"), ("提供担保", "tgdb"),
        ("食品（小作坊）登记", "spxzf"), ("12345热线", "5rx"), ("A级锅炉", "ajgl"), ("弹性工作", "txgz"),
        ("处置", "cz"), ("屠宰厂(场)设立", "tzcc"), ("仲裁申请", "zcsq"), ("新型农村合作医疗", "xxnchzyl"),
    ],
)  # fmt: skip
def test_initials_follow_the_reading_of_words(store: Store, title: str, typed: str) -> None:
    (record,) = add(store, item(title))
    with store.read() as reader:
        assert reader.search(typed).ids == (record.id,)
        assert reader.search(typed.upper()).ids == (record.id,)


def test_initials_by_single_characters_are_found_as_well(store: Store) -> None:
    add(store, item("银行卡办理"))
    with store.read() as reader:
        assert reader.search("yxk").total == 1


def test_the_best_come_first(store: Store) -> None:
    long, exact, begins, code = add(
        store,
        item("对食品经营许可的检查"),
        item("食品经营许可"),
        item("食品经营许可变更"),
        item("其他", code="食品经营许可"),
    )
    with store.read() as reader:
        found = reader.search("食品经营许可").ids
    assert set(found[:2]) == {exact.id, code.id}
    assert found[2:] == (begins.id, long.id)


def test_a_limit_limits_the_page_and_not_the_count(store: Store) -> None:
    add(store, *(item(f"食品{number}") for number in range(30)))
    with store.read() as reader:
        found = reader.search("食品", limit=7)
    assert (len(found.ids), found.total, found.is_capped) == (7, 30, False)


def test_beyond_the_cap_the_count_says_at_least_and_exact_hits_still_come_first(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Searcher, "CAP", 20)
    records = add(store, *(item(f"食品{number}") for number in range(30)), item("食品"))
    with store.read() as reader:
        found = reader.search("食品", limit=5)
        assert (found.total, found.is_capped) == (20, True)
        assert found.ids[0] == reader.search("食 品", limit=5).ids[0] == records[-1].id
        exactly = reader.search("食品 1")
        assert (exactly.total, exactly.is_capped) == (12, False)
        full = reader.search("食", ("office",))
        assert (full.ids, full.total) == ((), 0)


def test_codes_are_found_exactly_whatever_their_width_and_case(store: Store) -> None:
    first, second = add(store, item(code="511A-01", local_code="X"), office(code="511A-01"))
    with store.read() as reader:
        assert reader.find_by_code("５１１ａ-01") == [first, second]
        assert reader.find_by_code(" x ") == [first]
        assert reader.find_by_code("511A") == []
        assert reader.find_by_code("") == []


def test_a_record_called_after_another_one_is_not_found_by_its_id(store: Store) -> None:
    (record,) = add(store, item())
    (material,) = add(store, part(record))
    (link,) = add(store, Record("feed", "link", {"part": material.id}, record.id))
    with store.read() as reader:
        assert reader.search(material.id).total == 0
        assert reader.titles([link.id]) == {link.id: ""}


def test_natural_keys_are_matched_by_folded_values(store: Store) -> None:
    (bureau,) = add(store, office("卫健局"))
    first, second, third = add(
        store,
        item("Ａ级（锅炉）", office=bureau.id, code="c1"),
        item("a级(锅炉)", office=bureau.id, code="C2"),
        item("a级(锅炉)", code="C1"),
    )
    with store.read() as reader:
        both = {(bureau.id, "A级 (锅炉)"): [first.id, second.id]}
        assert reader.find_by_key("item", ("office", "name"), [(bureau.id, "A级 (锅炉)"), ("x", "y")]) == both
        found = reader.find_by_key("item", ("code",), [("ｃ1",), ("c2",), ("",), ("c3",)])
        assert found == {("ｃ1",): [first.id, third.id], ("c2",): [second.id]}
        assert reader.find_by_key("item", ("name",), [("Ａ级(锅炉)",)]) == {
            ("Ａ级(锅炉)",): [first.id, second.id, third.id]
        }
        assert reader.find_by_key("item", ("office",), [(bureau.id,)]) == {(bureau.id,): [first.id, second.id]}
        assert reader.find_by_key("item", ("kept_days", "code"), [(1, "c1")]) == {}
        assert reader.find_by_key("item", ("office", "code"), [(bureau.id, "c2")]) == {(bureau.id, "c2"): [second.id]}


def test_texts_that_share_their_beginning_are_different_keys(store: Store) -> None:
    long = "关于食品经营许可" * 20
    first, second = add(store, item(long + "甲"), item(long + "乙"))
    with store.read() as reader:
        assert reader.find_by_key("item", ("name",), [(long + "乙",)]) == {(long + "乙",): [second.id]}
        assert reader.search(long[:60] + "甲").total == 0
        assert reader.search(long + "甲").ids == (first.id,)


def test_an_edit_of_a_key_moves_the_record_to_its_new_key(store: Store) -> None:
    (bureau,) = add(store, office("卫健局"))
    (record,) = add(store, item("甲", office=bureau.id, code="c1"))
    write(store, edit(record, {"name": "乙", "code": None}))
    with store.read() as reader:
        assert reader.find_by_key("item", ("office", "name"), [(bureau.id, "甲")]) == {}
        assert reader.find_by_key("item", ("office", "name"), [(bureau.id, "乙")]) == {(bureau.id, "乙"): [record.id]}
        assert reader.find_by_key("item", ("code",), [("c1",)]) == {}
