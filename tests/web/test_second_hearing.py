"""Who judges a call a second time finds nothing of what the first one decided: not by a name, and not in a list."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import insert, select, update

from pipeline.records.entry import EntryKind
from pipeline.store.tables import AssignmentRow, CallRow, EntryRow, Occasion, VerdictRow

from .desk import changes, rows
from .disputed_house import disputed_house, house, store
from .test_api import got, reads

__all__ = ["disputed_house", "house", "reads", "store"]

PERSON = "周主任"


@pytest.fixture
def decided(house):
    """A call of the closed month with a verdict under a finding and its violation: the names that it can be asked for by."""
    query = (
        select(VerdictRow, CallRow, EntryRow)
        .join(CallRow, CallRow.id == VerdictRow.call_pk)
        .join(EntryRow, (EntryRow.vendor == CallRow.vendor) & (EntryRow.call_id == CallRow.call_id))
        .where(EntryRow.kind == EntryKind.VIOLATION, EntryRow.month == "2026-03", VerdictRow.finding_id.is_not(None))
    )
    verdict, call, entry = rows(house, query)[0]
    names = [
        f"verdict {verdict.id}", f"finding {verdict.finding_id}", f"{call.vendor}/{call.call_id}", str(entry.number),
        f"entry {entry.number}",
    ]  # fmt: skip
    return call, names


def assign(house, call, occasion):
    changes(
        house,
        insert(AssignmentRow).values(call_pk=call.id, person=PERSON, occasion=occasion, assigned_at=datetime.now(UTC)),
    )


def listed(client, path):
    return {one["call_id"] for one in got(client, path, limit=200)["items"]}


def test_what_was_decided_has_no_name_for_who_hears_it_a_second_time(as_person, reads, house, decided):
    (call, names), page, program = decided, as_person(PERSON), reads(PERSON)
    assert {program.get("explain", params={"name": name}).status_code for name in names} == {200}
    assign(house, call, Occasion.SECOND)
    for name in names:
        for client, path in ((page, "/explain"), (program, "explain")):
            answer = client.get(path, params={"name": name})
            assert answer.status_code == 404 and "王敏" not in answer.text, name
            nothing = client.get(path, params={"name": "verdict 999"})
            assert nothing.status_code == 404
    assert reads("李主任").get("explain", params={"name": names[0]}).status_code == 200
    assert got(program, "explain", name=f"2026-03/{call.vendor}/{call.project}")["because"], (
        "a month is explained whole"
    )
    changes(house, update(AssignmentRow).where(AssignmentRow.person == PERSON).values(done_at=datetime.now(UTC)))
    assert {page.get("/explain", params={"name": name}).status_code for name in names} == {200}


def test_who_has_the_call_on_the_desk_for_another_reason_reads_it_all(reads, house, decided):
    call, names = decided
    assign(house, call, Occasion.CONTROL)
    assert {reads(PERSON).get("explain", params={"name": name}).status_code for name in names} == {200}


@pytest.mark.parametrize("path", ["entries", "months/2026-03/violations"])
def test_lists_leave_it_out_and_page_on(reads, house, decided, path):
    call, program = decided[0], reads(PERSON)
    before = listed(program, path)
    assign(house, call, Occasion.SECOND)
    assert call.call_id in before and listed(program, path) == before - {call.call_id}
    assert listed(reads("李主任"), path) == before
    found, after = [], 0
    while after is not None:
        part = got(program, path, limit=1, after=after)
        found, after = [*found, *part["items"]], part["next"]
    assert {one["call_id"] for one in found} == before - {call.call_id}
