"""What pages read: rows, messages, the hand-over packet, and who may see what."""

from __future__ import annotations

from sqlalchemy import select
from world import World, answer, handoff_reply

from desk import commands, feedback, intake, messages, packet, views
from desk.access import Staff, may_see
from desk.commands import Writing
from desk.kinds import Tier
from desk.reply import Citation, Evidence, Option, ScoredMatch, Validity
from desk.tables import Conversation
from desk.views import Row, View


def listed(world: World, staff: Staff, view: View, search: str = "") -> list[Row]:
    with world.database.read() as session:
        return views.rows(session, staff=staff, view=view, search=search)


def scene(world: World) -> tuple[Staff, Staff, Staff, dict[str, str]]:
    """An agent and an expert, one conversation in each place."""
    agent, expert = world.seat(capacity=1), world.seat(tier=Tier.EXPERT, capacity=1, roles=("expert",))
    places = {"mine": world.queued(), "expert": world.queued(tier="expert")}
    places |= {
        "waiting": world.queued(),
        "expert_waiting": world.queued(tier="expert"),
        "bot": world.conversation(),
    }
    return agent, expert, world.supervisor(), places


def test_agents_see_their_own_and_the_queues_they_serve_and_supervisors_all(world: World) -> None:
    agent, expert, boss, places = scene(world)
    name_of = {conversation_id: name for name, conversation_id in places.items()}
    seen = {
        (who, view): [name_of[row.id] for row in listed(world, staff, view)]
        for who, staff in (("agent", agent), ("expert", expert), ("boss", boss))
        for view in ("mine", "queue", "all")
    }
    assert seen["agent", "mine"] == ["mine"]
    assert seen["agent", "queue"] == ["waiting"]
    assert sorted(seen["agent", "all"]) == ["mine", "waiting"]
    assert seen["expert", "mine"] == ["expert"]
    assert seen["expert", "queue"] == ["waiting", "expert_waiting"]
    assert sorted(seen["boss", "all"]) == sorted(places)
    assert seen["boss", "mine"] == []


def test_lists_and_single_conversations_follow_the_same_rule(world: World) -> None:
    agent, expert, boss, places = scene(world)
    world.resolve(places["mine"], agent)
    nobody = Staff(user_id="x", name="x", roles=frozenset())
    for staff in (agent, expert, boss, nobody):
        in_list = {row.id for row in listed(world, staff, "all")}
        with world.database.read() as session:
            one_by_one = {each.id for each in session.scalars(select(Conversation)) if may_see(staff, each)}
        assert in_list == one_by_one


def test_a_row_shows_the_last_message_the_place_and_the_seat(world: World) -> None:
    agent, _, boss, places = scene(world)
    world.say(places["waiting"], "还要等多久")
    rows = {row.id: row for row in listed(world, boss, "all")}
    waiting, mine = rows[places["waiting"]], rows[places["mine"]]
    assert (waiting.last_text, waiting.position, waiting.seat) == ("还要等多久", 1, None)
    assert mine.seat is not None
    assert (mine.seat.id, mine.position, mine.accepted) == (agent.seat_id, None, False)
    assert mine.contact.startswith("访客")


def test_lists_can_be_searched_by_what_was_said(world: World) -> None:
    _, _, boss, places = scene(world)
    world.say(places["bot"], "契税100%怎么算")
    assert [row.id for row in listed(world, boss, "all", "契税100%")] == [places["bot"]]
    assert listed(world, boss, "all", "%%") == []


def test_a_bot_message_shows_everything_of_the_reply_that_the_page_needs(world: World) -> None:
    conversation_id = world.conversation()
    world.exchange(
        conversation_id,
        answer(
            details="**步骤**",
            entry_id="vat",
            citations=(Citation(title="某公告", document_number="2026年第10号"),),
            validity=Validity(region="宁波市"),
            options=(Option(option_id="o", label="再问"),),
            intent="ask_policy",
            confidence=0.9,
            score=0.8,
            evidence=Evidence(matches=(ScoredMatch(entry_id="vat", question="问", score=0.8),)),
        ),
    )
    with world.database.read() as session:
        conversation = session.get_one(Conversation, conversation_id)
        _, shown = messages.messages_for_contact(session, conversation)
        _, traced = messages.messages_for_staff(session, conversation)
    assert shown.model_dump(mode="json") == {
        "seq": 2, "id": shown.id, "sender": "bot", "sender_name": None, "kind": "text", "text": "不用交。",
        "outcome": "answer", "details": "**步骤**", "entry_id": "vat", "client_message_id": None,
        "feedback": None,
        "citations": [
            {"title": "某公告", "document_number": "2026年第10号", "article": None, "issuer": None,
             "issued_on": None, "url": None, "effective_from": None, "effective_to": None}
        ],
        "validity": {"effective_from": None, "effective_to": None, "region": "宁波市"},
        "options": [{"option_id": "o", "label": "再问", "entry_id": None}],
        "created_at": shown.created_at.isoformat().replace("+00:00", "Z"), "offer": None, "ask": None,
    }  # fmt: skip
    assert traced.trace is not None
    assert (traced.trace.intent, traced.trace.matches[0].entry_id) == ("ask_policy", "vat")
    assert not hasattr(shown, "trace")


