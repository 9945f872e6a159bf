"""The life of a work order: accept, dispatch, sign, handle, reply, call back, close; and what is refused on the way."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from world import World

from common.audit import AuditRecord
from common.clock import CHINA
from common.errors import Forbidden, Invalid, NotFound
from desk import order_commands, order_timers, order_views, orders
from desk.access import Staff
from desk.catalogue import CATALOGUE
from desk.kinds import Kind, OrderPriority, OrderState, Origin
from desk.order_access import order_staff
from desk.order_commands import OrderAction
from desk.order_state import (
    FINISHED,
    ORDER_TRANSITIONS,
    Light,
    OrderClosed,
    OrderEvent,
    OrderTransitionRefused,
    light,
    order_after,
)
from desk.order_state import OrderEvent as E
from desk.order_views import Filter
from desk.orders import NewOrder
from desk.tables import ExternalReport, OrderStep, RestrictedAccess, UnitMember, WorkOrder

CODE = "246810"


class Office:
    """A hotline with a supervisor, a unit that handles policy questions and one that helps."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.agent = world.seat()
        self.boss = world.supervisor()
        self.other_boss = world.supervisor()
        self.policy = self.member("policy")
        self.social = self.member("social")

    def member(self, unit: str) -> Staff:
        staff = self.world.seat(roles=("unit",), online=False)
        with self.world.write() as session:
            session.add(UnitMember(user_id=staff.user_id, unit=unit))
        return staff

    def opened(self, conversation_id: str | None = None, **given: object) -> str:
        fields = {
            "type": "consult",
            "category": "税费政策",
            "subcategory": "增值税",
            "text": "专票怎么交",
            "code": CODE,
            **given,
        }
        with self.world.write() as session:
            order = orders.open_order(
                session,
                NewOrder(**fields),
                conversation_id=conversation_id,
                actor=self.agent.actor,
                now=self.world.now,
                ids=self.world.ids,
            )
            return order.number

    def does(self, staff: Staff, number: str, event: OrderEvent, **given: object) -> WorkOrder:
        with self.world.write() as session:
            action = OrderAction(event, **{"reason": "需要", **given})
            return order_commands.act(
                session, number, action, staff=staff, now=self.world.now, ids=self.world.ids
            )

    def contact_does(self, number: str, event: OrderEvent, *, code: str = CODE) -> WorkOrder:
        with self.world.write() as session:
            action = OrderAction(event, reason="请尽快")
            return order_commands.act_as_contact(
                session, number, code, action, now=self.world.now, ids=self.world.ids
            )

    def at_work(self, **given: object) -> str:
        """An order that its unit has signed and begun."""
        number = self.opened(**given)
        self.does(self.agent, number, E.ACCEPT)
        self.does(self.agent, number, E.DISPATCH)
        self.does(self.policy, number, E.SIGN)
        self.does(self.policy, number, E.START)
        return number

    def answered(self, **given: object) -> str:
        """An order that waits for the call-back."""
        number = self.at_work(**given)
        self.does(self.policy, number, E.REPLY, text="按 3% 减按 1%。", basis="公告2026年第1号")
        self.does(self.boss, number, E.APPROVE)
        return number

    def get(self, number: str) -> WorkOrder:
        with self.world.database.read() as session:
            return session.get_one(WorkOrder, number)

    def seen_by(self, staff: Staff, number: str) -> order_views.OrderDetail:
        with self.world.database.read() as session:
            return order_views.order_detail(
                session, number, who=order_staff(session, staff), now=self.world.now
            )

    def sweep(self) -> int:
        with self.world.write() as session:
            return order_timers.sweep(session, now=self.world.now, ids=self.world.ids)


@pytest.fixture
def office(world: World) -> Office:
    return Office(world)


def test_an_order_goes_the_whole_way_and_the_contact_is_told_at_acceptance_and_reply(office: Office) -> None:
    conversation_id = office.world.conversation()
    number = office.answered(conversation_id=conversation_id)
    closed = office.contact_does(number, E.SATISFIED)
    assert (closed.state, closed.outcome) == (OrderState.CLOSED, None)
    told = office.world.texts(conversation_id, Kind.ACTIVITY)
    assert any(number in text and "已受理" in text and "11月25日" in text for text in told)
    assert any("减按 1%" in text and "公告2026年第1号" in text for text in told)
    detail = office.seen_by(office.agent, number)
    assert [step.event for step in detail.steps] == [
        "registered",
        "accept",
        "dispatch",
        "sign",
        "start",
        "reply",
        "approve",
        "satisfied",
    ]
    assert detail.allowed == (E.ARCHIVE, E.REOPEN)


