"""The editor's work: draft, review, publish; nobody approves what he wrote, and nothing written is lost."""

from __future__ import annotations

import pytest
from office import AUTHOR, REVIEWER, Office, content

from common.errors import Conflict, NotFound
from knowledge_base.editing import AuthorIsReviewer, NotPublishable, StaleDraft, find_revision

NEW_ANSWER = "按租金的千分之一。"


def test_a_draft_is_served_only_after_a_second_person_approved_it(office: Office) -> None:
    office.create(content())
    assert office.served() == []
    office.submit()
    assert office.served() == []
    office.approve()
    assert office.served() == [("stamp-lease", 1)]
    assert office.states() == ["published"]
    for action in ("revision.drafted", "revision.submitted", "revision.published"):
        assert office.audited(action) == 1


def test_whoever_had_a_hand_in_a_draft_cannot_approve_it(office: Office) -> None:
    draft = office.create(content(), by="first")
    office.save(content(answer=NEW_ANSWER), base=draft.lock_version, by="second")
    office.submit()
    for author in ("first", "second"):
        with pytest.raises(AuthorIsReviewer):
            office.approve(by=author)
    assert office.served() == []
    office.approve(by="third")
    assert office.served() == [("stamp-lease", 1)]


def test_an_author_cannot_launder_his_text_through_a_rejection(office: Office) -> None:
    office.create(content(), by=AUTHOR)
    office.submit()
    rejected = office.reject()
    office.save(content(matter="优惠"), base=rejected.lock_version, by="helper")
    office.submit()
    with pytest.raises(AuthorIsReviewer):
        office.approve(by=AUTHOR)
    assert office.approve(by=REVIEWER).number == 2


def test_an_author_cannot_launder_his_text_through_a_restoration(office: Office) -> None:
    office.publish(content())
    never_approved = office.save(content(answer=NEW_ANSWER), base=None, by=AUTHOR)
    office.restore(1, by="helper")
    office.restore(never_approved.number, by="helper")
    office.submit()
    with pytest.raises(AuthorIsReviewer):
        office.approve(by=AUTHOR)


def test_who_once_wrote_an_approved_text_may_approve_its_return(office: Office) -> None:
    office.publish(content())
    office.publish(content(answer=NEW_ANSWER))
    office.restore(1, by="helper")
    office.submit()
    assert office.approve(by=AUTHOR).number == 3


def test_of_two_who_opened_the_same_draft_the_second_to_save_is_told(office: Office) -> None:
    opened = office.create(content())
    saved = office.save(content(answer=NEW_ANSWER), base=opened.lock_version, by="quick")
    with pytest.raises(StaleDraft):
        office.save(content(answer="别的"), base=opened.lock_version, by="slow")
    working = office.working()
    assert working is not None
    assert working.content.answer == NEW_ANSWER
    office.save(content(answer="别的"), base=saved.lock_version, by="slow")


def test_of_two_who_begin_a_draft_the_second_is_told(office: Office) -> None:
    office.publish(content())
    office.save(content(answer=NEW_ANSWER), base=None, by="quick")
    with pytest.raises(StaleDraft):
        office.save(content(answer="别的"), base=None, by="slow")


def test_a_draft_that_was_replaced_meanwhile_cannot_be_saved_over_the_new_one(office: Office) -> None:
    office.publish(content())
    opened = office.save(content(answer=NEW_ANSWER), base=None)
    office.restore(1, by="helper")
    with pytest.raises(StaleDraft):
        office.save(content(answer="别的"), base=opened.lock_version)


def test_what_was_submitted_cannot_be_changed_until_it_is_sent_back(office: Office) -> None:
    draft = office.create(content())
    office.submit()
    with pytest.raises(Conflict):
        office.save(content(answer=NEW_ANSWER), base=draft.lock_version)
    with pytest.raises(Conflict):
        office.restore(1)
    office.reject()
    assert office.save(content(answer=NEW_ANSWER), base=draft.lock_version).state == "draft"


def test_a_reviewer_approves_only_what_was_read(office: Office) -> None:
    draft = office.create(content())
    read = office.submit().lock_version
    rejected = office.reject()
    office.save(content(answer=NEW_ANSWER), base=rejected.lock_version)
    office.submit()
    with pytest.raises(StaleDraft):
        office.approve(base=read)
    assert office.served() == []
    assert draft.number == 1


def test_what_was_rejected_stays_as_it_was_judged(office: Office) -> None:
    office.create(content())
    office.submit()
    rejected = office.reject(note="税率请核对")
    office.save(content(answer=NEW_ANSWER), base=rejected.lock_version)
    assert office.states() == ["rejected", "draft"]
    with office.database.read() as session:
        kept = find_revision(session, "stamp-lease", 1)
        assert (kept.content.answer, kept.note) == (content().answer, "税率请核对")


def test_a_rejected_text_can_be_submitted_once_more(office: Office) -> None:
    office.create(content())
    office.submit()
    office.reject()
    office.submit()
    assert office.states() == ["rejected", "in_review"]
    assert office.approve().number == 2


def test_the_text_of_a_published_revision_never_changes(office: Office) -> None:
    office.publish(content())
    office.save(content(answer=NEW_ANSWER), base=None)
    with office.database.read() as session:
        assert find_revision(session, "stamp-lease", 1).content == content()


def test_an_earlier_text_comes_back_as_a_new_revision(office: Office) -> None:
    office.publish(content())
    office.publish(content(answer=NEW_ANSWER))
    restored = office.restore(1)
    assert (restored.number, restored.content) == (3, content())
    office.submit()
    office.approve()
    assert office.served() == [("stamp-lease", 3)]
    assert office.states() == ["replaced", "replaced", "published"]


def test_restoring_keeps_the_open_draft_in_the_history(office: Office) -> None:
    office.publish(content())
    office.save(content(answer=NEW_ANSWER), base=None)
    office.restore(1)
    assert office.states() == ["published", "replaced", "draft"]
    assert office.restore(2).content.answer == NEW_ANSWER


def test_what_lacks_its_basis_is_published_only_where_the_setting_allows_it(office: Office) -> None:
    office.create(content(citations=[], effective_from=None))
    with pytest.raises(NotPublishable) as refused:
        office.submit()
    assert refused.value.problems == ["缺少依据：至少引用一份文件", "缺少生效日期"]
    office.submit(strict=False)
    with pytest.raises(NotPublishable):
        office.approve()
    office.approve(strict=False)
    assert office.served() == [("stamp-lease", 1)]


def test_steps_that_the_state_does_not_allow_are_refused(office: Office) -> None:
    office.create(content())
    for step in (office.approve, office.reject):
        with pytest.raises(Conflict):
            step()
    office.submit()
    with pytest.raises(Conflict):
        office.submit()
    office.approve()
    for step in (office.approve, office.reject, office.submit):
        with pytest.raises(Conflict):
            step()


def test_what_is_not_there_is_not_found(office: Office) -> None:
    for step in (office.submit, office.approve, office.reject):
        with pytest.raises(NotFound):
            step()
    with pytest.raises(NotFound):
        office.save(content(), base=None)
    office.create(content())
    with pytest.raises(NotFound):
        office.restore(7)
    with pytest.raises(NotFound):
        office.withdraw()


def test_an_id_belongs_to_one_entry(office: Office) -> None:
    office.create(content())
    with pytest.raises(Conflict):
        office.create(content(question="另一个问题"))
