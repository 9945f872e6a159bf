"""The taxpayer's door: ask, be answered with a citation, choose, reach a person; bad input gets one error shape."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from itertools import takewhile
from typing import Any
from uuid import uuid4

import pytest
from product import QUESTION, Product, documented_routes, frames
from starlette.websockets import WebSocketDisconnect

Start = Callable[..., AbstractContextManager[Product]]


def assert_refused(answer: Any, status: int, code: str | None = None) -> None:
    """The one error shape, and nothing else."""
    assert answer.status_code == status, answer.text
    body = answer.json()
    assert set(body) == {"error"}
    assert set(body["error"]) <= {"code", "message", "problems"}
    assert body["error"]["message"]
    if code is not None:
        assert body["error"]["code"] == code


def test_a_question_gets_a_cited_and_dated_answer(product: Product) -> None:
    reply = product.visitor().asks(QUESTION)
    assert reply["outcome"] == "answer"
    assert reply["entry_id"] == "vat-small-scale-threshold"
    assert "未达到" in reply["text"]
    assert reply["citations"][0]["title"] == "中华人民共和国增值税法"
    assert reply["citations"][0]["article"] == "第二十三条"
    assert reply["validity"]["effective_from"] == "2026-01-01"


def test_the_same_client_message_id_is_stored_and_answered_once(product: Product) -> None:
    visitor, key = product.visitor(), str(uuid4())
    first = visitor.says(QUESTION, client_message_id=key)
    again = visitor.says(QUESTION, client_message_id=key)
    visitor.hears("bot", after=0)
    third = visitor.says(QUESTION, client_message_id=key)
    assert first.status_code == again.status_code == third.status_code == 202
    assert first.json() == again.json() == third.json()
    assert [message["sender"] for message in visitor.page()["messages"]] == ["contact", "bot"]


def test_messages_are_read_after_a_number(product: Product) -> None:
    visitor = product.visitor()
    reply = visitor.asks(QUESTION)
    assert [message["seq"] for message in visitor.page()["messages"]] == [1, 2]
    assert [message["seq"] for message in visitor.page(after=1)["messages"]] == [2]
    assert visitor.page(after=reply["seq"])["messages"] == []


def test_a_page_that_comes_back_is_pushed_only_what_it_missed(product: Product) -> None:
    visitor = product.visitor()
    visitor.asks(QUESTION)
    visitor.says("谢谢")
    assert visitor.hears("contact", after=2)["seq"] == 3


def test_the_push_says_that_the_bot_is_thinking_and_how_things_stand(product: Product) -> None:
    visitor = product.visitor()
    with visitor.live() as socket:
        assert socket.receive_json() == {"type": "state", "state": "bot", "queue": None, "agent": None}
        visitor.says(QUESTION)
        heard = list(takewhile(lambda frame: frame.get("message", {}).get("sender") != "bot", frames(socket)))
    assert {"type": "typing", "sender": "bot"} in heard


def test_the_token_may_come_as_a_subprotocol(product: Product) -> None:
    visitor = product.visitor()
    offered = ["tongda", visitor.token]
    with product.client.websocket_connect(f"{visitor.address}/live", subprotocols=offered) as socket:
        assert socket.accepted_subprotocol == "tongda"
        assert socket.receive_json()["type"] == "state"


def test_a_wrong_token_is_told_nothing(product: Product) -> None:
    visitor, other = product.visitor(), product.visitor()
    stranger = {"Authorization": f"Bearer {other.token}"}
    assert_refused(product.client.get(f"{visitor.address}/messages", headers=stranger), 404, "not_found")
    assert_refused(product.client.get(f"{visitor.address}/messages"), 401, "unauthorized")
    in_url = product.client.get(f"{visitor.address}/messages?token={visitor.token}")
    assert_refused(in_url, 401, "unauthorized")
    with product.client.websocket_connect(f"{visitor.address}/live") as socket:
        socket.send_json({"type": "auth", "token": other.token})
        with pytest.raises(WebSocketDisconnect) as closed:
            socket.receive_json()
    assert closed.value.code == 4404


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{", 400),
        (b"\xff\xfe", 400),
        (b"[]", 422),
        (b'"text"', 422),
        (b"{}", 422),
        (b'{"client_message_id": "no-uuid", "text": "x"}', 422),
        (b'{"client_message_id": "6f1b8a52-3f5c-4a0e-9f3e-0d4bb7b3c001"}', 422),
        (b'{"client_message_id": "6f1b8a52-3f5c-4a0e-9f3e-0d4bb7b3c001", "text": 5}', 422),
        (b'{"client_message_id": "6f1b8a52-3f5c-4a0e-9f3e-0d4bb7b3c001", "text": ""}', 422),
        (b'{"client_message_id": "6f1b8a52-3f5c-4a0e-9f3e-0d4bb7b3c001", "text": "\\u0000\\u200b"}', 422),
        (b'{"client_message_id": "6f1b8a52-3f5c-4a0e-9f3e-0d4bb7b3c001", "text": "\\ud800"}', 422),
        (
            b'{"client_message_id": "6f1b8a52-3f5c-4a0e-9f3e-0d4bb7b3c001", "text": "a", "option_id": "b"}',
            422,
        ),
        (b"[" * 100_000, 400),
    ],
)
def test_a_malformed_message_is_refused_in_one_shape(product: Product, body: bytes, status: int) -> None:
    visitor = product.visitor()
    headers = {**visitor.headers, "Content-Type": "application/json"}
    assert_refused(product.client.post(f"{visitor.address}/messages", content=body, headers=headers), status)
    assert visitor.page()["messages"] == []
    assert visitor.says("还在吗").status_code == 202


def test_an_oversized_text_is_refused_with_the_limit(product: Product) -> None:
    visitor = product.visitor()
    assert_refused(visitor.says("1" * 10_000), 422)
    refused = visitor.says("1" * 2001)
    assert_refused(refused, 422, "text_too_long")
    assert "2000" in refused.json()["error"]["message"]
    assert visitor.says("1" * 2000).status_code == 202


def test_a_body_over_the_limit_is_refused_before_it_is_read(product: Product) -> None:
    visitor = product.visitor()
    assert_refused(visitor.says("1" * 1_100_000), 413)


@pytest.mark.parametrize(
    "text", ["😀😀😀", "？？？", "1", "\u200b1\u200b", "<script>alert(1)</script>", "呃"]
)
def test_what_says_nothing_gets_a_polite_reply(product: Product, text: str) -> None:
    reply = product.visitor().asks(text)
    assert reply["outcome"] in ("ask", "no_answer", "smalltalk")
    assert reply["text"]


def test_unknown_paths_and_methods_keep_the_shape(product: Product) -> None:
    assert_refused(product.client.get("/api/v1/nothing"), 404)
    assert_refused(product.client.put("/api/v1/conversations", json={}), 405)
    assert_refused(product.client.post("/api/v1/conversations", json={"channel": "fax"}), 422)


def test_an_unknown_option_is_answered_politely(product: Product) -> None:
    visitor = product.visitor()
    answer = visitor.chooses("e00000000")
    assert answer.status_code == 202
    assert visitor.hears("bot", after=answer.json()["seq"])["outcome"] == "ask"


def test_an_option_is_chosen_by_button_and_by_its_number(product: Product) -> None:
    visitor = product.visitor()
    reply = visitor.asks(QUESTION)
    options = reply["options"]
    assert len(options) >= 2
    chosen = visitor.chooses(options[1]["option_id"])
    assert visitor.hears("bot", after=chosen.json()["seq"])["entry_id"] == options[1]["entry_id"]
    visitor.asks(QUESTION)
    assert visitor.asks("第一个")["entry_id"] == options[0]["entry_id"]


def test_personal_numbers_are_masked_before_they_are_stored(product: Product) -> None:
    visitor = product.visitor()
    visitor.asks("我的身份证 11010519491231002X 手机 13800138000 想问起征点")
    [said] = product.sql("SELECT text FROM messages WHERE sender = 'contact'")
    assert "11010519491231002X" not in said[0]
    assert "13800138000" not in said[0]
    assert "110" in said[0]


def test_a_conversation_may_send_so_many_messages_a_minute(start: Start) -> None:
    with start(messages_per_minute=6) as product:
        visitor, other = product.visitor(), product.visitor()
        answers = [visitor.says("你好") for _ in range(8)]
        assert [answer.status_code for answer in answers[:5]] == [202] * 5
        assert_refused(answers[-1], 429, "too_many_requests")
        assert int(answers[-1].headers["Retry-After"]) >= 1
        assert other.says("你好").status_code == 202


def test_an_address_may_open_so_many_conversations_a_minute(start: Start) -> None:
    with start(conversations_per_minute=6) as product:
        answers = [product.client.post("/api/v1/conversations", json={}) for _ in range(8)]
    assert answers[0].status_code == 201
    assert_refused(answers[-1], 429, "too_many_requests")


def test_feedback_is_kept_with_the_answer_and_only_with_an_answer(product: Product) -> None:
    visitor = product.visitor()
    reply = visitor.asks(QUESTION)
    assert visitor.post(f"/messages/{reply['seq']}/feedback", {"value": "useful"}).status_code == 204
    assert visitor.page()["messages"][1]["feedback"] == "useful"
    assert_refused(visitor.post("/messages/1/feedback", {"value": "useful"}), 404)
    assert_refused(visitor.post(f"/messages/{reply['seq']}/feedback", {"value": "great"}), 422)


def test_with_nobody_online_a_call_back_is_booked_and_the_number_is_sealed(product: Product) -> None:
    visitor = product.visitor()
    reply = visitor.asks("转人工")
    assert reply["outcome"] == "handoff"
    page = visitor.page()
    assert page["state"] == "bot"
    assert page["messages"][-1]["offer"] == "callback"
    assert_refused(visitor.post("/callback", {"phone": "12"}), 422, "wrong_phone")
    receipt = visitor.post("/callback", {"phone": "138 0013 8000", "note": "我是 13800138000"})
    assert receipt.status_code == 201
    assert len(receipt.json()["code"]) == 6
    [[number, sealed, masked, note]] = product.sql(
        "SELECT number, phone_sealed, phone_masked, text FROM work_orders"
    )
    assert number == receipt.json()["order_number"]
    assert "13800138000" not in sealed
    assert masked == "138****8000"
    assert "13800138000" not in note


def test_the_first_screen_greets_and_offers_six_topics(product: Product) -> None:
    welcome = product.client.get("/api/v1/topics").json()
    assert len(welcome["topics"]) == 6
    assert "机器人" in welcome["greeting"]
    assert welcome["privacy_url"] == "/privacy"


def test_the_openapi_document_tells_of_every_route_and_of_the_error_shape(product: Product) -> None:
    document = product.client.get("/api/v1/openapi.json").json()
    described = {(method.upper(), path) for path, methods in document["paths"].items() for method in methods}
    assert len(described) > 30
    assert described == documented_routes()
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            assert "422" not in operation["responses"]
            refused = operation["responses"]["4XX"]["content"]["application/json"]["schema"]
            assert refused == {"$ref": "#/components/schemas/ErrorShape"}
            ok = next(value for code, value in operation["responses"].items() if code.startswith("2"))
            schema = ok.get("content", {}).get("application/json", {}).get("schema")
            assert schema is None or "$ref" in schema or schema.get("additionalProperties") != {}, (
                f"{method} {path} does not say what it answers"
            )
