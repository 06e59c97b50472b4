"""Near-duplicates of names: what is the same thing in other dress meets, what only looks alike stays apart."""

from __future__ import annotations

import random
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gdbos_desktop.domain.name_keys import NameWords, load_name_words
from gdbos_desktop.domain.similar import LIKENESS, Cluster, Reason, UsedName, Why, find_clusters
from gdbos_desktop.schema.loading import StandardError
from gdbos_desktop.system.resources import read_texts

SOUNDS = {"份": "fèn", "分": "fēn", "园": "yuán", "员": "yuán", "税": "shuì", "水": "shuǐ", "一": "yī", "医": "yī"}


@cache
def words() -> NameWords:
    return load_name_words(read_texts("similar"))


def clusters(*names: str | UsedName) -> list[Cluster]:
    used = [name if isinstance(name, UsedName) else UsedName(name) for name in names]
    return find_clusters(used, words(), SOUNDS)


def reason(one: str, other: str) -> Reason | None:
    """Why ``other`` joins ``one``, None if it does not."""
    found = clusters(UsedName(one, 10, is_standard=True), other)
    return found[0].replaced[0].reason if found else None


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("身份证", "身份证原件及复印件", Reason.FORM),
        ("身份证", "申请人身份证（原件、复印件各1份）", Reason.FORM),
        ("身份证", "1.身份证(复印件加盖公章)", Reason.FORM),
        ("身份证", "（2）本人身份证 原件", Reason.FORM),
        ("身份证", "提供身份证扫描件一式两份", Reason.FORM),
        ("身份证、户口簿", "户口簿和身份证复印件各一份", Reason.FORM),
        ("身份证（法定代表人）", "法定代表人身份证", Reason.FORM),
        ("食品经营许可申请表", "《食品经营许可申请表》（一式三份）", Reason.FORM),
        ("ABC认证证书", "ＡＢＣ认证证书", Reason.FORM),
        ("食品安全管理制度", "食品安全的管理制度", Reason.FORM),
        ("居民身份证", "身份证", Reason.SYNONYM),
        ("居民身份证", "第二代身份证复印件", Reason.SYNONYM),
        ("营业执照", "工商营业执照副本", Reason.SYNONYM),
        ("营业执照", "企业法人营业执照（正、副本）", Reason.SYNONYM),
        ("居民户口簿", "户口本", Reason.SYNONYM),
        ("法定代表人身份证", "法人代表身份证", Reason.SYNONYM),
        ("统一社会信用代码", "社会信用代码", Reason.SYNONYM),
        ("公民身份号码", "身份证号", Reason.SYNONYM),
        ("联系电话", "电话", Reason.SYNONYM),
        ("二级建造师证书", "2级建造师证书", Reason.SYNONYM),
        ("十二寸照片", "12寸照片", Reason.SYNONYM),
        ("居民身份证", "身分证", Reason.SOUND),
        ("公园管理制度", "公员管理制度", Reason.SOUND),
        ("住所使用证明", "住所使用权证明", Reason.LIKENESS),
    ],
)
def test_the_same_thing_in_other_dress_is_joined(one: str, other: str, expected: Reason) -> None:
    assert reason(one, other) is expected
    assert reason(other, one) is expected


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("身份证", "户口簿"),
        ("身份证", "身份证、户口簿"),
        ("身份证", "身份证明"),
        ("身份证", "身份证件"),
        ("身份证", "法定代表人身份证"),
        ("法定代表人身份证", "经办人身份证"),
        ("食品经营许可申请表", "药品经营许可申请表"),
        ("食品经营许可申请表", "食品药品经营许可申请表"),
        ("食品经营许可申请表", "食品经营许可变更申请表"),
        ("食品经营许可证注销申请书", "食品经营许可证变更申请书"),
        ("公司新设登记材料清单", "公司变更登记材料清单"),
        ("甲级测绘资质证明材料", "乙级测绘资质证明材料"),
        ("二级建造师执业资格证明", "三级建造师执业资格证明"),
        ("2023年度财务审计说明", "2024年度财务审计说明"),
        ("一寸照片", "二寸照片"),
        ("三个月内收入证明材料", "六个月内收入证明材料"),
        ("犯罪记录情况证明", "无犯罪记录情况证明"),
        ("主任医师资格考核证明", "副主任医师资格考核证明"),
        ("公司章程", "公司章程修正案"),
        ("营业执照", "营业执照遗失声明"),
        ("税务登记情况证明", "水务登记情况证明"),
        ("父亲身份证", "母亲身份证"),
        ("投诉电话", "联系电话"),
        ("原件", "复印件一份"),
        ("一氧化碳检测仪", "医氧化碳检测仪"),
        ("监护人身份证", "被监护人身份证"),
        ("担保人营业执照", "被担保人营业执照"),
        ("补充耕地方案审查意见材料", "耕地方案审查意见材料"),
        ("建设项目安全预评价报告书", "建设项目安全评价报告书"),
        ("再生育服务证申请登记表格", "生育服务证申请登记表格"),
    ],
)
def test_what_only_looks_alike_stays_apart(one: str, other: str) -> None:
    assert clusters(one, other) == []


