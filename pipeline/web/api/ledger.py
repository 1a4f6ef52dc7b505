"""The ledger: its entries, why a figure is what it is, and warnings."""

from itertools import islice
from typing import Annotated

from fastapi import Query

from pipeline.errors import DataError, StoreError
from pipeline.records.entry import EntryKind
from pipeline.records.person import Role
from pipeline.services.explained_english import English
from pipeline.services.explaining import MOST_CALLS, Explainer
from pipeline.services.objects import Json
from pipeline.services.objects.ledger import entry_json
from pipeline.services.objects.warnings import warned, warnings_json
from pipeline.store.ledger import entries
from pipeline.store.seats import second_calls
from pipeline.store.tables import Did
from pipeline.store.visible import visible_vendor
from pipeline.web.api import ledger_models as models
from pipeline.web.api.answers import (
    DEFAULT_LIMIT,
    After,
    Limit,
    OnlyProject,
    OnlyVendor,
    Page,
    page_of,
    router_of,
)
from pipeline.web.explanations import explained, scoped
from pipeline.web.month import month_of
from pipeline.web.refusals import NothingKnown
from pipeline.web.visit import ApiCallReading, ApiHouseReading

router = router_of("ledger")


@router.get("/entries", summary="账目", response_model=Page[models.Entry])
def api_entries(
    visit: ApiHouseReading,
    month: Annotated[str | None, Query(description="The month in which they count, as 2026-03.")] = None,
    vendor: OnlyVendor = None,
    project: OnlyProject = None,
    kind: Annotated[list[EntryKind] | None, Query(description="May be given several times.")] = None,
    after: After = 0,
    limit: Limit = DEFAULT_LIMIT,
) -> Json:
    """Entries in their order, as `callqa ledger list --json` has them."""
    wanted = month_of(month) if month else None
    with visit.reading() as session:
        found = entries(session, month=wanted, vendor=vendor, project=project, kinds=kind or None, after=after)
        hidden = second_calls(session, visit.person)
        seen = (one for one in found if (one.entry.vendor, one.entry.call_id) not in hidden)
        shown = [*islice(seen, limit + 1)]
    return page_of([entry_json(one) for one in shown], [one.number for one in shown], limit)


@router.get("/explain", summary="数字的由来", response_model=models.Reason)
def api_explain(
    visit: ApiCallReading,
    name: Annotated[
        str,
        Query(
            min_length=1, max_length=400,
            description="17 · JS-202603-0002 · 2026-03/VENDOR/PROJECT · VENDOR/CALL · verdict 7 · finding 12",
        ),
    ],
    calls: Annotated[int, Query(ge=1, le=1000, description="So many calls of a month, the worst first.")] = MOST_CALLS,
) -> Json:  # fmt: skip
    """Why a figure, an entry, a warning or a case is what it is, as `callqa explain --json` says it. A vendor's people ask for their statements."""
    wanted = name.strip()
    to_vendor = visit.person.role is Role.VENDOR
    words = English(visit.zone, with_names=not to_vendor)
    with visit.reading() as session:
        scoped(session, visit, wanted)
        try:
            explainer = Explainer(session, calls, visit.zone, words, to_vendor=to_vendor)
            reason = explained(session, visit, wanted, explainer)
        except (DataError, StoreError) as error:
            raise NothingKnown(str(error)) from error
    visit.tell(Did.READ, f"explanation {wanted}", "api")
    return reason.as_json()


@router.get("/warnings", summary="警告", response_model=models.Warnings)
def api_warnings(visit: ApiCallReading, vendor: OnlyVendor = None) -> Json:
    """Every warning, and how many stand against each vendor, as `callqa warning list --json` has them. Of a vendor's people, their own vendor's."""
    own = visit.person.vendor or "" if visit.person.role is Role.VENDOR else None
    of = visible_vendor(visit.person, vendor) if vendor is not None else own
    with visit.reading() as session:
        return warnings_json(*warned(session, visit.today, visit.zone, of))