def test_every_step_is_in_the_history_and_in_the_audit_once(office: Office) -> None:
    number = office.answered()
    with office.world.database.read() as session:
        steps = [f"order.{step}" for step in session.scalars(select(OrderStep.event).order_by(OrderStep.at))]
        audited = session.scalars(
            select(AuditRecord.action)
            .where(AuditRecord.subject == f"order:{number}")
            .order_by(AuditRecord.id)
        ).all()
    assert steps == list(audited)


def test_nothing_is_closed_without_a_reply() -> None:
    replied = {OrderState.REPLIED}
    assert all(
        before in {OrderState.CALLBACK, OrderState.ACCEPTED}
        for (before, _), after in ORDER_TRANSITIONS.items()
        if after is OrderState.CLOSED
    )
    assert all(
        before in replied | {OrderState.CALLBACK}
        for (before, _), after in ORDER_TRANSITIONS.items()
        if after is OrderState.CALLBACK
    )
    assert ORDER_TRANSITIONS[OrderState.ACCEPTED, E.CALLED] is OrderState.CLOSED


@pytest.mark.parametrize("state", OrderState)
def test_what_is_not_in_the_table_is_refused(state: OrderState) -> None:
    for event in OrderEvent:
        if (state, event) not in ORDER_TRANSITIONS:
            with pytest.raises(OrderClosed if state in FINISHED else OrderTransitionRefused):
                order_after(state, event)


def test_a_policy_reply_names_its_basis_and_nobody_approves_his_own(office: Office) -> None:
    number = office.at_work()
    with pytest.raises(Invalid, match="依据"):
        office.does(office.policy, number, E.REPLY, text="不用交")
    with pytest.raises(Invalid, match="答复"):
        office.does(office.policy, number, E.REPLY, basis="公告2026年第1号")
    assert office.get(number).state is OrderState.HANDLING
    registered = office.opened()
    office.does(office.boss, registered, E.ANSWER_NOW, text="不用交", basis="公告2026年第1号")
    with pytest.raises(Forbidden):
        office.does(office.boss, registered, E.APPROVE)
    assert office.does(office.other_boss, registered, E.APPROVE).state is OrderState.CALLBACK


def test_what_is_not_accepted_names_the_legal_route(office: Office) -> None:
    number = office.opened()
    with pytest.raises(Invalid, match="途径"):
        office.does(office.agent, number, E.REJECT)
    with pytest.raises(Invalid, match="理由"):
        office.does(office.agent, number, E.REJECT, text="申请行政复议", reason=" ")
    rejected = office.does(office.agent, number, E.REJECT, text="申请行政复议")
    assert (rejected.state, rejected.legal_route) == (OrderState.REJECTED, "申请行政复议")


def test_a_unit_returns_an_order_in_time_with_a_suggestion(office: Office) -> None:
    number = office.opened()
    office.does(office.agent, number, E.ACCEPT)
    office.does(office.agent, number, E.DISPATCH)
    assert office.get(number).unit == "policy"
    for refused in ({}, {"unit": "policy"}, {"unit": "nobody"}, {"unit": "social", "reason": ""}):
        with pytest.raises(Invalid):
            office.does(office.policy, number, E.RETURN, **refused)
    returned = office.does(office.policy, number, E.RETURN, unit="social")
    assert (returned.state, returned.unit) == (OrderState.RETURNED, None)
    with pytest.raises(NotFound):
        office.seen_by(office.policy, number)
    office.does(office.agent, number, E.DISPATCH, unit="social")
    office.world.tick(3 * 24 * 3600)
    with pytest.raises(Invalid, match="时限"):
        office.does(office.social, number, E.RETURN, unit="policy")


def test_an_extension_is_asked_for_once_in_time_and_decided_by_a_supervisor(office: Office) -> None:
    number = office.at_work()
    due = office.get(number).due_at
    with pytest.raises(Invalid, match="原办理期限"):
        office.does(office.policy, number, E.ASK_EXTENSION, days=2)
    office.does(office.policy, number, E.ASK_EXTENSION, days=1)
    assert office.get(number).due_at == due, "asking moves nothing"
    with pytest.raises(Forbidden):
        office.does(office.policy, number, E.EXTEND)
    assert office.does(office.boss, number, E.EXTEND).due_at == due + timedelta(days=1)
    for staff, event in ((office.policy, E.ASK_EXTENSION), (office.boss, E.EXTEND)):
        with pytest.raises(Invalid):
            office.does(staff, number, event, days=1)


def test_an_extension_that_was_refused_is_used_up_and_a_late_one_comes_too_late(office: Office) -> None:
    number, late = office.at_work(), office.at_work()
    office.does(office.policy, number, E.ASK_EXTENSION, days=1)
    office.does(office.boss, number, E.REFUSE_EXTENSION)
    with pytest.raises(Invalid):
        office.does(office.policy, number, E.ASK_EXTENSION, days=1)
    office.world.now = office.get(late).due_at
    with pytest.raises(Invalid, match="到期前"):
        office.does(office.policy, late, E.ASK_EXTENSION, days=1)


