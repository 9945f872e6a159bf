"""Work orders over HTTP: from the taxpayer's form through desk and unit, and followed by number and code."""

from __future__ import annotations

from typing import Any

import pytest
from product import Product, Taxpayer, Worker

COMPLAINT = {
    "type": "complaint",
    "category": "服务投诉",
    "subcategory": "服务言行",
    "text": "大厅态度不好，我的电话 13800138000",
    "phone": "13800138000",
}


@pytest.fixture
def visitor(product: Product) -> Taxpayer:
    return product.visitor()


def register(visitor: Taxpayer, **given: Any) -> dict[str, Any]:
    answer = visitor.post("/orders", COMPLAINT | given)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def does(worker: Worker, number: str, event: str, **fields: Any) -> Any:
    return worker.post(f"/orders/{number}/actions", {"event": event, "reason": "需要", **fields})


def test_a_complaint_is_registered_handled_by_its_unit_and_followed(
    product: Product, visitor: Taxpayer
) -> None:
    receipt = register(visitor)
    number, code = receipt["order_number"], receipt["code"]
    admin, agent, expert = (product.signs_in(name) for name in ("admin", "agent", "expert"))
    members = {"user_ids": [expert.user["id"]]}
    assert admin.put("/units/service/members", members).json() == members
    detail = agent.get(f"/orders/{number}").json()
    assert detail["order"]["phone"] == "138****8000"
    assert "13800138000" not in str(detail)
    assert does(agent, number, "accept").json()["order"]["state"] == "accepted"
    assert does(agent, number, "dispatch").json()["order"]["unit"] == "service"
    assert does(agent, number, "sign").status_code == 403
    for event in ("sign", "start"):
        assert does(expert, number, event).status_code == 200
    replied = does(expert, number, "reply", text="已批评教育，向您致歉。")
    assert replied.json()["order"]["state"] == "replied"
    progress = visitor.client.post(f"/api/v1/orders/{number}/progress", json={"code": code}).json()
    assert (progress["state"], progress["reply"]) == ("replied", "已批评教育，向您致歉。")
    assert "已批评教育" in visitor.page()["messages"][-1]["text"]
    wrong = visitor.client.post(f"/api/v1/orders/{number}/progress", json={"code": "0000"})
    assert wrong.status_code == 404


def test_a_refusal_names_what_is_wrong(product: Product, visitor: Taxpayer) -> None:
    number = register(visitor)["order_number"]
    agent = product.signs_in("agent")
    early = does(agent, number, "dispatch")
    assert (early.status_code, early.json()["error"]["code"]) == (409, "order_transition_refused")
    assert does(agent, number, "reject").status_code == 422
    assert visitor.post("/orders", COMPLAINT | {"subcategory": "没有这个"}).status_code == 422


def test_a_report_is_not_there_for_who_is_not_on_the_list(product: Product, visitor: Taxpayer) -> None:
    number = register(visitor, type="violation_report")["order_number"]
    admin, agent = product.signs_in("admin"), product.signs_in("agent")
    for worker in (admin, agent):
        assert worker.get(f"/orders/{number}").status_code == 404
        assert worker.get("/orders").json()["orders"] == []
    assert admin.put("/restricted-access", {"user_ids": [agent.user["id"]]}).status_code == 200
    assert agent.get(f"/orders/{number}").json()["order"]["restricted"] is True
    assert agent.put("/restricted-access", {"user_ids": []}).status_code == 403


def test_the_catalogue_is_told_as_it_is_stored(product: Product) -> None:
    catalogue = product.signs_in("agent").get("/order-catalogue").json()
    assert catalogue["types"]["complaint"]["name"] == "投诉"
    assert {rule["unit"] for rule in catalogue["dispatch"]} <= set(catalogue["units"])


def test_codes_cannot_be_tried_out(product: Product, visitor: Taxpayer) -> None:
    number = register(visitor)["order_number"]
    tries = [
        visitor.client.post(f"/api/v1/orders/{number}/progress", json={"code": f"{guess:06d}"}).status_code
        for guess in range(12)
    ]
    assert tries[-1] == 429
