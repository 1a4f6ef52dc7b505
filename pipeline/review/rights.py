"""Who may decide what: roles, and that nobody decides about himself.

王敏, reviewer      confirms finding 12                           verdict 7
王敏, reviewer      revises verdict 7                             refused: a supervisor does
李主任, supervisor  revises verdict 7                             verdict 9
李主任, supervisor  decides an appeal against verdict 9           refused: verdict 9 is his own
华声外呼's person   appeals against a verdict about 远达呼叫      refused: not his vendor's
"""

from collections.abc import Collection
from enum import StrEnum

from pipeline.errors import StoreError
from pipeline.records.person import Person, Role

_CENTRE = (Role.REVIEWER, Role.SUPERVISOR)


class Act(StrEnum):
    """What takes a right, as a refusal says it."""

    REVIEW = "decide about a finding"
    REVISE = "revise a verdict"
    APPEAL = "appeal against a verdict"
    DECIDE_APPEAL = "decide an appeal"
    RECORD_COMPLAINT = "record a complaint"
    ANSWER_COMPLAINT = "answer a complaint"
    DECIDE_COMPLAINT = "decide a complaint"
    CHECK_NUMBER = "record a number check"
    CHECK_PROJECT = "record a project check"
    REPORT_RECTIFICATION = "report on a rectification"
    DRAW_ON_PURPOSE = "draw a call on purpose"
    WITHDRAW = "withdraw a call"


ROLES = {
    Act.REVIEW: _CENTRE,
    Act.REVISE: (Role.SUPERVISOR,),
    Act.APPEAL: (Role.VENDOR,),
    Act.DECIDE_APPEAL: (Role.SUPERVISOR,),
    Act.RECORD_COMPLAINT: _CENTRE,
    Act.ANSWER_COMPLAINT: (Role.VENDOR,),
    Act.DECIDE_COMPLAINT: (Role.SUPERVISOR,),
    Act.CHECK_NUMBER: _CENTRE,
    Act.CHECK_PROJECT: _CENTRE,
    Act.REPORT_RECTIFICATION: (Role.VENDOR,),
    Act.DRAW_ON_PURPOSE: (Role.SUPERVISOR,),
    Act.WITHDRAW: (Role.SUPERVISOR,),
}


class NoRight(StoreError):
    """The person's role is none of those that can do `what`."""

    def __init__(self, person: Person, allowed: Collection[Role], what: str) -> None:
        roles = " or ".join(role.value for role in allowed)
        super().__init__(f"user {person.name!r} is {person.role.value} and cannot {what}; {roles} can")
        self.person, self.what = person, what


class OwnHand(StoreError):
    """The person had a hand in `what` already."""

    def __init__(self, person: Person, act: Act, what: str) -> None:
        super().__init__(f"user {person.name!r} cannot {act.value}: {what} is his own; somebody else must")
        self.person, self.act, self.what = person, act, what


def refuse_role(person: Person, act: Act) -> None:
    """Raise NoRight where the person's role gives no right to it."""
    refuse_others(person, ROLES[act], act.value)


def refuse_others(person: Person, allowed: Collection[Role], what: str) -> None:
    """Raise NoRight where the person's role is none of those that can do `what`."""
    if person.role not in allowed:
        raise NoRight(person, allowed, what)


def refuse_stranger(person: Person, act: Act, vendor: str) -> None:
    """Raise StoreError where a vendor's person speaks for another vendor, or somebody else for any."""
    refuse_role(person, act)
    if person.vendor != vendor:
        raise StoreError(f"user {person.name!r} is of {person.vendor!r} and cannot {act.value} about {vendor!r}")


def refuse_again(person: Person, act: Act, earlier: Collection[str], what: str) -> None:
    """Raise OwnHand where the person had a hand in `what` already: two steps take two people."""
    refuse_role(person, act)
    if person.name in earlier:
        raise OwnHand(person, act, what)