def test_urging_counts_and_supervision_has_three_levels(office: Office) -> None:
    number = office.at_work()
    office.contact_does(number, E.URGE)
    assert office.contact_does(number, E.URGE).urged == 2
    levels = [office.does(office.boss, number, E.SUPERVISE).supervision for _ in range(3)]
    assert levels == [1, 2, 3]
    with pytest.raises(Invalid, match="最高"):
        office.does(office.boss, number, E.SUPERVISE)


def test_units_help_each_other_and_one_answers(office: Office) -> None:
    number = office.at_work()
    with pytest.raises(NotFound):
        office.seen_by(office.social, number)
    office.does(office.policy, number, E.JOIN, unit="social")
    with pytest.raises(Invalid):
        office.does(office.policy, number, E.JOIN, unit="social")
    office.does(office.social, number, E.OPINE, reason="社保部分按单位缴费基数。")
    [joint] = office.seen_by(office.policy, number).joint_units
    assert (joint.unit, joint.opinion) == ("social", "社保部分按单位缴费基数。")
    with pytest.raises(Forbidden):
        office.does(office.social, number, E.REPLY, text="好", basis="x")


def test_duplicates_go_on_under_one_number(office: Office) -> None:
    main, double, report = office.opened(), office.opened(), office.opened(type="invoice_report")
    merged = office.does(office.agent, double, E.MERGE, into=main)
    assert (merged.state, merged.merged_into) == (OrderState.MERGED, main)
    for into in (None, main, double, "TD0"):
        with pytest.raises(Invalid):
            office.does(office.agent, main, E.MERGE, into=into)
    with pytest.raises(NotFound):
        office.does(office.agent, report, E.MERGE, into=main)


def test_a_bad_grade_means_rework_with_a_new_term_at_most_as_often_as_the_catalogue_says(
    office: Office,
) -> None:
    number = office.answered()
    for count in range(1, CATALOGUE.handling.reworks + 1):
        office.world.tick(5 * 24 * 3600)
        again = office.contact_does(number, E.DISSATISFIED)
        assert (again.state, again.reworks) == (OrderState.REWORK, count)
        assert again.due_at > office.world.now
        office.does(office.policy, number, E.START)
        office.does(office.policy, number, E.REPLY, text="再答复", basis="公告2026年第1号")
        office.does(office.boss, number, E.APPROVE)
    last = office.contact_does(number, E.DISSATISFIED)
    assert (last.state, last.outcome) == (OrderState.CLOSED, "unsatisfied")


def test_whoever_cannot_be_reached_three_times_has_the_order_closed_with_a_mark(office: Office) -> None:
    number = office.answered()
    states = [office.does(office.agent, number, E.NOT_REACHED).state for _ in range(3)]
    assert states == [OrderState.CALLBACK, OrderState.CALLBACK, OrderState.CLOSED]
    assert office.get(number).outcome == "unreached"
    reopened = office.does(office.agent, number, E.REOPEN)
    assert (reopened.state, reopened.closed_at, reopened.outcome) == (OrderState.REOPENED, None, None)


def test_a_wrong_code_is_no_order_at_all(office: Office) -> None:
    number = office.at_work()
    with pytest.raises(NotFound):
        office.contact_does(number, E.URGE, code="000000")
    with pytest.raises(NotFound):
        office.contact_does("TD20200101-0001", E.URGE)
    with pytest.raises(Forbidden):
        office.contact_does(number, E.REPLY)


def test_a_report_is_seen_by_the_access_list_and_by_its_unit_without_the_reporter(office: Office) -> None:
    centre = office.member("report_centre")
    cleared = office.world.seat()
    with office.world.write() as session:
        session.add(
            RestrictedAccess(user_id=cleared.user_id, granted_by=office.boss.user_id, at=office.world.now)
        )
    number = office.opened(
        conversation_id=office.world.conversation(),
        type="violation_report",
        category="涉税举报",
        subcategory="税收违法行为",
        phone_sealed="sealed",
        phone_masked="138****0000",
    )
    for staff in (office.agent, office.boss, office.policy):
        with pytest.raises(NotFound):
            office.seen_by(staff, number)
        with pytest.raises(NotFound), office.world.write() as session:
            orders.show_phone(
                session, number, reason="看看", staff=staff, now=office.world.now, ids=office.world.ids
            )
    office.does(cleared, number, E.ACCEPT)
    with pytest.raises(Invalid):
        office.does(cleared, number, E.DISPATCH, unit="policy")
    office.does(cleared, number, E.DISPATCH)
    assert office.seen_by(cleared, number).order.phone == "138****0000"
    shown = office.seen_by(centre, number).order
    assert (shown.phone, shown.conversation_id) == (None, None)
    with pytest.raises(Forbidden), office.world.write() as session:
        orders.show_phone(
            session, number, reason="看看", staff=centre, now=office.world.now, ids=office.world.ids
        )


