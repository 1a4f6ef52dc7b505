"""Whose turn it is in an exit case, and what each may do: asked of the desk as pages ask it, and held against what the desk then takes."""

import pytest

from pipeline.errors import StoreError
from pipeline.records.person import Role
from pipeline.services.case_book import CaseBook
from pipeline.services.cases import open_what_is_due
from pipeline.services.docket import Act, Waiting, acts_of, case_file, case_files, evidence_of, warning_counts
from pipeline.services.exiting import Desk
from pipeline.store.engine import reading, writing
from pipeline.store.facts import record_fact
from pipeline.store.ledger import post
from pipeline.store.visible import NotThere
from tests.heard import CHIEF, HUASHENG, MARKETING, REVIEWER, SUPERVISOR, at, in_force
from tests.known import EXCLUSIVE, facts
from tests.ledger.text import ZONE, entries

EVERYBODY = (SUPERVISOR, MARKETING, CHIEF, REVIEWER, HUASHENG)
NOW = at("2026-03-20")
BREACHES = "\n".join(
    f"2026-03-1{n} violation 华声 {project} call {project} phrase.insult fatal by 王敏/reviewer [{project}]"
    for n, project in enumerate(("survey", "养老关怀", "回访"))
)


@pytest.fixture
def engine(engine):
    """A vendor with three confirmed breaches, whose exit case is open."""
    in_force(engine)
    with writing(engine) as session:
        for fact in facts(
            f"{EXCLUSIVE}华声 admitted survey 2026-01-01\n华声 qualification exclusive 2026-01-01..2027-12-31"
        ):
            record_fact(session, fact)
        post(session, entries(BREACHES))
        open_what_is_due(session, NOW, zone=ZONE)
    return engine


@pytest.fixture
def number(engine):
    """The case's."""
    with reading(engine) as session:
        book = CaseBook(session, NOW, ZONE)
        (file,) = case_files(book, SUPERVISOR, {"华声": book.history("华声")})
        return file.case.number


def file_of(engine, number, person):
    with reading(engine) as session:
        return case_file(CaseBook(session, NOW, ZONE), number, person)


def may(engine, number):
    return {one.name: file_of(engine, number, one).may for one in EVERYBODY}


def act(engine, person, do):
    with writing(engine) as session:
        do(Desk(session, person, NOW, ZONE))


def test_it_goes_from_hand_to_hand(engine, number):
    """The suspension, three approvals in their order, the checklist, the exit."""
    turns = []
    steps = [
        (SUPERVISOR, lambda desk: desk.record_suspension(number, "")),
        (SUPERVISOR, lambda desk: desk.approve(number, "")),
        (MARKETING, lambda desk: desk.approve(number, "")),
        (CHIEF, lambda desk: desk.approve(number, "")),
    ]
    for person, do in steps:
        file = file_of(engine, number, SUPERVISOR)
        turns.append((file.waits_for, file.next_role))
        mine = [one.name for one in EVERYBODY if file_of(engine, number, one).is_mine]
        assert mine == [person.name]
        act(engine, person, do)
    assert turns == [
        (Waiting.SUSPENSION, Role.SUPERVISOR),
        (Waiting.APPROVAL, Role.SUPERVISOR),
        (Waiting.APPROVAL, Role.MARKETING),
        (Waiting.APPROVAL, Role.VICE_PRESIDENT),
    ]
    for item in file_of(engine, number, SUPERVISOR).missing:
        assert file_of(engine, number, REVIEWER).waits_for is Waiting.HANDOVER
        act(engine, REVIEWER, lambda desk, item=item: desk.hand_over(number, item, ""))
    assert file_of(engine, number, SUPERVISOR).waits_for is Waiting.CLOSING
    act(engine, SUPERVISOR, lambda desk: desk.close(number, ""))
    over = file_of(engine, number, SUPERVISOR)
    assert (over.waits_for, over.may) == (Waiting.NOTHING, frozenset())


def test_what_somebody_may_the_desk_takes_and_nothing_else(engine, number):
    """Every person and every act, at the beginning: allowed is what is not refused."""
    tries = {
        Act.SUSPEND: lambda desk: desk.record_suspension(number, ""),
        Act.APPROVE: lambda desk: desk.approve(number, ""),
        Act.HAND_OVER: lambda desk: desk.hand_over(number, "录音及清单", ""),
        Act.CLOSE: lambda desk: desk.close(number, ""),
        Act.DROP: lambda desk: desk.drop(number, "误立"),
    }
    act(engine, SUPERVISOR, tries[Act.SUSPEND])
    for person in EVERYBODY:
        taken = set()
        for what, do in tries.items():
            try:
                with writing(engine) as session:
                    do(Desk(session, person, NOW, ZONE))
                    session.rollback()
                taken.add(what)
            except StoreError:
                pass
        assert file_of(engine, number, person).may == taken, person.name


def test_what_no_longer_stands_can_only_be_dropped(engine, number):
    act(engine, SUPERVISOR, lambda desk: desk.record_suspension(number, ""))
    act(engine, SUPERVISOR, lambda desk: desk.approve(number, ""))
    with reading(engine) as session:
        book = CaseBook(session, NOW, ZONE)
        case, _ = book.case(number)
        assert [one.number for one in evidence_of(book, case)] == list(case.evidence)
    act(engine, SUPERVISOR, lambda desk: desk.void_warning(case.evidence[0], "申诉成立"))
    file = file_of(engine, number, SUPERVISOR)
    assert (file.fallen, file.waits_for, file.is_mine) == (True, Waiting.DROPPING, True)
    assert Act.APPROVE not in file.may


def test_all_that_was_done_is_told_in_its_order(engine, number):
    act(engine, SUPERVISOR, lambda desk: desk.record_suspension(number, "停"))
    act(engine, SUPERVISOR, lambda desk: desk.hand_over(number, "录音及清单", ""))
    with reading(engine) as session:
        book = CaseBook(session, NOW, ZONE)
        told = [one.entry.kind.value for one in acts_of(book, book.case(number)[0])]
    assert told == ["exit_opened", "suspended", "suspended", "handover"]


def test_warnings_are_counted_against_what_ends_the_cooperation(engine):
    with reading(engine) as session:
        book = CaseBook(session, NOW, ZONE)
        (count,) = warning_counts(book, {"华声": book.history("华声"), "远达": book.history("远达")})
    assert (count.vendor, count.in_term, count.to_exit, count.in_year) == ("华声", 3, 3, 3)
    assert (count.exclusive_a_year, count.is_suspended) == (2, True)


def test_what_is_no_case_is_not_there(engine, number):
    for wrong in (1, number + 1, 9_999):
        with pytest.raises(NotThere):
            file_of(engine, wrong, SUPERVISOR)