def test_the_contact_gets_messages_after_a_number_and_never_a_note(world: World) -> None:
    agent = world.seat()
    conversation_id = world.queued()
    with world.write() as session:
        commands.note(
            session, conversation_id, Writing("内部", "n"), staff=agent, now=world.now, ids=world.ids
        )
    world.reply(conversation_id, agent, "您好")
    with world.database.read() as session:
        conversation = session.get_one(Conversation, conversation_id)
        shown = messages.messages_for_contact(session, conversation, after=2)
        all_of_it = messages.messages_for_staff(session, conversation, after=2)
    assert [(each.kind, each.text) for each in shown if each.kind != "notice"] == [("text", "您好")]
    assert [each.text for each in all_of_it if each.kind == "note"] == ["内部"]


def test_the_contact_hears_of_an_agent_only_once_a_person_is_there(world: World) -> None:
    agent = world.seat()
    conversation_id = world.queued()

    def standing() -> views.Standing:
        with world.database.read() as session:
            return views.standing(session, session.get_one(Conversation, conversation_id), now=world.now)

    assert standing().agent is None
    world.accept(conversation_id, agent)
    assert standing().agent == world.seat_now(agent).number
    world.resolve(conversation_id, agent)
    with world.write() as session:
        feedback.rate(session, conversation_id, grade=4, now=world.now, ids=world.ids)
    assert (standing().state, standing().agent, standing().grade) == ("resolved", None, 4)


def test_the_packet_tells_why_what_the_bot_tried_and_what_to_suggest(world: World) -> None:
    world.seat()
    conversation_id = world.conversation()
    matches = (
        ScoredMatch(entry_id="a", question="甲", score=0.4),
        ScoredMatch(entry_id="b", question="乙", score=0.6),
    )
    world.exchange(conversation_id, answer(evidence=Evidence(matches=matches), intent="ask_policy"))
    better = Evidence(matches=(ScoredMatch(entry_id="a", question="甲", score=0.7),))
    world.exchange(conversation_id, handoff_reply("complaint").model_copy(update={"evidence": better}))
    with world.database.read() as session:
        handed_over = packet.packet(session, session.get_one(Conversation, conversation_id))
    assert (handed_over.reason, handed_over.intent) == ("complaint", "ask_policy")
    assert [(turn.turn_seq, turn.outcome) for turn in handed_over.evidence] == [(1, "answer"), (3, "handoff")]
    assert [(match.entry_id, match.score) for match in handed_over.suggested] == [("a", 0.7), ("b", 0.6)]


def test_the_packet_lists_earlier_conversations_of_the_same_contact(world: World) -> None:
    with world.write() as session:
        opened = [
            intake.open_conversation(
                session, channel="telegram", key_hash="k", now=world.now, ids=world.ids
            ).id
            for _ in range(2)
        ]
    world.say(opened[0], "去年的问题")
    with world.database.read() as session:
        handed_over = packet.packet(session, session.get_one(Conversation, opened[1]))
    assert [(each.id, each.first_text) for each in handed_over.contact.earlier] == [(opened[0], "去年的问题")]


def test_assignments_tell_who_why_and_how_it_ended(world: World) -> None:
    agent = world.seat()
    conversation_id = world.queued()
    world.resolve(conversation_id, agent)
    with world.database.read() as session:
        (held,) = views.assignments(session, session.get_one(Conversation, conversation_id))
        (seat,) = views.all_seats(session)
    assert (held.seat.id, held.reason, held.why) == (seat.id, "resolved", "no_speciality load=0/2 eligible=1")
    assert seat.open_count == 0
