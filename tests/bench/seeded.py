"""Seeded, realistic records for the benches: the same on every machine and in every run."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from typing import Any

from gdbos_desktop.domain.changes import ChangeSet, Origin, create
from gdbos_desktop.domain.records import Record
from gdbos_desktop.schema import Kind, Standard, Value, load_code_lists, load_standard
from gdbos_desktop.schema.types import (
    Code,
    Codes,
    CodeText,
    Date,
    DecimalNumber,
    Integer,
    LongText,
    Phone,
    Reference,
    Url,
)
from gdbos_desktop.system.resources import read_texts


def _words(text: str) -> list[str]:
    return text.split()


_THINGS = _words(
    "食品经营 药品零售 医疗机构 道路运输 建筑施工 排污 取水 林木采伐 烟花爆竹 危险化学品 "
    "特种设备 民办学校 社会团体 城镇燃气 户外广告 农药经营 种子生产 动物防疫 兽药 渔业捕捞 "
    "出租汽车 网络预约 旅行社 娱乐场所 出版物 印刷企业 房地产开发 物业服务 公共卫生 护士执业 "
    "医师执业 教师资格 居民身份证 户口登记 婚姻登记 养老保险 失业保险 工伤认定 残疾人证 "
    "最低生活保障 临时救助 不动产 土地使用权 建设工程规划 消防验收 人防工程 水土保持 河道采砂 "
    "银行 会计 长期护理 重大项目"
)
_WAYS = _words(
    "许可 核准 备案 登记 审批 变更 注销 延续 补办 设立 年度检查 行政处罚 行政给付 确认 奖励 "
    "查询 公示 复核 调解 证明出具"
)
_SCOPES = _words(
    "新办 首次申请 个人 企业 分公司 小微企业 跨区域 第一类 第二类 甲级 乙级 县级权限 市级权限 "
    "省级委托 乡镇 街道 内资 外资 个体工商户 农民专业合作社 食品小作坊 城市 农村 临时 换发 "
    "遗失 名称 地址 法定代表人 经营范围"
)
_SENTENCE = (
    "申请人应当具备与所申请事项相适应的场所、设备和人员，提交的材料真实、完整、有效，符合国家有关法律、法规、规章和标准的规定；"
    "受理机关自收到申请之日起五个工作日内作出是否受理的决定，需要补正材料的一次性告知申请人。"
)


def national() -> Standard:
    """The national standard as shipped."""
    return load_standard(read_texts("standards"), "national-2020", load_code_lists(read_texts("code-lists")))


def title(chance: random.Random) -> str:
    """A name such as services have."""
    return (
        f"{chance.choice(_THINGS)}{chance.choice(_WAYS)}（{chance.choice(_SCOPES)}{chance.choice(_THINGS)}"
        f"{chance.choice(_SCOPES)}{chance.choice(_WAYS)}）"
    )


def value(chance: random.Random, kind: Kind, code: str, number: int, targets: Mapping[str, list[str]]) -> Value | None:
    """A plausible value of an element."""
    element = kind.elements[code]
    type_ = element.type
    if code == kind.title:
        return title(chance)
    if isinstance(type_, Code):
        return chance.choice(type_.code_list.entries[:8]).code
    if isinstance(type_, Codes):
        some = chance.sample(type_.code_list.entries[:6], k=min(2, len(type_.code_list.entries)))
        return tuple(sorted(entry.code for entry in some))
    if isinstance(type_, Integer):
        return chance.randrange(60)
    if isinstance(type_, DecimalNumber):
        return f"{chance.randrange(100)}.5"
    if isinstance(type_, Date):
        return f"20{chance.randrange(10, 27)}-{chance.randrange(1, 13):02}-{chance.randrange(1, 29):02}"
    if isinstance(type_, Reference):
        options = targets.get(type_.target)
        return chance.choice(options) if options else None
    if isinstance(type_, CodeText):
        return f"5116{chance.randrange(10**6):06}{kind.order:02}{number:08}"
    if isinstance(type_, Phone):
        return f"0826-{chance.randrange(10**7):07}"
    if isinstance(type_, Url):
        return f"https://www.sczwfw.gov.cn/item/{number}"
    if isinstance(type_, LongText):
        return _SENTENCE[chance.randrange(40) :][: chance.randrange(30, 120)]
    return f"{chance.choice(_THINGS)}{chance.choice(_WAYS)}窗口{number % 97}"


def identity(space: int, number: int) -> str:
    """An id that grows like a UUIDv7."""
    return f"019a{space:04x}00007000{number:016x}"


def records(
    standard: Standard,
    kind_code: str,
    count: int,
    filled: int,
    targets: Mapping[str, list[str]] | None = None,
    seed: int = 1,
) -> Iterator[Record]:
    """``count`` records of a kind with about ``filled`` elements each."""
    chance = random.Random(seed)
    kind = standard.kind(kind_code)
    codes = [kind.title, *(code for code in kind.elements if code != kind.title)]
    always = [code for code in codes if kind.elements[code].indexed or code == kind.title]
    chosen = list(dict.fromkeys(always + codes))[:filled]
    for number in range(count):
        elements: dict[str, Any] = {}
        for code in chosen:
            found = value(chance, kind, code, number, targets or {})
            if found is not None:
                elements[code] = found
        yield Record(identity(kind.order, number), kind_code, elements)


def creation(records_of_kind: list[Record], number: int) -> ChangeSet:
    """One change set that creates these records."""
    return ChangeSet(
        identity(0xFFFF, number),
        tuple(map(create, records_of_kind)),
        "bench",
        Origin.IMPORT,
        "bench",
        1_760_000_000_000,
    )
