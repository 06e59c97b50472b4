"""A full item for the form's tests, and the ways a person types, clicks and waits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QWidget

from gdbos_desktop.domain.records import Record, RecordTree
from gdbos_desktop.domain.trees import with_children
from gdbos_desktop.schema import Value
from gdbos_desktop.services.workbench import Workbench

ITEM, MATERIAL, ORGANISATION = "service_item", "material", "organisation"
Rows = Sequence[dict[str, Value]]

LAW = (
    "《中华人民共和国食品安全法》第三十五条：国家对食品生产经营实行许可制度。"
    "从事食品生产、食品销售、餐饮服务，应当依法取得许可。但是，销售食用农产品和仅销售预包装食品的，不需要取得许可。"
)
ELEMENTS: dict[str, Value] = {
    "task_name": "食品经营许可（新办）——含网络经营、单位食堂、中央厨房和集体用餐配送单位",
    "task_type": "01",
    "catalog_code": "000131023000",
    "task_code": "11511602008690482141000131023000",
    "local_task_code": "511Z07001006-510000000000-000-11511602008690482-1-00",
    "use_level": ("4",),
    "dept_code": "1151160200869048O1",
    "power_source": "01",
    "by_law": LAW,
    "server_type": ("1", "2"),
    "project_type": "2",
    "anticipate_day": 20,
    "anticipate_type": "1",
    "promise_day": 10,
    "promise_type": "1",
    "is_fee": "0",
    "limit_scene_num": 1,
    "link_way": "电话咨询：0826-2345678",
    "transact_addr": "四川省广安市广安区平安大道88号政务服务中心二楼B区12号窗口",
    "online_handle_url": "www.sczwfw.gov.cn",
    "plan_effective_date": "2023-05-01",
    "task_state": "1",
    "task_version": 1,
}
CHILDREN: dict[str, Rows] = {
    MATERIAL: (
        {"material_name": "食品经营许可申请书", "is_need": "1", "original_num": 1},
        {"material_name": "营业执照", "is_need": "1", "copy_num": 1},
        {"material_name": "与食品经营相适应的主要设备设施布局、操作流程等文件", "is_need": "1"},
        {"material_name": "其他材料", "is_need": "1"},
    ),
    "faq": (
        {
            "question": "食品经营许可证有效期是多长时间？",
            "answer": "有效期为5年。需要延续的，应当在有效期届满90个工作日前至15个工作日期间提出申请。",
        },
    ),
    "step": ({"step_name": "受理", "step_days": 1, "step_day_type": "1"}, {"step_name": "审核", "step_days": 5}),
    "legal_basis": ({"law_name": "中华人民共和国食品安全法", "article": "第三十五条", "law_text": LAW},),
    "situation": ({"situation_name": "申请主体"}, {"situation_name": "经营方式"}),
}


@dataclass(frozen=True)
class Item:
    """What was put into the store."""

    id: str
    office: Record
    tree: RecordTree

    def child(self, kind: str, place: int) -> str:
        """The id of a contained record."""
        return self.tree.children[kind][place].record.id


def put_item(workbench: Workbench) -> Item:
    """An office and an item with materials, questions, steps, bases and situations, written in one step each."""
    records, standard = workbench.records, workbench.standard
    office = replace(
        records.new_record(ORGANISATION),
        elements={"org_name": "广安市广安区市场监督管理局", "credit_code": "115113010833722043"},
    )
    records.create(office)
    for name in ("广安市广安区民政局", "广安市广安区教育科技和体育局"):
        records.create(replace(records.new_record(ORGANISATION), elements={"org_name": name}))
    fresh = RecordTree(records.new_record(ITEM))
    tree = replace(fresh, record=replace(fresh.record, elements={**ELEMENTS, "dept_name": office.id}))
    for kind, rows in CHILDREN.items():
        children = tuple(
            RecordTree(replace(records.new_record(kind, tree.record.id), elements=dict(row))) for row in rows
        )
        tree = with_children(tree, kind, children, standard)
    records.save_tree(fresh, tree)
    return Item(tree.record.id, office, records.tree(tree.record.id))


def type_text(widget: QWidget, text: str) -> None:
    """Type a text, Chinese too."""
    for character in text:
        event = QKeyEvent(QEvent.Type.KeyPress, 0, Qt.KeyboardModifier.NoModifier, character)
        QApplication.sendEvent(widget, event)


def press(widget: QWidget, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    """Press a key."""
    QApplication.sendEvent(widget, QKeyEvent(QEvent.Type.KeyPress, key, modifiers))
    QApplication.sendEvent(widget, QKeyEvent(QEvent.Type.KeyRelease, key, Qt.KeyboardModifier.NoModifier))
