"""A month: its board, its violations, its statements."""

from itertools import islice
from typing import Annotated

from fastapi import Query

from pipeline.export.columns import SCORES, SETTLEMENT, violation_columns
from pipeline.records.person import Role
from pipeline.services.board import BoardRow, closed_board, running_board
from pipeline.services.objects import Json
from pipeline.services.objects.months import line_json
from pipeline.store.closes import known_months
from pipeline.store.ledger import head
from pipeline.store.month_lines import closings, settlement_lines, violations_before
from pipeline.store.policies import find_policy
from pipeline.store.seats import second_calls
from pipeline.store.tables import Did
from pipeline.store.visible import NotThere, visible_vendor
from pipeline.web.api import month_models as models
from pipeline.web.api.answers import DEFAULT_LIMIT, After, Limit, OnlyVendor, page_of, router_of
from pipeline.web.month import closing_of, month_of
from pipeline.web.visit import ApiCallReading, ApiHouseReading, Visit

router = router_of("months")
Revision = Annotated[
    int | None, Query(ge=0, le=10_000, description="A revision of a closed month; default its latest.")
]


@router.get("/months/{month}/board", summary="月度看板", response_model=models.Board)
def api_board(visit: ApiHouseReading, month: str, vendor: OnlyVendor = None, revision: Revision = None) -> Json:
    """Every vendor's projects: calls, faults, rate and score with their 95 % intervals, grade, and what is paid. Of an open month, how it stands."""
    wanted = month_of(month)
    with visit.reading() as session:
        closing = closing_of(closings(session, wanted), _written(revision))
        if closing is not None:
            board = closed_board(session, closing, visit.zone)
        elif wanted in known_months(session) and (policy := find_policy(session, wanted)) is not None:
            board = running_board(session, wanted, policy, visit.zone)
        else:
            raise NotThere(f"{wanted} has no figures")
    return {
        "month": str(wanted),
        "revision": closing.revision if closing else None,
        "policy": closing.policy if closing else None,
        "unpaid": board.unpaid,
        "rows": [_row(row) for row in board.of(vendor).rows],
    }


@router.get(
    "/months/{month}/violations", summary="扣分明细", response_model=models.Lines[models.Violation])  # fmt: skip
def api_violations(
    visit: ApiCallReading, month: str, vendor: OnlyVendor = None, revision: Revision = None, after: After = 0, limit: Limit = DEFAULT_LIMIT
) -> Json:  # fmt: skip
    """The month's violations that stand, in the order of the ledger: as it was closed, or, of an open month, as it stands now. Of a vendor's
    people, their own vendor's.
    """
    wanted, of = month_of(month), _vendor(visit, vendor)
    with visit.reading() as session:
        closing = closing_of(closings(session, wanted), _written(revision))
        if closing is None and wanted not in known_months(session):
            raise NotThere(f"nothing is known of {wanted}")
        end = closing.entry if closing else head(session)[0] + 1
        hidden = second_calls(session, visit.person)
        found = violations_before(session, wanted, end, of, after)
        seen = (one for one in found if (one.posted.entry.vendor, one.posted.entry.call_id) not in hidden)
        lines = [*islice(seen, limit + 1)]
    visit.tell(Did.READ, f"violations {wanted}", "api")
    columns = violation_columns(visit.zone)
    page = page_of([line_json(columns, line) for line in lines], [line.posted.number for line in lines], limit)
    return {"month": str(wanted), "revision": closing.revision if closing else None, **page}


@router.get("/months/{month}/statements", summary="结算单", response_model=models.Statements)
def api_statements(visit: ApiCallReading, month: str, vendor: OnlyVendor = None, revision: Revision = None) -> Json:
    """A closed month's settlement lines; of a vendor's people, their own vendor's."""
    wanted, of = month_of(month), _vendor(visit, vendor)
    with visit.reading() as session:
        closing = closing_of(closings(session, wanted), _written(revision))
        if closing is None:
            raise NotThere(f"{wanted} is not closed")
        lines = [line_json(SETTLEMENT, line) for line in settlement_lines(session, closing, of)]
    visit.tell(Did.READ, f"statements {wanted}", "api")
    return {"month": str(wanted), "revision": closing.revision, "items": lines}


def _row(row: BoardRow) -> Json:
    return {
        "vendor": row.vendor,
        "project": row.project,
        "score": line_json(SCORES, row.score) if row.score else None,
        "statement": line_json(SETTLEMENT, row.paid) if row.paid else None,
        "open_cases": list(row.open_cases),
    }


def _vendor(visit: Visit, vendor: str | None) -> str | None:
    """Whose lines are asked for. Raises NotThere where they are another vendor's."""
    if vendor is not None:
        return visible_vendor(visit.person, vendor)
    return (visit.person.vendor or "") if visit.person.role is Role.VENDOR else None


def _written(revision: int | None) -> str:
    return "" if revision is None else str(revision)
