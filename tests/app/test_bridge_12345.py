"""12345 hands orders over and is told what became of them: an independent client and server, over real HTTP."""

from __future__ import annotations

import hashlib
import hmac
import json
import queue
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from uuid import uuid4

import pytest
from product import Product, Worker

SECRET = "a-secret-that-both-hotlines-share-0123456789"
PATH = "/api/v1/bridge/12345/orders"
ORDER = {"number": "SZ20261125-7", "type": "help", "text": "发票丢失怎么办，我的电话 13800138000"}


def sign(path: str, body: bytes, *, at: int, nonce: str, secret: str = SECRET) -> str:
    lines = [str(at), nonce, "POST", path, hashlib.sha256(body).hexdigest()]
    return hmac.new(secret.encode(), "\n".join(lines).encode(), "sha256").hexdigest()


class Platform(ThreadingHTTPServer):
    """12345's side: takes reports, answers with what it is told to, checks each signature itself."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.statuses = [503]
        self.taken: queue.Queue[dict[str, Any]] = queue.Queue()
        self.wrongly_signed = 0

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/reports"


class _Handler(BaseHTTPRequestHandler):
    server: Platform

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        at, nonce = int(self.headers["X-Bridge-Timestamp"]), self.headers["X-Bridge-Nonce"]
        if sign(self.path, body, at=at, nonce=nonce) != self.headers["X-Bridge-Signature"]:
            self.server.wrongly_signed += 1
        status = self.server.statuses.pop(0) if self.server.statuses else 200
        if status == 200:
            self.server.taken.put(json.loads(body))
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args: object) -> None:
        return


@pytest.fixture
def platform() -> Iterator[Platform]:
    server = Platform()
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def bridged(start: Any, platform: Platform) -> Iterator[Product]:
    with start(hotline_12345_secret=SECRET, hotline_12345_url=platform.address) as running:
        yield running


def hand_over(product: Product, order: dict[str, Any] | None = None, **how: Any) -> Any:
    body = json.dumps(ORDER if order is None else order).encode()
    at, nonce = how.get("at", int(time.time())), how.get("nonce", uuid4().hex)
    signed = sign(PATH, body, at=at, nonce=nonce, secret=how.get("secret", SECRET))
    headers = {"X-Bridge-Timestamp": str(at), "X-Bridge-Nonce": nonce, "X-Bridge-Signature": signed}
    return product.client.post(PATH, content=how.get("sent", body), headers=headers)


def does(worker: Worker, number: str, event: str, **fields: Any) -> None:
    answer = worker.post(f"/orders/{number}/actions", {"event": event, "reason": "需要", **fields})
    assert answer.status_code == 200, answer.text


def test_an_order_is_taken_over_once_and_each_status_is_told_once_though_12345_is_down_at_first(
    bridged: Product, platform: Platform
) -> None:
    first = hand_over(bridged)
    assert first.status_code == 200, first.text
    number = first.json()["number"]
    assert hand_over(bridged).json() == first.json()
    assert bridged.sql("SELECT count(*) FROM work_orders") == [(1,)]
    [[text]] = bridged.sql("SELECT text FROM work_orders")
    assert "13800138000" not in text
    agent, boss = bridged.signs_in("agent"), bridged.signs_in("reviewer")
    does(agent, number, "answer_now", text="可凭记账联复印件入账。")
    does(boss, number, "approve")
    does(agent, number, "satisfied")
    told = [platform.taken.get(timeout=60) for _ in range(2)]
    assert sorted(report["status"] for report in told) == ["answered", "done"]
    assert {report["number"] for report in told} == {ORDER["number"]}
    assert {report["our_number"] for report in told} == {number}
    assert len({report["id"] for report in told}) == 2
    assert platform.wrongly_signed == 0
    assert platform.taken.empty()


def test_the_stricter_of_the_two_deadlines_binds(bridged: Product) -> None:
    early = hand_over(bridged, ORDER | {"due_at": "2020-01-01T10:00:00+08:00"}).json()
    late = hand_over(bridged, ORDER | {"number": "SZ-2", "due_at": "2099-01-01T10:00:00+08:00"}).json()
    assert early["due_at"].startswith("2020-01-01")
    assert late["due_at"] < "2099"


@pytest.mark.parametrize(
    "how",
    [
        {"secret": "another-secret-another-secret-another"},
        {"at": 1_700_000_000},
        {"at": int(time.time()) + 3600},
        {"nonce": "short"},
        {"sent": json.dumps(ORDER | {"text": "改过的内容"}).encode()},
    ],
)
def test_what_is_not_signed_just_now_with_the_secret_is_refused(
    bridged: Product, how: dict[str, Any]
) -> None:
    answer = hand_over(bridged, **how)
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "bad_signature")
    assert bridged.sql("SELECT count(*) FROM work_orders") == [(0,)]


def test_a_request_that_is_played_again_is_refused(bridged: Product) -> None:
    once = {"at": int(time.time()), "nonce": uuid4().hex}
    assert hand_over(bridged, **once).status_code == 200
    assert hand_over(bridged, **once).status_code == 401


def test_without_a_secret_there_is_no_bridge(product: Product) -> None:
    assert hand_over(product).status_code == 404


def test_what_is_no_order_is_refused(bridged: Product) -> None:
    assert hand_over(bridged, {"number": "x"}).status_code == 422
    assert hand_over(bridged, ORDER | {"phone": "12"}).status_code == 422
