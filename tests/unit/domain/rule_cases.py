"""For every shipped rule: values at which it fires, and values at which it stays silent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from gdbos_desktop.schema import Value

ITEM, HANDLING, ORGANISATION, CATALOGUE = "service_item", "handling_item", "organisation", "catalogue_item"
MATERIAL, FAQ, FEE = "material", "faq", "fee"


@dataclass(frozen=True)
class Case:
    """One record, with what it contains."""

    values: Mapping[str, Value]
    kind: str = ITEM
    children: Mapping[str, Sequence[Mapping[str, Value]]] = field(default_factory=dict)


def item(**values: Value) -> Case:
    return Case(values)


def handling(**values: Value) -> Case:
    return Case(values, HANDLING)


def material(**values: Value) -> Case:
    return Case(values, MATERIAL)


def organisation(**values: Value) -> Case:
    return Case(values, ORGANISATION)


def with_steps(*steps: Mapping[str, Value], **values: Value) -> Case:
    return Case(values, ITEM, {"step": steps})


def named_steps(*names: str) -> list[dict[str, Value]]:
    return [{"step_name": name} for name in names]


def days(number: int, unit: str = "1", special: str = "0") -> dict[str, Value]:
    return {"step_name": "审核", "step_days": number, "step_day_type": unit, "is_special": special}


BODY = "115113010833722043"
CODE = f"{BODY}4000115015005"

FIRES: Mapping[str, Sequence[Case]] = {
    "Q1a": [item(project_type="1", audit_type="1"), handling(project_type="1", audit_type="0")],
    "Q1b": [item(project_type="2", audit_type="2")],
    "Q1c": [
        item(project_type="1", promise_day=3, promise_type="1"),
        item(project_type="1", promise_day=9, promise_type="3"),
    ],
    "Q2a": [item(result_name="关于开办学校的批复", result_way="1"), item(result_name="准予许可批文", result_way="2")],
    "Q2b": [
        item(result_name="食品经营许可证", result_way="3"),
        item(result_name="资格证书", result_way="2"),
        item(result_name="营业执照", result_way="2"),
    ],
    "Q2c": [item(result_name="备案公文", result_way="1")],
    "Q3a": [
        item(result_name="食品经营许可证"),
        item(result_name="食品经营许可证", result_type=("40",)),
        handling(result_name="批复"),
    ],
    "Q3b": [item(result_name="食品经营许可证")],
    "Q3c": [item(result_type=("10",)), item(result_type=("20", "30")), item(result_type=("10",), result_name="无")],
    "Q4a": [item(limit_scene_num=1), item(limit_scene_num=2, limit_scene_explain="无")],
    "Q4b": [item(limit_scene_num=0, limit_scene_explain="需要当场核验身份")],
    "Q5a": [item(limit_scene_num=0, is_online="0", is_express="0"), item(limit_scene_num=0, is_online="0")],
    "Q5b": [item(online_handle_depth=("1", "6"), limit_scene_num=1)],
    "Q6a": [item(is_fee="1"), handling(is_fee="1", fee_basis="无")],
    "Q6b": [item(is_fee="1")],
    "Q6c": [Case({"fee_name": "工本费"}, FEE), Case({"fee_name": "工本费", "fee_stand": "无"}, FEE)],
    "Q6d": [item(is_fee="1")],
    "Q6e": [item(is_fee="0", is_pay_online="1")],
    "Q6f": [Case({"is_fee": "0"}, ITEM, {"fee": [{"fee_name": "工本费"}]})],
    "Q7a": [
        item(consult_phone="0826-2345678", complain_phone="0826-2345678"),
        item(consult_phone="0826-2345678；0826-2345679", complain_phone="12345、0826-2345679"),
        item(consult_phone="（0826）2345678", complain_phone="0826—2345678"),
    ],
    "Q7b": [
        item(consult_phone="2345678"),
        item(complain_phone="0826-2345678；2345679"),
        item(reconsider_phone="打窗口电话"),
        item(consult_phone="0826-234567"),
        item(consult_phone="12300"),
        item(consult_phone="138800012345"),
    ],
    "Q7c": [handling(consult_phone="2345678"), handling(complain_phone="电话")],
    "Q7d": [organisation(org_phone="2345678")],
    "Q8a": [item(task_name="食品经营许可"), item(link_addr="无", link_way="电话咨询")],
    "Q8b": [item(task_name="食品经营许可")],
    "Q8c": [item(transact_addr="示例县政务服务中心"), handling(transact_addr="示例县人民路1号")],
    "Q8d": [item(link_addr="示例县人民路1号")],
    "Q8e": [item(complain_addr="示例县人民路1号")],
    "Q9a": [item(transact_time="上午9:00—12:00"), item(transact_time="法定上班时间")],
    "Q9b": [item(transact_time="工作日")],
    "Q10a": [item(task_type="01", server_type=("1", "2"), corp_topic_type=("010",))],
    "Q10b": [
        item(task_type="20", server_type=("2",)),
        item(task_type="01", server_type=("1", "3"), user_topic_type=("040",)),
    ],
    "Q10c": [item(server_type=("2",), user_topic_type=("040",))],
    "Q10d": [item(server_type=("1",), corp_topic_type=("010",))],
    "Q11a": [item(task_type="01")],
    "Q11b": [item(task_type="01"), with_steps(*named_steps("受理", "审查", "决定", "办结"), task_type="01")],
    "Q11c": [
        with_steps(*named_steps("受理", "审查", "决定", "办结"), task_type="01"),
        with_steps(*named_steps("填表"), task_type="01"),
    ],
    "Q11d": [
        with_steps(days(3), days(8), promise_day=10, promise_type="1"),
        with_steps(days(15, "2"), promise_day=10, promise_type="1"),
        with_steps({"step_days": 6}, {"step_days": 6}, promise_day=10, promise_type="1"),
        with_steps(days(90, "3"), promise_day=10, promise_type="1"),
    ],
    "Q12a": [
        item(promise_day=21, promise_type="1", anticipate_day=20, anticipate_type="1"),
        item(promise_day=21, anticipate_day=20),
        handling(promise_day=31, promise_type="2", anticipate_day=30, anticipate_type="2"),
    ],
    "Q12b": [
        item(promise_day=20, promise_type="1", anticipate_day=20, anticipate_type="2"),
        item(promise_day=3, promise_type="4", anticipate_day=60, anticipate_type="1"),
    ],
    "Q12c": [
        item(task_type="01", anticipate_day=30, anticipate_type="1"),
        item(task_type="01", anticipate_day=2, anticipate_type="4"),
    ],
    "Q13a": [
        item(accept_condition="符合条件的申请人"),
        item(handle_flow="按规定办理。"),
        item(fee_basis="按照 规定"),
        item(link_way="详见网站"),
        item(by_law="依照有关规定执行"),
    ],
    "Q13b": [handling(accept_condition="符合条件"), handling(handle_flow="详见办事指南")],
    "Q13c": [
        item(accept_condition="（一）年满十八周岁；（二）法律法规规定的其他条件。"),
        handling(accept_condition="有场所，以及其他条件"),
    ],
    "Q13d": [material(material_name="法律、法规规定的其他材料"), material(material_name="申请人身份证等材料")],
    "Q13e": [material(material_name="按规定提交"), material(material_name="详见附件")],
    "Q13f": [
        item(transact_addr="同上"),
        item(accept_condition="略。"),
        item(link_way="ＸＸＸ"),
        item(task_name="测试"),
    ],
    "Q13g": [material(material_name="同上"), material(by_law="待补充")],
    "Q13h": [Case({"question": "需要多久？", "answer": "详见办事指南"}, FAQ)],
    "Q14a": [item(dept_code="083372204"), item(dept_code="115113010833722044"), item(dept_code="12430000MBOL67976N")],
    "Q14b": [organisation(org_name="县教科体局", credit_code="083372204")],
    "Q14c": [item(task_code=CODE, dept_code="115113010087786859")],
    "Q14d": [item(task_code=CODE, use_level=("3",))],
    "Q14e": [item(task_code=CODE, catalog_code="000115015006")],
    "Q14f": [item(task_code=CODE, task_type="20")],
    "Q14g": [item(task_code=CODE, task_handle_item=f"{BODY}400011501500601")],
    "Q14h": [
        item(catalog_code="000115015005", task_type="20"),
        Case({"catalog_code": "000115015005", "task_type": "05"}, CATALOGUE),
    ],
    "Q14o": [item(catalog_code="12"), item(catalog_code="370000000000000")],
    "Q14p": [item(task_code="123"), item(task_code="12441500196720244T8442199806003")],
    "Q14i": [
        item(region_code="51160"),
        item(region_code="990002000000"),
        item(region_code="380000000000"),
        organisation(region_code="示例县"),
    ],
}

SILENT: Mapping[str, Sequence[Case]] = {
    "Q1a": [item(project_type="1", audit_type="2"), item(project_type="1"), item(project_type="2", audit_type="1")],
    "Q1b": [item(project_type="1", audit_type="2"), item(audit_type="2"), item(project_type="2", audit_type="3")],
    "Q1c": [
        item(project_type="1", promise_day=1, promise_type="1"),
        item(project_type="1", promise_day=0, promise_type="2"),
        item(project_type="2", promise_day=9, promise_type="1"),
        item(project_type="1", promise_day=9),
        item(project_type="1", promise_day="无", promise_type="1"),
    ],
    "Q2a": [item(result_name="关于开办学校的批复", result_way="3"), item(result_name="准予许可批文")],
    "Q2b": [
        item(result_name="食品经营许可证", result_way="1"),
        item(result_name="收费凭证", result_way="3"),
        item(result_name="无犯罪记录证明", result_way="2"),
    ],
    "Q2c": [
        item(result_name="备案公文", result_way="2"),
        item(result_name="准予许可批文", result_way="3"),
        item(result_name="论文", result_way="1"),
    ],
    "Q3a": [
        item(result_name="食品经营许可证", result_type=("10",)),
        item(result_name="无", result_type=("40",)),
        item(),
    ],
    "Q3b": [item(result_name="食品经营许可证", result_guid="样本.pdf"), item(result_name="无")],
    "Q3c": [item(result_type=("10",), result_name="食品经营许可证"), item(result_type=("40",)), item()],
    "Q4a": [item(limit_scene_num=1, limit_scene_explain="需要当场核验身份"), item(limit_scene_num=0), item()],
    "Q4b": [
        item(limit_scene_num=0),
        item(limit_scene_num=0, limit_scene_explain="无"),
        item(limit_scene_num=1, limit_scene_explain="核验"),
    ],
    "Q5a": [
        item(limit_scene_num=0, is_online="0", is_express="1"),
        item(limit_scene_num=0, is_online="1"),
        item(limit_scene_num=1, is_online="0"),
    ],
    "Q5b": [
        item(online_handle_depth=("6",), limit_scene_num=0),
        item(online_handle_depth=("1", "2"), limit_scene_num=1),
    ],
    "Q6a": [item(is_fee="1", fee_basis="示例省物价局文件"), item(is_fee="0"), item()],
    "Q6b": [Case({"is_fee": "1"}, ITEM, {"fee": [{"fee_name": "工本费"}]}), item(is_fee="0")],
    "Q6c": [Case({"fee_name": "工本费", "fee_stand": "每证10元"}, FEE)],
    "Q6d": [item(is_fee="1", is_pay_online="0"), item(is_fee="0")],
    "Q6e": [item(is_fee="0", is_pay_online="0"), item(is_fee="0"), item(is_fee="1", is_pay_online="1")],
    "Q6f": [item(is_fee="0"), Case({"is_fee": "1"}, ITEM, {"fee": [{"fee_name": "工本费"}]})],
    "Q7a": [
        item(consult_phone="0826-2345678", complain_phone="0826-2345679"),
        item(consult_phone="12345", complain_phone="12345"),
        item(consult_phone="0826-2345678"),
        item(consult_phone="无", complain_phone="无"),
    ],
    "Q7b": [
        item(consult_phone="0826-2345678"),
        item(consult_phone="010-12345678,13800001234；12345"),
        item(consult_phone="（0826）2345678（工作日）"),
        item(consult_phone="0826-2345678转801/0826-2345678-12"),
        item(complain_phone="400-800-1234"),
        item(consult_phone="无"),
        item(),
    ],
    "Q7c": [handling(consult_phone="0826-2345678", complain_phone="12345")],
    "Q7d": [organisation(org_phone="0826-2345678", complain_phone="12345")],
    "Q8a": [item(link_addr="政务中心2楼A12窗口"), item(link_way="到政务中心A12窗口咨询")],
    "Q8b": [item(complain_addr="政务中心307室"), item(supervise_way="到政务中心307室投诉")],
    "Q8c": [item(transact_addr="政务中心2楼A12窗口"), item(transact_addr="无"), item()],
    "Q8d": [item(link_addr="政务中心2楼A12窗口"), item()],
    "Q8e": [item(complain_addr="政务中心307室"), item()],
    "Q9a": [
        item(transact_time="工作日 9:00—12:00，13:00—17:00"),
        item(transact_time="全天24小时"),
        item(transact_time="周一至周五 9:00—17:00（法定节假日除外）"),
        item(),
    ],
    "Q9b": [
        item(transact_time="工作日 9:00—12:00"),
        item(transact_time="工作日上午9点至12点"),
        item(transact_time="24小时"),
        item(),
    ],
    "Q10a": [
        item(task_type="01", server_type=("1",), user_topic_type=("040",)),
        item(task_type="01", server_type=("2",)),
        item(task_type="02", server_type=("1",)),
    ],
    "Q10b": [
        item(task_type="01", server_type=("2",), corp_topic_type=("010",)),
        item(task_type="01", server_type=("1",)),
    ],
    "Q10c": [item(server_type=("1", "2"), user_topic_type=("040",)), item(user_topic_type=("040",))],
    "Q10d": [
        item(server_type=("1", "2"), corp_topic_type=("010",)),
        item(server_type=("9",), corp_topic_type=("010",)),
    ],
    "Q11a": [
        Case({"task_type": "01"}, ITEM, {"faq": [{"question": "问", "answer": "答"}]}),
        item(task_type="20"),
        item(),
    ],
    "Q11b": [with_steps(*named_steps("受理", "审核", "审批", "办结", "送达"), task_type="01"), item(task_type="07")],
    "Q11c": [
        with_steps(*named_steps("受理", "审核", "审批", "办结", "送达"), task_type="01"),
        with_steps(*named_steps("窗口受理", "现场勘验", "决定", "制证", "邮寄送达"), task_type="01"),
        item(task_type="01"),
        with_steps(*named_steps("填表"), task_type="20"),
    ],
    "Q11d": [
        with_steps(days(3), days(7), promise_day=10, promise_type="1"),
        with_steps(days(14, "2"), promise_day=10, promise_type="1"),
        with_steps(days(3), days(30, "1", "1"), promise_day=10, promise_type="1"),
        with_steps(days(80, "3"), promise_day=10, promise_type="1"),
        with_steps({"step_name": "审核"}, promise_day=10, promise_type="1"),
        with_steps(days(30), promise_day=10),
        with_steps(days(30), promise_day="无", promise_type="1"),
        item(promise_day=10, promise_type="1"),
    ],
    "Q12a": [
        item(promise_day=20, promise_type="1", anticipate_day=20, anticipate_type="1"),
        item(promise_day=20, promise_type="1", anticipate_day=20, anticipate_type="2"),
        item(promise_day=20, promise_type="1", anticipate_day="无", anticipate_type="1"),
        item(promise_day=20, anticipate_day=20),
        item(promise_day=21, promise_type="1", anticipate_day=20),
        item(),
    ],
    "Q12b": [
        item(promise_day=10, promise_type="1", anticipate_day=20, anticipate_type="2"),
        item(promise_day=21, promise_type="1", anticipate_day=20, anticipate_type="1"),
        item(promise_day=5, promise_type="1", anticipate_day=7, anticipate_type="2"),
        item(promise_day=21, promise_type="1", anticipate_day=20, anticipate_type="无"),
    ],
    "Q12c": [
        item(task_type="01", anticipate_day=20, anticipate_type="1"),
        item(task_type="01", anticipate_day=28, anticipate_type="2"),
        item(task_type="07", anticipate_day=60, anticipate_type="1"),
        item(task_type="01", anticipate_day="无"),
    ],
    "Q13a": [
        item(accept_condition="有符合条件的经营场所和设备，并有两名以上专业人员"),
        item(accept_condition="无"),
        item(handle_flow="受理、审查、决定、办结、送达"),
        item(prohibit_requirement="不涉及"),
        item(),
    ],
    "Q13b": [handling(accept_condition="年满十八周岁"), handling(accept_condition="无")],
    "Q13c": [item(accept_condition="（一）年满十八周岁；（二）有固定的经营场所。"), item()],
    "Q13d": [material(material_name="食品经营许可申请表"), material(material_name="其他经营者授权委托书")],
    "Q13e": [material(material_name="食品经营许可申请表"), material(material_name="符合条件的经营场所平面图")],
    "Q13f": [item(transact_addr="略阳路8号2楼A12窗口", accept_condition="无"), item(task_name="测试机构资质认定")],
    "Q13g": [material(material_name="食品经营许可申请表", by_law="无"), material(material_name="测试报告")],
    "Q13h": [Case({"question": "需要多久？", "answer": "受理后十个工作日内办结。"}, FAQ)],
    "Q14a": [item(dept_code=BODY), item(dept_code="无"), item()],
    "Q14b": [organisation(credit_code=BODY), organisation(org_name="县教科体局")],
    "Q14c": [item(task_code=CODE, dept_code=BODY), item(task_code="511A-1", dept_code=BODY), item(task_code=CODE)],
    "Q14d": [
        item(task_code=CODE, use_level=("4", "5")),
        item(task_code=CODE, use_level=("7",)),
        item(task_code="62052400MZ-XK-0001", use_level=("4",)),
    ],
    "Q14e": [
        item(task_code=CODE, catalog_code="000115015005"),
        item(task_code="XK0012300025201020085778X", catalog_code="000115015005"),
    ],
    "Q14f": [item(task_code=CODE, task_type="01"), item(task_code=CODE, task_type="20", catalog_code="000115015005")],
    "Q14g": [
        item(task_code=CODE, task_handle_item=f"{CODE}01"),
        item(task_code=CODE, task_handle_item="自编-01"),
        item(task_handle_item=f"{CODE}01"),
    ],
    "Q14h": [item(catalog_code="000115015005", task_type="01"), item(catalog_code="XK00123000", task_type="20")],
    "Q14o": [item(catalog_code="442199806003"), item(catalog_code="XK00123000"), item()],
    "Q14p": [item(task_code="12441500196720244T3442199806003"), item(task_code="12441500196720244T123456"), item()],
    "Q14i": [
        item(region_code="511602000000"),
        item(region_code="999901000000"),
        item(region_code="441900003000"),
        item(),
    ],
}


def material_named(*names: str) -> list[Case]:
    return [material(material_name=name) for name in names]


ACROSS_FIRES: Mapping[str, Sequence[Sequence[Case]]] = {
    "Q14j": [[item(task_handle_item=f"{CODE}01"), item(task_handle_item=f"{CODE}01")]],
    "Q14k": [[item(task_code=CODE), item(task_code=CODE)]],
    "Q14l": [[item(local_task_code="511A-1"), item(local_task_code="511A-1")]],
    "Q14m": [[organisation(credit_code=BODY), organisation(credit_code=BODY)]],
    "Q14n": [[handling(task_handle_item=f"{CODE}01"), handling(task_handle_item=f"{CODE}01")]],
    "Q15a": [
        material_named("身份证", "身份证", "居民身份证"),
        material_named("身份证复印件", "身份证（复印件）"),
        material_named("营业执照", "营业执照 "),
        material_named("《食品经营许可申请书》", "食品经营许可申请表"),
    ],
}

ACROSS_SILENT: Mapping[str, Sequence[Sequence[Case]]] = {
    "Q14j": [[item(task_handle_item=f"{CODE}01"), item(task_handle_item=f"{CODE}02"), item(), item()]],
    "Q14k": [
        [item(task_code=CODE, task_handle_item=f"{CODE}01"), item(task_code=CODE, task_handle_item=f"{CODE}02")],
        [item(task_code=CODE), item(task_code=f"{CODE[:-1]}6")],
    ],
    "Q14l": [[item(local_task_code="511A-1"), item(local_task_code="511A-2")], [item(local_task_code="无")] * 2],
    "Q14m": [[organisation(credit_code=BODY), organisation(credit_code="115113010087786859"), organisation()]],
    "Q14n": [[handling(task_handle_item=f"{CODE}01"), handling(task_handle_item=f"{CODE}02")]],
    "Q15a": [
        material_named("身份证", "户口簿", "食品经营许可申请表", "申请表"),
        material_named("身份证", "身份证", "身份证"),
        [material(by_law="无"), material(by_law="无")],
    ],
}
