"""The content page's interface: edit, review, publish, history, and trying a question, as the console calls it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from product import Product, Worker

from app.http import staff_knowledge
from common.errors import Unavailable

ENTRY_ID = "vat-input-not-deductible"
QUESTION = "哪些进项税额不能抵扣？"
"""The entry's own wording, and nothing else in the test knowledge base is about it."""
NEW_ANSWER = "用于简易计税、免税、集体福利或个人消费的，非正常损失的，餐饮、居民日常和娱乐服务，贷款利息，都不能抵扣进项。"
SCHEMAS = Path(__file__).parents[2] / "web" / "console" / "src" / "api" / "schemas.ts"

NEW_ENTRY: dict[str, Any] = {
    "id": "stamp-lease",
    "question": "房屋租赁合同怎么交印花税？",
    "similar_questions": ["租房合同要贴花吗", "租约印花税", "出租合同税率", "租金一次付清", "个人租房合同"],
    "answer": "按租金的千分之一。",
    "details": None,
    "citations": [{"title": "印花税法", "document_number": "主席令第89号", "article": None}],
    "tax_type": "印花税",
    "matter": "申报",
    "audience": [],
    "region": None,
    "effective_from": "2022-07-01",
    "effective_to": None,
    "review_by": "2030-06-30",
    "risk_level": "direct",
    "related": [],
    "superseded_by": None,
}


@pytest.fixture
def editor(product: Product) -> Worker:
    return product.signs_in("editor")


@pytest.fixture
def reviewer(product: Product) -> Worker:
    return product.signs_in("reviewer")


def content_of(worker: Worker, entry_id: str = ENTRY_ID) -> dict[str, Any]:
    """The published text, as the editor would change it."""
    published = worker.get(f"/entries/{entry_id}").json()["published"]
    return {name: published[name] for name in NEW_ENTRY}


def at(entry_id: str, action: str) -> str:
    return f"/entries/{entry_id}/{action}"


def body(answer: Any, status: int = 200) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    return dict(answer.json())


