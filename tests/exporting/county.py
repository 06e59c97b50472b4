"""A small county of our own: records to export, and a reader that answers from memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from gdbos_desktop.domain.queries import Match, Query
from gdbos_desktop.domain.records import Record, RecordTree
from gdbos_desktop.schema import Standard, Value, load_code_lists, load_standard
from gdbos_desktop.system.resources import read_texts


@cache
def national() -> Standard:
    return load_standard(read_texts("standards"), "national-2020", load_code_lists(read_texts("code-lists")))


@dataclass
class MemoryReader:
    """What exports ask of a store, answered from a list."""

    standard: Standard
    records: list[Record] = field(default_factory=list)
    read_ids: list[str] = field(default_factory=list)

    def add(self, kind: str, elements: Mapping[str, Value], parent: Record | None = None, position: int = 0) -> Record:
        record = Record(f"{len(self.records) + 1:032x}", kind, elements, parent.id if parent else None, position, 1)
        self.records.append(record)
        return record

    def _found(self, query: Query) -> list[Record]:
        found = [record for record in self.records if record.kind == query.kind]
        for condition in query.where:
            assert condition.match is Match.IS_FILLED
            found = [record for record in found if condition.element in record.elements]
        return found if query.ids is None else [record for record in found if record.id in query.ids]

    def count(self, query: Query) -> int:
        return len(self._found(query))

    def group_counts(self, query: Query, element: str) -> list[tuple[Value | None, int]]:
        values = [record.elements.get(element) for record in self._found(query)]
        return [(value, values.count(value)) for value in dict.fromkeys(values)]

    def iterate(self, query: Query, batch: int = 1000) -> Iterator[list[Record]]:
        found = self._found(query)
        for start in range(0, len(found), batch):
            yield found[start : start + batch]

    def get(self, ids: Sequence[str]) -> list[Record]:
        by_id = {record.id: record for record in self.records}
        return [by_id[record_id] for record_id in ids if record_id in by_id]

    def children(self, parent_ids: Sequence[str], kind: str | None = None) -> list[Record]:
        self.read_ids += parent_ids
        wanted = set(parent_ids)
        return sorted(
            (r for r in self.records if r.parent_id in wanted and kind in {None, r.kind}),
            key=lambda record: (str(record.parent_id), record.kind, record.position),
        )

    def titles(self, ids: Iterable[str]) -> dict[str, str]:
        return {record.id: self.standard.kind(record.kind).title_of(record.elements) for record in self.get(list(ids))}

    def tree(self, record: Record) -> RecordTree:
        children: dict[str, tuple[RecordTree, ...]] = {}
        for child in self.children([record.id]):
            children[child.kind] = (*children.get(child.kind, ()), self.tree(child))
        return RecordTree(record, children, self.titles(r.id for r in self.records))


def small_county(standard: Standard | None = None) -> MemoryReader:
    """Two items of different families; the first with everything a guide prints."""
    county = MemoryReader(standard or national())
    market = county.add("organisation", {"org_name": "示例县市场监督管理局", "credit_code": "11511301MB051073XA"})
    police = county.add("organisation", {"org_name": "示例县公安局", "credit_code": "11511301008778175U"})
    food = county.add("service_item", {**FOOD, "dept_name": market.id})
    for number, (name, need, kind, originals, copies, source, explain) in enumerate(MATERIALS):
        elements: dict[str, Value] = {
            "material_name": name,
            "is_need": need,
            "material_type": kind,
            "original_num": originals,
            "copy_num": copies,
            "source_type": source,
            "order_num": number + 1,
        }
        if explain:
            elements["fill_explain"] = explain
        material = county.add("material", elements, food, number)
        if number == 0:
            first_material = material
    for number, (name, dept, days, explain) in enumerate(STEPS):
        county.add(
            "step",
            {
                "step_name": name,
                "step_dept": dept,
                "step_days": days,
                "step_day_type": "1",
                "step_explain": explain,
                "order_num": number + 1,
            },
            food,
            number,
        )
    for number, (law, document, article, text) in enumerate(LAWS):
        county.add(
            "legal_basis",
            {
                "law_name": law,
                "document_number": document,
                "article": article,
                "law_text": text,
                "order_num": number + 1,
            },
            food,
            number,
        )
    for number, (question, answer) in enumerate(QUESTIONS):
        county.add("faq", {"question": question, "answer": answer, "order_num": number + 1}, food, number)
    situation = county.add(
        "situation", {"situation_name": "是否由他人代为办理", "is_multiple": "0", "order_num": 1}, food
    )
    option = county.add("situation_option", {"option_name": "本人办理", "order_num": 1}, situation)
    county.add("situation_option", {"option_name": "委托他人办理", "order_num": 2}, situation, 1)
    county.add("option_material", {"material": first_material.id, "order_num": 1}, option)
    county.add(
        "handling_item",
        {"task_name": "食品经营许可（新办）", "task_handle_item": "11511301MB051073XA400013101500101", "order_num": 1},
        food,
    )
    county.add("service_item", {**FINE, "dept_name": police.id})
    return county


FOOD: dict[str, Value] = {
    "task_name": "食品经营许可（仅销售预包装食品除外）",
    "task_type": "01",
    "task_code": "11511301MB051073XA4000131015001",
    "catalog_code": "000131015001",
    "local_task_code": "511Z07001006",
    "use_level": ("4",),
    "item_scope": "在示例县行政区域内从事食品销售和餐饮服务活动的企业、个体工商户及其他组织。",
    "dept_code": "11511301MB051073XA",
    "dept_type": "1",
    "power_source": "1",
    "accept_org": "示例县政务服务中心市场监管窗口",
    "decide_org": "示例县市场监督管理局",
    "by_law": "《中华人民共和国食品安全法》第三十五条",
    "server_type": ("1", "2"),
    "accept_condition": "1．具有与申请的经营项目、数量相适应的场所，并与有毒、有害场所以及其他污染源保持规定的距离。\n"
    "2．具有相应的经营设备或者设施。\n"
    "3．有专职或者兼职的食品安全管理人员和保证食品安全的规章制度。",
    "prohibit_requirement": "无",
    "limit_explain": "无",
    "project_type": "2",
    "audit_type": "1",
    "anticipate_day": 20,
    "anticipate_type": "1",
    "promise_day": 5,
    "promise_type": "1",
    "handle_flow": "申请人提出申请，窗口收件受理，经办人审查，负责人决定，制发《食品经营许可证》。",
    "is_fee": "0",
    "result_type": ("10",),
    "result_name": "食品经营许可证",
    "result_way": "1",
    "handle_type": ("1", "2"),
    "is_online": "1",
    "online_handle_url": "https://www.example.gov.cn/item?id=1&from=\"list\"",
    "limit_scene_num": 1,
    "transact_addr": "示例县政务服务中心二楼A区12号窗口（人民路1号）",
    "transact_time": "工作日：上午9:00—12:00，下午13:30—17:00（法定节假日除外）",
    "link_way": "窗口咨询、电话咨询",
    "consult_phone": "0826-2345678",
    "link_addr": "示例县人民路1号政务服务中心二楼",
    "supervise_way": "电话投诉、信函投诉",
    "complain_phone": "0826-12345",
    "rights_duties": "申请人依法享有知情权、陈述权、申辩权；应当如实提交有关材料，并对材料的真实性负责。",
    "progress_query": "可凭受理通知书编号在政务服务网或者窗口查询。",
    "task_state": "1",
    "task_version": 3,
}  # fmt: skip
FINE: dict[str, Value] = {
    "task_name": "对无证经营的处罚",
    "task_type": "02",
    "local_task_code": "511Z02001001",
    "by_law": "=SUM(A1:A9)",
    "anticipate_day": 90,
}
MATERIALS = (
    ("食品经营许可申请书", "1", "1", 1, 0, "10", "使用黑色签字笔填写，申请人签字或者盖章。"),
    ("营业执照", "1", "2", 0, 1, "20", ""),
    ("与食品经营相适应的主要设备设施布局、操作流程等文件", "1", "3", 1, 1, "10", "标明各功能区的用途和面积。"),
    ("食品安全管理人员健康证明", "3", "2", 0, 1, "20", "容缺后补的，5个工作日内补齐。"),
)
STEPS = (
    ("受理", "政务服务中心窗口", 1, "材料齐全、符合法定形式的，当场受理。"),
    ("审查", "市场监督管理局许可股", 2, "对申请材料进行审查，必要时现场核查。"),
    ("决定", "市场监督管理局", 1, "作出准予或者不予许可的决定。"),
    ("送达", "政务服务中心窗口", 1, "颁发许可证。"),
)
LAWS = (
    (
        "中华人民共和国食品安全法",
        "主席令第二十一号",
        "第三十五条",
        "国家对食品生产经营实行许可制度。从事食品生产、食品销售、餐饮服务，应当依法取得许可。",
    ),
    ("食品经营许可和备案管理办法", "国家市场监督管理总局令第78号", "第四条", "在中华人民共和国境内从事食品销售…"),
)
QUESTIONS = (
    ("食品经营许可证的有效期是多久？", "食品经营许可证的有效期为五年。"),
    ("许可证遗失怎么办？", "应当向原发证部门申请补办，\n并提交遗失声明。"),
)
