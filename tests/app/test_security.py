"""Passwords, sessions, CSRF, roles, headers, masking in logs; an audit record with every change."""

from __future__ import annotations

import logging

import pytest
from product import QUESTION, Product, documented_routes
from starlette.testclient import TestClient

from app.logs import hide_secrets


def test_a_wrong_password_and_a_wrong_name_look_the_same(product: Product) -> None:
    forms = [{"username": "agent", "password": "wrong"}, {"username": "nobody", "password": "wrong"}]
    answers = [product.client.post("/api/v1/staff/session", json=form) for form in forms]
    assert [answer.status_code for answer in answers] == [401, 401]
    assert answers[0].json() == answers[1].json()
    assert answers[0].json()["error"]["code"] == "wrong_password"


def test_guessing_a_password_is_slowed_down(product: Product) -> None:
    form = {"username": "agent", "password": "wrong"}
    answers = [product.client.post("/api/v1/staff/session", json=form) for _ in range(7)]
    assert answers[-1].status_code == 429


def test_passwords_are_argon2_hashes_and_sessions_are_hashed(product: Product) -> None:
    worker = product.signs_in("agent")
    [[stored]] = product.sql("SELECT password_hash FROM users WHERE username = 'agent'")
    assert stored.startswith("$argon2id$")
    [[hashed]] = product.sql("SELECT token_hash FROM staff_sessions")
    assert hashed not in worker.client.cookies.values()


def test_the_session_cookie_is_out_of_reach_of_scripts_and_of_other_sites(product: Product) -> None:
    form = {"username": "agent", "password": product.passwords["agent"]}
    cookie = product.client.post("/api/v1/staff/session", json=form).headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie


def test_a_change_without_the_csrf_token_is_refused_and_a_read_is_not(product: Product) -> None:
    worker = product.signs_in("agent")
    assert worker.get("/seats").status_code == 200
    answer = worker.client.put("/api/v1/staff/seat/availability", json={"availability": "online"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "csrf")
    [[availability]] = product.sql("SELECT availability FROM seats WHERE number = '1001'")
    assert availability == "offline"


def test_signing_out_ends_the_session_and_frees_the_seat(product: Product) -> None:
    worker, visitor = product.signs_in("agent"), product.visitor()
    worker.comes_online()
    visitor.asks("转人工")
    assert worker.delete("/session").status_code == 204
    assert worker.get("/session").status_code == 401
    assert visitor.page()["state"] == "queued"


@pytest.mark.parametrize(
    ("username", "method", "path", "body"),
    [
        ("agent", "GET", "/users", None),
        ("editor", "GET", "/users", None),
        ("editor", "GET", "/conversations", None),
        ("editor", "GET", "/orders", None),
        ("agent", "POST", "/users", {"username": "x", "name": "x", "roles": ["administrator"]}),
        ("agent", "POST", "/entries", {"content": {"id": "x", "question": "x", "answer": "x"}}),
        ("expert", "POST", "/entries/vat-rates/approve", {"base_revision": 1}),
    ],
)
def test_a_role_that_may_not_is_refused(
    product: Product, username: str, method: str, path: str, body: object
) -> None:
    worker = product.signs_in(username)
    answer = worker.get(path) if method == "GET" else worker.post(path, body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "forbidden")


def test_nothing_for_staff_is_answered_without_a_session(product: Product) -> None:
    paths = {
        (method, path)
        for method, path in documented_routes() - {("POST", "/api/v1/staff/session")}
        if path.startswith("/api/v1/staff")
    }
    assert len(paths) > 20
    stranger = TestClient(product.client.app, raise_server_exceptions=False)
    for method, path in paths:
        answer = stranger.request(method, path.replace("{", "").replace("}", ""), json={})
        assert answer.status_code in (401, 422), (method, path, answer.text)
        if answer.status_code == 422:
            assert "detail" not in answer.json()


def test_an_administrator_adds_an_account_with_a_password_shown_once(product: Product) -> None:
    administrator = product.signs_in("admin")
    form = {
        "username": "new-agent",
        "name": "新坐席",
        "roles": ["agent"],
        "capacity": 3,
        "skills": ["增值税"],
    }
    made = administrator.post("/users", form)
    assert made.status_code == 201
    assert made.json()["user"]["seat"]["skills"] == ["增值税"]
    product.passwords["new-agent"] = made.json()["password"]
    assert product.signs_in("new-agent").user["name"] == "新坐席"
    assert made.json()["password"] not in administrator.get("/users").text
    assert administrator.post("/users", form).status_code == 409


@pytest.mark.parametrize("path", ["/", "/console/", "/healthz", "/api/v1/topics"])
def test_every_answer_carries_the_security_headers(product: Product, path: str) -> None:
    headers = product.client.get(path).headers
    policy = headers["content-security-policy"]
    assert "script-src 'self';" in policy
    assert "unsafe-eval" not in policy
    assert "'unsafe-inline'" not in policy.replace("style-src-attr 'unsafe-inline'", "")
    assert headers["x-content-type-options"] == "nosniff"


def test_no_file_outside_the_built_pages_is_served(product: Product) -> None:
    for path in (
        "/console/../../app/settings.py",
        "/console/%2e%2e/%2e%2e/pyproject.toml",
        "/..%2fpyproject.toml",
    ):
        text = product.client.get(path).text
        assert "[project]" not in text
        assert "import annotations" not in text


def test_rasas_door_is_closed_to_whoever_does_not_know_the_token(product: Product) -> None:
    answer = product.client.post("/internal/rasa/actions", json={"next_action": "action_answer"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "forbidden")
    assert "/internal/rasa/actions" not in product.client.get("/api/v1/openapi.json").text


def test_every_change_of_a_conversation_is_in_the_audit_records(product: Product) -> None:
    agent, visitor = product.signs_in("agent"), product.visitor()
    agent.comes_online()
    visitor.asks(QUESTION)
    visitor.asks("转人工")
    agent.post(f"/conversations/{visitor.conversation_id}/accept")
    actions = [
        row[0]
        for row in product.sql(
            "SELECT action FROM audit_records WHERE subject = :subject ORDER BY id",
            subject=f"conversation:{visitor.conversation_id}",
        )
    ]
    assert actions == [
        "conversation.opened",
        "message.received",
        "reply.recorded",
        "message.received",
        "reply.recorded",
        "conversation.queued",
        "conversation.assigned",
        "conversation.accepted",
    ]


def test_log_lines_hide_tokens_and_personal_numbers() -> None:
    line = hide_secrets(
        logging.getLogger(),
        "info",
        {"event": "POST /bot123456:AAbbCCddEEffGGhhIIjjKKllMMnnOOppQQr/sendMessage", "phone": "13800138000"},
    )
    assert "AAbbCC" not in line["event"]
    assert line["phone"] == "138****8000"