def refused(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


def approves(worker: Worker, entry_id: str = ENTRY_ID) -> Any:
    """Approve what stands there now."""
    working = body(worker.get(f"/entries/{entry_id}"))["working"]
    return worker.post(at(entry_id, "approve"), {"base_revision": working["lock_version"]})


def saves(worker: Worker, content: dict[str, Any], base: int | None) -> Any:
    return worker.put(at(content["id"], "draft"), {"content": content, "base_revision": base})


def test_a_changed_answer_is_said_to_the_next_taxpayer(
    product: Product, editor: Worker, reviewer: Worker
) -> None:
    assert product.visitor().asks(QUESTION)["entry_id"] == ENTRY_ID
    draft = body(saves(editor, {**content_of(editor), "answer": NEW_ANSWER}, None))
    assert (draft["state"], draft["revision"], draft["author"]) == ("draft", 2, "editor")
    assert product.visitor().asks(QUESTION)["text"] != NEW_ANSWER
    submitted = body(editor.post(at(ENTRY_ID, "submit")))
    assert refused(approves(editor)) == (403, "author_is_reviewer")
    approved = body(reviewer.post(at(ENTRY_ID, "approve"), {"base_revision": submitted["lock_version"]}))
    assert (approved["state"], approved["reviewer"]) == ("published", "reviewer")
    reply = product.visitor().asks(QUESTION)
    assert (reply["text"], reply["entry_id"]) == (NEW_ANSWER, ENTRY_ID)


def test_a_new_entry_is_found_once_it_is_published(editor: Worker, reviewer: Worker) -> None:
    asked = {"text": "租房合同要贴花吗"}
    body(editor.post("/entries", {"content": NEW_ENTRY}), 201)
    assert "stamp-lease" not in str(body(editor.post("/search", asked))["matches"])
    assert refused(editor.post("/entries", {"content": NEW_ENTRY})) == (409, "conflict")
    body(editor.post(at("stamp-lease", "submit")))
    body(approves(reviewer, "stamp-lease"))
    found = body(editor.post("/search", asked))
    best = found["matches"][0]
    assert (best["entry_id"], best["matched"], best["revision"]) == ("stamp-lease", "租房合同要贴花吗", 1)
    assert best["answer"] == NEW_ENTRY["answer"]
    assert best["citations"][0]["effective_from"] == "2022-07-01"
    assert found["probability"] == best["score"]


def test_of_two_editors_the_second_to_save_is_told(product: Product, editor: Worker) -> None:
    changed = {**content_of(editor), "answer": NEW_ANSWER}
    first = body(saves(editor, changed, None))
    assert refused(saves(product.signs_in("reviewer"), changed, None)) == (409, "stale_draft")
    again = body(saves(editor, changed, first["lock_version"]))
    assert again["lock_version"] == first["lock_version"] + 1


def test_a_reviewer_does_not_approve_what_was_changed_since_it_was_read(
    editor: Worker, reviewer: Worker
) -> None:
    body(saves(editor, {**content_of(editor), "answer": NEW_ANSWER}, None))
    read = body(editor.post(at(ENTRY_ID, "submit")))["lock_version"]
    body(reviewer.post(at(ENTRY_ID, "reject"), {"note": "请核对"}))
    body(saves(editor, {**content_of(editor), "answer": "没人看过的答案。"}, read))
    body(editor.post(at(ENTRY_ID, "submit")))
    stale = reviewer.post(at(ENTRY_ID, "approve"), {"base_revision": read})
    assert refused(stale) == (409, "stale_draft")
    assert content_of(editor)["answer"] != "没人看过的答案。"


def test_what_lacks_its_basis_is_not_submitted_and_the_editor_is_told_why(editor: Worker) -> None:
    body(saves(editor, {**content_of(editor), "citations": [], "review_by": None}, None))
    answer = editor.post(at(ENTRY_ID, "submit"))
    assert refused(answer) == (422, "not_publishable")
    assert answer.json()["error"]["problems"] == ["缺少依据：至少引用一份文件", "缺少复核日期"]


def test_a_rejected_text_comes_back_with_its_note(editor: Worker, reviewer: Worker) -> None:
    body(saves(editor, {**content_of(editor), "answer": NEW_ANSWER}, None))
    body(editor.post(at(ENTRY_ID, "submit")))
    body(reviewer.post(at(ENTRY_ID, "reject"), {"note": "请写明文号"}))
    detail = body(editor.get(f"/entries/{ENTRY_ID}"))
    assert (detail["working"]["state"], detail["working"]["note"]) == ("rejected", "请写明文号")
    assert detail["published"]["answer"] != NEW_ANSWER


def test_a_withdrawn_entry_is_not_said_any_more(product: Product, reviewer: Worker) -> None:
    answer = reviewer.post(at(ENTRY_ID, "withdraw"), {"reason": "政策有变"})
    assert answer.status_code == 204
    assert product.visitor().asks(QUESTION)["entry_id"] != ENTRY_ID
    detail = body(reviewer.get(f"/entries/{ENTRY_ID}"))
    assert (detail["entry"]["state"], detail["published"]) == ("withdrawn", None)


def test_an_earlier_text_returns_as_a_draft(editor: Worker, reviewer: Worker) -> None:
    before = content_of(editor)
    body(saves(editor, {**before, "answer": NEW_ANSWER}, None))
    body(editor.post(at(ENTRY_ID, "submit")))
    body(approves(reviewer))
    restored = body(editor.post(at(ENTRY_ID, "restore"), {"revision": 1}))
    assert (restored["revision"], restored["answer"]) == (3, before["answer"])
    detail = body(editor.get(f"/entries/{ENTRY_ID}"))
    assert [(row["revision"], row["state"]) for row in detail["revisions"]] == [
        (3, "draft"),
        (2, "published"),
        (1, "replaced"),
    ]
    assert body(editor.get(f"/entries/{ENTRY_ID}/revisions/1"))["answer"] == before["answer"]


def test_a_rolled_back_entry_shows_what_is_served(product: Product, editor: Worker, reviewer: Worker) -> None:
    before = content_of(editor)
    body(saves(editor, {**before, "answer": NEW_ANSWER}, None))
    body(editor.post(at(ENTRY_ID, "submit")))
    body(approves(reviewer))
    _roll_back(product)
    detail = body(editor.get(f"/entries/{ENTRY_ID}"))
    assert (detail["entry"]["state"], detail["published"]["revision"]) == ("published", 1)


def _roll_back(product: Product) -> None:
    from common.audit import OPERATOR
    from common.clock import system_clock
    from knowledge_base import publishing

    database: Any = product.client.app.state.database  # type: ignore[attr-defined]
    with database.write() as session:
        publishing.roll_back(session, to=None, actor=OPERATOR, now=system_clock())


def test_the_list_is_filtered_and_counted(editor: Worker) -> None:
    body(editor.post("/entries", {"content": {**NEW_ENTRY, "question": "Ｖａｔ 小規模？"}}), 201)
    everything = body(editor.get("/entries"))
    assert everything["total"] == len(everything["entries"]) > 10
    states = everything["facets"]["state"]
    assert (states["draft"], sum(states.values())) == (1, everything["total"])
    [row] = body(editor.get("/entries?state=draft"))["entries"]
    assert (row["id"], row["owner"], row["hits"], row["useless_rate"]) == ("stamp-lease", "editor", 0, None)
    assert [
        row["id"] for row in body(editor.get("/entries?search=vat小规模".replace("小", " 小")))["entries"]
    ] == ["stamp-lease"]
    stamp = body(editor.get("/entries?tax_type=印花税&matter=申报"))
    assert {row["tax_type"] for row in stamp["entries"]} == {"印花税"}
    assert body(editor.get("/entries?page=2"))["entries"] == []


def test_use_and_no_use_are_counted_from_what_taxpayers_said(product: Product, editor: Worker) -> None:
    for feedback in ("useful", "useless", "useless", None):
        visitor = product.visitor()
        reply = visitor.asks(QUESTION)
        assert reply["entry_id"] == ENTRY_ID
        if feedback:
            answer = visitor.post(f"/messages/{reply['seq']}/feedback", {"value": feedback})
            assert answer.status_code in (200, 204), answer.text
    row = body(editor.get(f"/entries/{ENTRY_ID}"))["entry"]
    assert (row["hits"], row["useless_rate"]) == (4, pytest.approx(2 / 3))


@pytest.mark.parametrize("username", ["agent", "expert"])
def test_agents_read_and_search_but_do_not_edit(product: Product, username: str) -> None:
    agent = product.signs_in(username)
    content = content_of(agent)
    assert body(agent.post("/search", {"text": QUESTION}))["matches"][0]["entry_id"] == ENTRY_ID
    for answer in (
        saves(agent, content, None),
        agent.post("/entries", {"content": NEW_ENTRY}),
        agent.post(at(ENTRY_ID, "submit")),
        agent.post(at(ENTRY_ID, "approve"), {"base_revision": 1}),
        agent.post(at(ENTRY_ID, "reject"), {"note": "x"}),
        agent.post(at(ENTRY_ID, "withdraw"), {"reason": "x"}),
        agent.post(at(ENTRY_ID, "restore"), {"revision": 1}),
    ):
        assert refused(answer) == (403, "forbidden")


def test_nobody_reads_or_edits_without_signing_in(product: Product) -> None:
    for method, path in (("GET", "/entries"), ("GET", f"/entries/{ENTRY_ID}"), ("POST", "/search")):
        answer = product.client.request(method, f"/api/v1/staff{path}", json={"text": "x"})
        assert refused(answer) == (401, "unauthorized")


@pytest.mark.parametrize(
    ("method", "path", "form"),
    [
        ("PUT", "/entries/x%00y/draft", {"content": NEW_ENTRY, "base_revision": None}),
        ("PUT", "/entries/other/draft", {"content": NEW_ENTRY, "base_revision": None}),
        ("PUT", "/entries/stamp-lease/draft", {"content": {**NEW_ENTRY, "answer": " "}}),
        ("PUT", "/entries/stamp-lease/draft", {"content": {**NEW_ENTRY, "effective_from": 20260101}}),
        ("PUT", "/entries/stamp-lease/draft", {"content": NEW_ENTRY, "base_revision": 10**30}),
        ("POST", "/entries", {"content": {**NEW_ENTRY, "id": "../x"}}),
        ("POST", "/entries", {"content": {**NEW_ENTRY, "question": "a\x00b"}}),
        ("POST", "/entries", {"content": "text"}),
        ("POST", "/entries", []),
        ("POST", f"/entries/{ENTRY_ID}/restore", {"revision": -1}),
        ("POST", f"/entries/{ENTRY_ID}/reject", {"note": "  "}),
        ("POST", f"/entries/{ENTRY_ID}/approve", {"base_revision": "x"}),
        ("POST", f"/entries/{ENTRY_ID}/approve", {}),
        ("POST", "/search", {"text": ""}),
        ("POST", "/search", {"text": "问" * 2001}),
        ("POST", "/search", {"text": "问", "limit": 0}),
        ("POST", "/search", {"text": "问", "now": "2026-01-01T00:00:00"}),
        ("GET", f"/entries/{ENTRY_ID}/revisions/99999999999999999999", None),
        ("GET", "/entries?page=0", None),
    ],
)
def test_what_cannot_be_meant_is_refused_in_one_shape(
    editor: Worker, method: str, path: str, form: Any
) -> None:
    answer = editor._send(method, path, form) if form is not None else editor.get(path)
    assert answer.status_code == 422, answer.text
    assert set(answer.json()["error"]) >= {"code", "message"}


@pytest.mark.parametrize("path", ["/entries/nowhere", f"/entries/{ENTRY_ID}/revisions/9"])
def test_what_is_not_there_is_not_found(editor: Worker, path: str) -> None:
    assert refused(editor.get(path)) == (404, "not_found")


def test_odd_questions_can_be_tried_without_harm(editor: Worker) -> None:
    for text in ("😀", "1" * 2000, "<script>", "。。。", "\u202e\u200b?"):
        assert body(editor.post("/search", {"text": text}))["decision"]


def test_when_the_index_cannot_be_built_the_reviewer_is_told_that_it_is_published(
    product: Product, editor: Worker, reviewer: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    body(saves(editor, {**content_of(editor), "answer": NEW_ANSWER}, None))
    body(editor.post(at(ENTRY_ID, "submit")))
    library: Any = product.client.app.state.library  # type: ignore[attr-defined]

    def fail() -> None:
        raise Unavailable

    with monkeypatch.context() as patch:
        patch.setattr(library, "refresh", fail)
        assert refused(approves(reviewer)) == (503, "not_served_yet")
    assert body(editor.get(f"/entries/{ENTRY_ID}"))["published"]["answer"] == NEW_ANSWER


@pytest.mark.parametrize(
    ("shape", "model"),
    [
        ("EntryRow", staff_knowledge.EntryRow),
        ("EntriesPage", staff_knowledge.EntriesPage),
        ("EntryContent", staff_knowledge.EntryContent),
        ("RevisionFacts", staff_knowledge.RevisionFacts),
        ("EntryDetail", staff_knowledge.EntryDetail),
        ("SearchResult", staff_knowledge.SearchBody),
    ],
)
def test_the_console_and_the_server_mean_the_same_shapes(shape: str, model: Any) -> None:
    declared = re.search(
        rf"export interface {shape}[^{{]*{{(.*?)^}}", SCHEMAS.read_text(), re.DOTALL | re.MULTILINE
    )
    assert declared is not None
    names = set(re.findall(r"^  (?:readonly )?(\w+)\??:", declared.group(1), re.MULTILINE))
    assert names == set(model.model_fields)
