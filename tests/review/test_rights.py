import pytest

from pipeline.errors import StoreError
from pipeline.records.person import Person, Role
from pipeline.review.rights import ROLES, Act, refuse_again, refuse_role, refuse_stranger

PEOPLE = {role: Person(f"{role.value}甲", role, "华声" if role is Role.VENDOR else None) for role in Role}
MAY = {
    Act.REVIEW: {Role.REVIEWER, Role.SUPERVISOR},
    Act.REVISE: {Role.SUPERVISOR},
    Act.APPEAL: {Role.VENDOR},
    Act.DECIDE_APPEAL: {Role.SUPERVISOR},
    Act.RECORD_COMPLAINT: {Role.REVIEWER, Role.SUPERVISOR},
    Act.ANSWER_COMPLAINT: {Role.VENDOR},
    Act.DECIDE_COMPLAINT: {Role.SUPERVISOR},
    Act.CHECK_NUMBER: {Role.REVIEWER, Role.SUPERVISOR},
    Act.CHECK_PROJECT: {Role.REVIEWER, Role.SUPERVISOR},
    Act.REPORT_RECTIFICATION: {Role.VENDOR},
    Act.DRAW_ON_PURPOSE: {Role.SUPERVISOR},
    Act.WITHDRAW: {Role.SUPERVISOR},
}


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("act", Act)
def test_every_act_is_for_its_roles_alone(act, role):
    if role in MAY[act]:
        refuse_role(PEOPLE[role], act)
        return
    with pytest.raises(StoreError, match=f"is {role.value} and cannot {act.value}; "):
        refuse_role(PEOPLE[role], act)


def test_every_act_has_roles():
    assert set(ROLES) == set(Act)


def test_a_vendors_person_speaks_for_his_vendor_alone():
    refuse_stranger(PEOPLE[Role.VENDOR], Act.APPEAL, "华声")
    with pytest.raises(StoreError, match="is of '华声' and cannot appeal against a verdict about '远达'"):
        refuse_stranger(PEOPLE[Role.VENDOR], Act.APPEAL, "远达")
    with pytest.raises(StoreError, match="is supervisor and cannot appeal"):
        refuse_stranger(PEOPLE[Role.SUPERVISOR], Act.APPEAL, "华声")


def test_two_steps_take_two_people_of_the_right_role():
    person = PEOPLE[Role.SUPERVISOR]
    refuse_again(person, Act.REVISE, ["王敏"], "verdict 7")
    with pytest.raises(StoreError, match="cannot revise a verdict: verdict 7 is his own"):
        refuse_again(person, Act.REVISE, ["王敏", person.name], "verdict 7")
    with pytest.raises(StoreError, match="is reviewer and cannot revise"):
        refuse_again(PEOPLE[Role.REVIEWER], Act.REVISE, [], "verdict 7")
