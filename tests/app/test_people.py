"""From the bot to a person and back: hand over, accept, talk, transfer, resolve, rate, reopen, over HTTP."""

from __future__ import annotations

import json

import pytest
from product import QUESTION, Product, Worker, frames
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect


def online(product: Product, username: str) -> Worker:
    worker = product.signs_in(username)
    worker.comes_online()
    return worker


def test_a_person_takes_over_talks_transfers_resolves_and_is_rated(product: Product) -> None:
    agent, expert = online(product, "agent"), online(product, "expert")
    visitor = product.visitor()
    visitor.asks(QUESTION)
    assert visitor.asks("转人工")["outcome"] == "handoff"

    [row] = agent.list("mine")
    assert (row["state"], row["accepted"]) == ("assigned", False)
    accepted = agent.post(f"/conversations/{row['id']}/accept")
    assert accepted.json()["accepted"] is True
    assert visitor.page()["agent"] == {"name": agent.user["seat"]["number"]}

    said = agent.writes(row["id"], "您好，我看到您问的是起征点。")
    assert said.status_code == 200
    heard = visitor.hears("agent", after=0)
    assert heard["text"] == "您好，我看到您问的是起征点。"
    assert heard["sender_name"] == f"坐席 {agent.user['seat']['number']}", "an agent's name is not told"
    assert agent.user["name"] not in str(visitor.page())
    visitor.says("对的，专票呢")
    assert agent.list("mine")[0]["unread"] == 1

    detail = agent.get(f"/conversations/{row['id']}").json()
    assert detail["packet"]["suggested"][0]["entry_id"] == "vat-small-scale-threshold"
    assert detail["packet"]["evidence"][0]["matches"][0]["score"] > 0.5

    moved = agent.post(f"/conversations/{row['id']}/transfer", {"tier": "expert", "reason": "专票的特殊情形"})
    assert moved.json()["seat"]["id"] == expert.user["seat"]["id"]
    assert agent.list("mine") == []
    assert agent.get(f"/conversations/{row['id']}").status_code == 404
    transcript = expert.get(f"/conversations/{row['id']}/messages").json()["messages"]
    assert "对的，专票呢" in [message["text"] for message in transcript]
    assert any("专票的特殊情形" in message["text"] for message in transcript if message["kind"] == "note")
    assert all("专票的特殊情形" not in message["text"] for message in visitor.page()["messages"])

    expert.writes(row["id"], "开专票的部分按 1% 缴纳。")
    done = expert.post(f"/conversations/{row['id']}/resolve", {"classification": "增值税/优惠"})
    assert done.json()["state"] == "resolved"
    page = visitor.page()
    assert page["state"] == "resolved"
    assert page["messages"][-1]["ask"] == "rating"
    assert visitor.post("/rating", {"grade": 5, "comment": "很清楚 13800138000"}).status_code == 204
    assert visitor.page()["rating"] == {"grade": 5}
    [[comment]] = product.sql("SELECT comment FROM ratings")
    assert "13800138000" not in comment


def test_the_bot_is_silent_while_a_person_holds_the_conversation(product: Product) -> None:
    agent, visitor = online(product, "agent"), product.visitor()
    visitor.asks("转人工")
    [row] = agent.list("mine")
    agent.post(f"/conversations/{row['id']}/accept")
    visitor.says(QUESTION)
    agent.writes(row["id"], "我来回答。")
    senders = [message["sender"] for message in visitor.page(after=2)["messages"]]
    assert "bot" not in senders
    assert senders[-1] == "agent"


def test_a_waiting_conversation_goes_to_the_seat_that_comes_online(product: Product) -> None:
    first, visitor = online(product, "agent"), product.visitor()
    visitor.asks("转人工")
    [row] = first.list("mine")
    first.put("/seat/availability", {"availability": "away"})
    assert visitor.page()["state"] == "queued"
    second = online(product, "expert")
    assert [each["id"] for each in second.list("mine")] == [row["id"]]


def test_the_person_button_works_without_words_and_twice_is_once(product: Product) -> None:
    agent, visitor = online(product, "agent"), product.visitor()
    assert visitor.post("/handoff", {}).status_code == 202
    assert visitor.post("/handoff", {}).status_code == 202
    assert len(agent.list("mine")) == 1


def test_a_resolved_conversation_goes_on_with_the_seat_that_helped(product: Product) -> None:
    agent, visitor = online(product, "agent"), product.visitor()
    visitor.asks("转人工")
    [row] = agent.list("mine")
    agent.post(f"/conversations/{row['id']}/accept")
    agent.post(f"/conversations/{row['id']}/resolve", {"classification": "其他"})
    visitor.says("还有一个问题")
    assert [each["id"] for each in agent.list("mine")] == [row["id"]]