def test_the_orders_of_a_conversation_do_not_give_a_reporter_away(office: Office) -> None:
    centre = office.member("report_centre")
    conversation_id = office.world.conversation()
    office.opened(conversation_id=conversation_id, type="integrity")
    with office.world.write() as session:
        session.scalars(select(WorkOrder)).one().unit = "report_centre"
    with office.world.database.read() as session:
        who = order_staff(session, centre)
        assert len(order_views.orders(session, Filter(), who=who, now=office.world.now)) == 1
        about = Filter(conversation_id=conversation_id)
        assert order_views.orders(session, about, who=who, now=office.world.now) == []


def test_time_limits_are_the_narrowest_that_fit() -> None:
    def days(kind: str, category: str, subcategory: str, origin: Origin, region: str | None) -> int:
        return CATALOGUE.limit_for(kind, category, subcategory, origin=origin, region=region).days

    assert days("complaint", "服务投诉", "服务言行", Origin.TAX, None) == 5
    assert days("complaint", "服务投诉", "权益保护", Origin.TAX, None) == 10
    assert days("complaint", "其他", "其他", Origin.GOVERNMENT, "广东省") == 15
    assert days("complaint", "其他", "其他", Origin.TAX, "广东省") == 10
    assert days("consult", "税费政策", "增值税", Origin.GOVERNMENT, "广东省") == 2
    assert days("consult", "税费政策", "增值税", Origin.GOVERNMENT, "浙江省") == 1


def test_an_urgent_order_must_be_signed_within_hours(office: Office) -> None:
    number = office.opened(priority=OrderPriority.URGENT)
    office.does(office.agent, number, E.ACCEPT)
    office.does(office.agent, number, E.DISPATCH)
    assert office.get(number).sign_due_at == office.world.now + timedelta(hours=2)


def test_lights_turn_yellow_at_four_fifths_or_a_day_before_and_red_at_the_end() -> None:
    created = datetime(2026, 11, 16, 10, tzinfo=CHINA)
    due = datetime(2026, 11, 30, 10, tzinfo=CHINA)
    seen = {
        day: light(OrderState.HANDLING, created, due, now=datetime(2026, 11, day, 10, tzinfo=CHINA))
        for day in (17, 26, 27, 28, 29, 30)
    }
    assert seen[17] is seen[26] is Light.GREEN
    assert seen[28] is seen[29] is Light.YELLOW
    assert seen[30] is Light.RED
    assert light(OrderState.REPLIED, created, due, now=due) is None
    short = datetime(2026, 11, 17, 10, tzinfo=CHINA)
    assert light(OrderState.HANDLING, created, short, now=created) is Light.GREEN
    assert light(OrderState.HANDLING, created, short, now=short - timedelta(hours=4)) is Light.YELLOW


def test_a_deadline_warns_once_and_is_missed_once_whoever_looks_and_however_often(office: Office) -> None:
    number = office.at_work()
    assert office.sweep() == 0
    office.world.now = office.get(number).due_at - timedelta(hours=1)
    assert [office.sweep(), office.sweep()] == [1, 0]
    office.world.now = office.get(number).due_at
    assert [office.sweep(), office.sweep()] == [1, 0]
    events = [step.event for step in office.seen_by(office.agent, number).steps]
    assert (events.count("warn"), events.count("miss")) == (1, 1)


def test_12345_is_told_each_status_once(office: Office) -> None:
    number = office.answered(origin=Origin.GOVERNMENT, external_number="SZ-1")
    office.contact_does(number, E.SATISFIED)
    with office.world.database.read() as session:
        told = session.scalars(select(ExternalReport).order_by(ExternalReport.id)).all()
    assert [report.status for report in told] == ["answered", "done"]
    assert told[0].text == "按 3% 减按 1%。"


def test_progress_tells_the_contact_states_but_no_staff(office: Office) -> None:
    number = office.answered()
    with office.world.database.read() as session:
        order = order_commands.find_by_code(session, number, CODE)
        told = order_views.progress(session, order)
    assert [step.state for step in told.steps][-1] is OrderState.CALLBACK
    assert set(told.allowed) == {E.SATISFIED, E.DISSATISFIED, E.WITHDRAW}
    assert office.policy.name not in told.model_dump_json()
