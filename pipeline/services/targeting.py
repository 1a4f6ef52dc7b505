"""Drawing a named call on purpose (定向抽检), by a supervisor who says why.

    with writing(engine) as session:
        draw_on_purpose(session, call, "客户投诉被强行开通", supervisor, policy.version, now)

The next night hears it like any other. What is found in it is reviewed and counts as a fault; it has the probability 0/1, "none", so that it
weighs in no rate and no score: who listens where he expects the worst learns nothing about the rest.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from pipeline.errors import StoreError, UsageError
from pipeline.records.draw import Draw, FrameCall
from pipeline.records.person import Person
from pipeline.review.rights import Act, refuse_role
from pipeline.sampling.draw import make_targeted_draw
from pipeline.store.call_file import subject_of
from pipeline.store.draws import save_targeted
from pipeline.store.engine import lock_against_writers
from pipeline.store.events import record_event
from pipeline.store.tables import CallRow, Did, DrawRow, TargetedDrawRow
from pipeline.store.targets import why_not

LONGEST_REASON = 400


def draw_on_purpose(
    session: Session, call: CallRow, reason: str, person: Person, policy_version: str, now: datetime
) -> Draw:
    """Draw a call and lay out its work. Raises StoreError where the person or the call may not, UsageError without a reason."""
    refuse_role(person, Act.DRAW_ON_PURPOSE)
    if not 1 <= len(reason.strip()) <= LONGEST_REASON:
        raise UsageError(f"say why the call is drawn, in 1 to {LONGEST_REASON} characters")
    # Two at once would both find it undrawn.
    lock_against_writers(session, DrawRow.__tablename__)
    session.refresh(call)
    if (refused := why_not(session, call)) is not None:
        raise StoreError(f"call {call.call_id} of {call.vendor} {refused.value}; nothing was drawn")
    frame = [FrameCall(call.call_id, call.agent, call.outcome, call.duration_ms)]
    draw = make_targeted_draw(call.vendor, call.project, call.day, frame, policy_version, now)
    save_targeted(session, draw)
    session.add(TargetedDrawRow(draw_id=draw.draw_id, reason=reason.strip(), person=person.name))
    said = f"drawn on purpose: {reason.strip()}"
    record_event(session, person, Did.CHANGED, subject_of(call), now, said)
    return draw