def test_the_console_is_pushed_rows_messages_and_its_seat(product: Product) -> None:
    agent, visitor = product.signs_in("agent"), product.visitor()
    with agent.client.websocket_connect("/api/v1/staff/live") as socket:
        agent.comes_online()
        visitor.says("转人工")
        heard = frames(socket)
        seat = next(frame for frame in heard if frame["type"] == "seat")["seat"]
        row = next(frame for frame in heard if frame["type"] == "conversation")["conversation"]
        assert seat["availability"] == "online"
        assert row["state"] == "assigned"
        agent.post(f"/conversations/{row['id']}/accept")
        visitor.says("在吗")
        said = next(
            frame for frame in heard if frame["type"] == "message" and frame["message"]["text"] == "在吗"
        )
        assert said["conversation_id"] == row["id"]
        agent.post(f"/conversations/{row['id']}/release", {"reason": "误接"})
        gone = next(
            frame
            for frame in heard
            if frame["type"] == "conversation" and frame["conversation"]["state"] == "queued"
        )
        assert gone["conversation"]["id"] == row["id"]
        socket.send_json({"type": "ping"})
        assert next(frame for frame in heard if frame["type"] == "pong")


def test_typing_is_told_to_the_other_side(product: Product) -> None:
    agent, visitor = online(product, "agent"), product.visitor()
    visitor.asks("转人工")
    [row] = agent.list("mine")
    agent.post(f"/conversations/{row['id']}/accept")
    with agent.client.websocket_connect("/api/v1/staff/live") as console, visitor.live() as page:
        # Typing is told to who listens; a state and a pong show that both do.
        next(frame for frame in frames(page) if frame["type"] == "state")
        console.send_json({"type": "ping"})
        next(frame for frame in frames(console) if frame["type"] == "pong")
        page.send_json({"type": "typing"})
        typing = next(frame for frame in frames(console) if frame["type"] == "typing")
        assert typing == {"type": "typing", "conversation_id": row["id"]}
        console.send_json({"type": "typing", "conversation_id": row["id"]})
        typing = next(frame for frame in frames(page) if frame["type"] == "typing")
        assert typing == {"type": "typing", "sender": "agent"}


def test_an_order_is_answered_and_the_contact_is_told(product: Product) -> None:
    agent, visitor = product.signs_in("agent"), product.visitor()
    visitor.post("/callback", {"phone": "13800138000"})
    [order] = agent.get("/orders?state=open").json()["orders"]
    closed = agent.post(f"/orders/{order['number']}/close", {"reply": "已电话答复。"})
    assert closed.json()["state"] == "closed"
    assert visitor.page()["messages"][-1]["text"].endswith("已电话答复。")
    again = agent.post(f"/orders/{order['number']}/close", {"reply": "再次"})
    assert (again.status_code, again.json()["error"]["code"]) == (409, "order_closed")


def test_a_call_backs_number_is_shown_for_a_reason_that_is_kept(product: Product) -> None:
    agent, editor, visitor = product.signs_in("agent"), product.signs_in("editor"), product.visitor()
    visitor.post("/callback", {"phone": "138 0013 8000"})
    [order] = agent.get("/orders?state=open").json()["orders"]
    assert order["phone"] == "138****8000"
    path = f"/orders/{order['number']}/phone"
    assert editor.post(path, {"reason": "回电"}).status_code == 403
    assert agent.post(path, {"reason": " "}).status_code == 422
    assert agent.post(path, {"reason": "回电"}).json() == {"phone": "13800138000"}
    [[subject, details]] = product.sql(
        "SELECT subject, details FROM audit_records WHERE action = 'order.phone_shown'"
    )
    assert subject == f"order:{order['number']}"
    assert "回电" in json.loads(details)["reason"]


def test_an_agent_sees_neither_the_bots_conversations_nor_another_seats(product: Product) -> None:
    agent, expert = online(product, "agent"), product.signs_in("expert")
    visitor = product.visitor()
    visitor.asks(QUESTION)
    assert agent.get(f"/conversations/{visitor.conversation_id}").status_code == 404
    assert agent.list("all") == []
    visitor.asks("转人工")
    for path in ("", "/messages"):
        assert expert.get(f"/conversations/{visitor.conversation_id}{path}").status_code == 404
    assert expert.writes(visitor.conversation_id, "我来看看").status_code == 404
    supervisor = product.signs_in("reviewer")
    assert [row["id"] for row in supervisor.list("all")] == [visitor.conversation_id]


def test_a_console_page_of_another_origin_is_not_served(product: Product) -> None:
    agent = product.signs_in("agent")
    with (
        agent.client.websocket_connect(
            "/api/v1/staff/live", headers={"origin": "https://elsewhere.example"}
        ) as socket,
        pytest.raises(WebSocketDisconnect) as closed,
    ):
        socket.receive_json()
    assert closed.value.code == 4403


def test_a_socket_without_a_session_is_closed(product: Product) -> None:
    stranger = TestClient(product.client.app)
    stranger.portal = product.client.portal
    with (
        stranger.websocket_connect("/api/v1/staff/live") as socket,
        pytest.raises(WebSocketDisconnect) as closed,
    ):
        socket.receive_json()
    assert closed.value.code == 4401
