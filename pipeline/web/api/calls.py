"""Calls, one call with all that was found in it, and what people decided."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated

from fastapi import Depends, Query
from sqlalchemy.orm import Session

from pipeline.records.call import CallState, Outcome
from pipeline.records.finding import Finding
from pipeline.records.inspection import Inspection
from pipeline.records.month import Month
from pipeline.records.person import Person, Role
from pipeline.services.drawing import policy_of
from pipeline.services.objects import Json
from pipeline.services.objects.calls import call_json, recording_json
from pipeline.services.objects.inspection import inspection_json
from pipeline.services.objects.review import verdict_json
from pipeline.services.said import what_is_said
from pipeline.store.call_file import CallFile, call_file
from pipeline.store.policies import find_policy
from pipeline.store.read_side import CallFilter, listed_calls, listed_verdicts
from pipeline.store.seats import take_seat
from pipeline.store.tables import Did
from pipeline.store.verdicts import Verdict
from pipeline.store.violations import said_in
from pipeline.store.visible import visible_call
from pipeline.text.masking import mask, mask_within
from pipeline.web.api import call_models as models
from pipeline.web.api.answers import (
    DEFAULT_LIMIT,
    Before,
    Limit,
    OnlyProject,
    OnlyVendor,
    Page,
    page_of,
    router_of,
)
from pipeline.web.call_context import is_unmasked
from pipeline.web.call_view import Masking, masked_turns, masking, seen_by, told_findings
from pipeline.web.month import month_of
from pipeline.web.numbers import InPath
from pipeline.web.visit import ApiCallReading, Visit

router = router_of("calls")


@dataclass(frozen=True, slots=True)
class Asked:
    """Which calls; both days are included."""

    vendor: OnlyVendor = None
    project: OnlyProject = None
    agent: Annotated[str | None, Query(description="Only this agent's.")] = None
    call_id: Annotated[str | None, Query(description="The call's number at its vendor.")] = None
    state: Annotated[CallState | None, Query(description="Only calls that stand there.")] = None
    outcome: Annotated[Outcome | None, Query(description="Only calls that ended so, as the vendor says.")] = None
    first: Annotated[date | None, Query(description="From this day on.")] = None
    last: Annotated[date | None, Query(description="Until this day.")] = None

    @property
    def which(self) -> CallFilter:
        """The same for the store."""
        return CallFilter(
            self.vendor, self.project, self.agent, self.call_id, self.state, self.outcome, self.first, self.last
        )


@router.get("/calls", summary="通话列表", response_model=Page[models.Call])
def api_calls(
    visit: ApiCallReading, asked: Annotated[Asked, Depends()], before: Before = None, limit: Limit = DEFAULT_LIMIT
) -> Json:
    """Calls, the latest registered first. Customers' numbers are masked."""
    with visit.reading() as session:
        found = listed_calls(session, visit.person, asked.which, before=before, limit=limit + 1)
        rows = [call_json(one, mask(one.customer_number)) for one in found]
    return page_of(rows, [one.id for one in found], limit)


@router.get("/calls/{call_pk}", summary="一通通话", response_model=models.CallFile)
def api_call(visit: ApiCallReading, call_pk: InPath) -> Json:
    """A call with its recording, transcript, findings, script and tone, as `callqa inspect --json` has them. That it was read is on record.

    Personal data is masked, unless the person has unmasked the call at its page within a quarter of an hour. A vendor's people see the findings
    that count against them.
    """
    with visit.reading() as session:
        call = visible_call(session, visit.person, call_pk)
        file = call_file(session, call)
        unmasked = is_unmasked(session, visit, file)
        shown = masking(file, unmasked=unmasked)
        inspection, numbers = _inspection(session, visit, file, shown, unmasked=unmasked)
        answer = {
            **call_json(call, call.customer_number if unmasked else mask(call.customer_number)),
            "recording": recording_json(file.recording) if file.recording else None,
            "reasons": [{"reason": reason, "detail": shown(detail)} for reason, detail in file.reasons],
            "inspection": inspection_json(inspection) if inspection else None,
            "inspected_at": file.inspected_at.isoformat() if file.inspected_at else None,
            "finding_numbers": numbers,
        }
    visit.tell(Did.READ, file.subject, "api")
    return answer


@router.get("/verdicts", summary="复核判定", response_model=Page[models.Verdict])
def api_verdicts(
    visit: ApiCallReading,
    month: Annotated[str | None, Query(description="Of the calls of this month, as 2026-03.")] = None,
    vendor: OnlyVendor = None,
    project: OnlyProject = None,
    call: Annotated[int | None, Query(ge=1, le=2**63 - 1, description="Of this call only.")] = None,
    before: Before = None,
    limit: Limit = DEFAULT_LIMIT,
) -> Json:
    """The verdicts that stand, the latest first. A vendor's people see those that say there is a fault, without who decided and what he noted."""
    wanted = month_of(month) if month else None
    with visit.reading() as session:
        found = listed_verdicts(
            session, visit.person, month=wanted, vendor=vendor, project=project, call_pk=call, before=before, limit=limit + 1
        )  # fmt: skip
        said = said_in(session, {one.inspection_id for one in found if one.inspection_id is not None})
    return page_of([_verdict(one, visit.person, said) for one in found], [one.verdict_id for one in found], limit)


def _inspection(
    session: Session, visit: Visit, file: CallFile, shown: Masking, *, unmasked: bool
) -> tuple[Inspection | None, list[int]]:
    """The inspection as the person may see it, and the numbers of its findings."""
    if file.inspection is None:
        return None, []
    policy = find_policy(session, Month.of(file.day)) or policy_of(visit.settings)
    said = seen_by(what_is_said(session, take_seat(session, file.call_pk, visit.person), file.findings), visit.person)
    told = {one.finding_id: one.finding for one in told_findings(file, said, visit.person, policy)}
    numbers = {one.finding: one.finding_id for one in file.findings if one.finding_id in told}
    shown_numbers = [numbers[one] for one in file.inspection.findings if one in numbers]
    texts = [turn.text for turn in file.inspection.turns] if unmasked else masked_turns(file.inspection.turns)
    turns = [replace(turn, text=text, words=()) for turn, text in zip(file.inspection.turns, texts, strict=True)]
    inspection = replace(
        file.inspection,
        turns=tuple(turns),
        findings=tuple(_finding(told[number], shown) for number in shown_numbers),
        script=tuple(replace(one, text=shown(one.text)) for one in file.inspection.script),
    )
    return inspection, shown_numbers


def _finding(one: Finding, shown: Masking) -> Finding:
    return replace(one, text=shown(one.text), matched=shown(one.matched), explanation=shown(one.explanation))


def _verdict(one: Verdict, person: Person, said: Mapping[int, Sequence[str]]) -> Json:
    wholes = said.get(one.inspection_id or 0, ())
    answer = {
        **verdict_json(one),
        "words": mask_within(one.charge.words, wholes),
        "note": mask_within(one.note, wholes),
    }
    if person.role is Role.VENDOR:
        answer |= {"note": None, "person": None}
    return answer
