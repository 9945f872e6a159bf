"""A calculation in a dialogue: what was said fills the slots, one question at a time, then the result with its basis."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.dialogue import Understanding, respond
from desk.reply import BotReply, ConversationContext, Outcome, TurnRequest
from knowledge_base.library import SearchResult, ServedRevision
from knowledge_base.retrieval.decision import Decision, Thresholds

NOW = datetime(2026, 11, 23, 2, tzinfo=UTC)


class NothingPublished:
    """A knowledge base in which nothing is found."""

    def search(self, text: str, *, as_of: date, region: str | None, limit: int = 5) -> SearchResult:
        return SearchResult(Decision.NO_ANSWER, 0.0, (), Thresholds(answer=0.5, clarify=0.3), "1-empty")

    def revision_in_force(self, entry_id: str, *, as_of: date, region: str | None) -> ServedRevision | None:
        return None


def talk(turns: Sequence[str]) -> list[BotReply]:
    context = ConversationContext()
    replies = []
    for text in turns:
        request = TurnRequest(conversation_id="c", text=text, now=NOW, context=context)
        reply = respond(NothingPublished(), request, Understanding("ask_policy", 0.9))
        context = reply.context
        replies.append(reply)
    return replies


def last(*turns: str) -> BotReply:
    return talk(turns)[-1]


@pytest.mark.parametrize(
    ("turns", "figure"),
    [
        (["年终奖三万六要交多少税"], "1,080元"),
        (["年终奖36001交多少税"], "3,390.10元"),
        (["公司利润290万要交多少所得税", "20个人", "资产一千万"], "145,000元"),
        (["公司利润290万要交多少所得税", "20", "800万", "那要是301万呢"], "752,500元"),
        (["工资8000社保800，没有别的扣除，每个月个税多少钱"], "66元"),
        (["劳务费一万要扣多少税"], "1,600元"),
        (["年终奖五万，哦不，是三万，交多少税"], "900元"),
        (["一年工资九十六万，社保公积金六万，没有专项附加，全年个税多少"], "208,080元"),
    ],
)
def test_the_result_has_its_figure_its_steps_and_its_basis(turns: list[str], figure: str) -> None:
    reply = last(*turns)
    assert reply.outcome is Outcome.RESULT
    assert figure in reply.text
    assert "1. " in reply.text
    assert reply.citations


def test_two_bonuses_are_set_side_by_side() -> None:
    reply = last("年终奖三万六和三万六千零一差多少")
    assert "1,080元" in reply.text
    assert "3,390.10元" in reply.text


def test_one_question_at_a_time_and_what_was_assumed_is_said() -> None:
    first, second, third = talk(["公司利润290万要交多少所得税", "20个人", "资产一千万"])
    assert (first.outcome, second.outcome) == (Outcome.ASK, Outcome.ASK)
    assert "从业人数" in first.text
    assert "资产" in second.text
    assert "按默认计算" in third.text


def test_a_deduction_that_is_spoken_of_is_asked_for_and_not_left_out() -> None:
    asked, reply = talk(["一个月工资两万，五险一金扣3000，两个上学的娃都我来扣，全年个税合计多少", "4000"])
    assert asked.outcome is Outcome.ASK
    assert "7,080元" in reply.text


@pytest.mark.parametrize(
    "text",
    [
        "年初起每月35000，社保5000，专项附加3000，1到3月各扣多少",
        "原先一个月一万，六月起涨到两万，社保一直是1000，今年全年个税多少",
        "小规模季度卖了30万要交多少税",
    ],
)
def test_what_cannot_be_read_for_sure_is_not_calculated(text: str) -> None:
    assert last(text).outcome is Outcome.NO_ANSWER


def test_a_question_in_between_is_answered_and_the_form_comes_back() -> None:
    _, between, after = talk(["公司利润290万要交多少所得税", "滞纳金怎么算", "20"])
    assert between.outcome is Outcome.NO_ANSWER
    assert "回到刚才的计算" in between.text
    assert after.outcome is Outcome.ASK
    assert "资产" in after.text


def test_a_person_is_one_step_away_from_inside_a_form() -> None:
    assert last("公司利润290万要交多少所得税", "转人工").outcome is Outcome.HANDOFF


def test_a_form_can_be_dropped() -> None:
    _, dropped, after = talk(["公司利润290万要交多少所得税", "算了", "20"])
    assert dropped.context.form is None
    assert after.outcome is not Outcome.ASK or "资产" not in after.text


def test_the_hundredth_turn_remembers_no_more_than_the_third() -> None:
    replies = talk(
        ["公司利润290万要交多少所得税", "20个人", "资产一千万", *["那要是301万呢", "那要是299万呢"] * 49]
    )
    sizes = [len(reply.context.model_dump_json()) for reply in replies]
    assert max(sizes[3:]) <= sizes[2] + 20
    assert replies[-1].outcome is Outcome.RESULT


@given(st.text(max_size=40))
def test_no_reply_to_an_open_question_breaks_it(text: str) -> None:
    assert talk(["公司利润290万要交多少所得税", text])[-1].text