def test_the_standard_name_is_proposed_whatever_is_used_most() -> None:
    found = clusters(
        UsedName("身份证", 90), UsedName("居民身份证", 2, is_standard=True), UsedName("身份证原件及复印件", 8)
    )
    assert [(one.proposed, one.why) for one in found] == [("居民身份证", Why.STANDARD)]
    assert [(member.text, member.count, member.reason) for member in found[0].members] == [
        ("居民身份证", 2, None),
        ("身份证", 90, Reason.SYNONYM),
        ("身份证原件及复印件", 8, Reason.SYNONYM),
    ]


def test_without_a_standard_the_most_used_name_without_form_words_is_proposed() -> None:
    found = clusters(UsedName("身份证", 3), UsedName("居民身份证", 2), UsedName("身份证复印件", 50))
    assert (found[0].proposed, found[0].why) == ("身份证", Why.MOST_USED)


def test_where_every_name_has_form_words_the_bare_name_is_proposed() -> None:
    found = clusters(UsedName("验资报告原件", 3), UsedName("验资报告（复印件1份）", 5))
    assert (found[0].proposed, found[0].why) == ("验资报告", Why.BARE)
    assert [member.reason for member in found[0].members] == [Reason.FORM, Reason.FORM]


def test_two_standard_names_that_are_only_alike_are_two_things() -> None:
    one, other = UsedName("住所使用证明", 1, is_standard=True), UsedName("住所使用权证明", 1, is_standard=True)
    assert clusters(one, other) == []


def test_likeness_makes_no_chains() -> None:
    found = clusters(UsedName("经营场所使用证明材料", 9), "经营场所使用权证明材料", "经营场所房使用权证明材料")
    for cluster in found:
        assert all(member.likeness >= LIKENESS for member in cluster.replaced)


NAMES = st.lists(
    st.builds(
        lambda who, what, tail: who + what + tail,
        st.sampled_from(["", "申请人", "法定代表人", "1.", "父亲", "（2）"]),
        st.sampled_from(
            ["身份证", "居民身份证", "身分证", "户口簿", "户口薄", "住所使用证明", "住所使用权证明", "营业执照",
             "食品经营许可申请表", "药品经营许可申请表", "二级证书", "2级证书", "身份证、户口簿", "户口簿和身份证"]
        ),
        st.sampled_from(["", "原件", "复印件一份", "（原件及复印件）", "(变更)", "，加盖公章", " "]),
    )
    | st.text(alphabet="身份证户口簿原件复印（）()、和及一1各的 Ａa", max_size=12),
    max_size=25,
)  # fmt: skip


@given(NAMES, st.randoms(use_true_random=False), st.sets(st.integers(0, 24), max_size=3))
@settings(max_examples=150, deadline=None)
def test_order_does_not_matter_names_are_in_one_cluster_and_members_share_the_reason_given(
    names: list[str], chance: random.Random, standard: set[int]
) -> None:
    used = [UsedName(name, number % 4 + 1, number in standard) for number, name in enumerate(dict.fromkeys(names))]
    found = clusters(*used)
    chance.shuffle(used)
    assert clusters(*used) == found
    members = [member.text for cluster in found for member in cluster.members]
    assert len(members) == len(set(members))
    assert set(members) <= {name.text for name in used}
    for cluster in found:
        proposed = words().keys_of(cluster.proposed)
        assert len(cluster.members) > 1
        for member in cluster.members:
            keys = words().keys_of(member.text)
            if member.reason is None:
                assert member.text == cluster.proposed
            elif member.reason is Reason.FORM:
                assert keys.form == proposed.form
            elif member.reason is Reason.SYNONYM:
                assert keys.meaning == proposed.meaning
                assert keys.form != proposed.form
            elif member.reason is Reason.SOUND:
                assert len(keys.spelled) == len(proposed.spelled)
                assert keys.meaning != proposed.meaning
            else:
                assert keys.marks == proposed.marks
                assert member.likeness >= LIKENESS


def test_twenty_thousand_names_with_one_ending_are_compared_in_blocks() -> None:
    chance = random.Random(1)
    signs = "食药农工商建水林牧渔教卫环安交运消防税房土矿电气供热"
    names = {"".join(chance.choices(signs, k=chance.randint(4, 9))) + "证明" for _number in range(20_000)}
    seen: list[tuple[int, int]] = []
    used = [UsedName(name) for name in names] + [UsedName("食品安全证明资料"), UsedName("食品安全证明资料原件")]
    found = find_clusters(used, words(), {}, lambda done, total: seen.append((done, total)))
    assert "食品安全证明资料" in {cluster.proposed for cluster in found}
    assert seen[-1][0] == seen[-1][1]


def test_a_word_in_two_groups_of_synonyms_is_refused_by_name() -> None:
    text = '[[synonyms]]\nwords = ["甲证", "乙证"]\n[[synonyms]]\nwords = ["丙证", "乙证"]\n'
    with pytest.raises(StandardError, match="乙证"):
        load_name_words({"names": text})
