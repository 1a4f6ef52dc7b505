"""Vendors, what the machine did, and who asks."""

from pipeline.errors import CallqaError
from pipeline.ledger.admission import missing_of
from pipeline.ledger.vendors import vendor_on
from pipeline.ledger.yearly_check import yearly_check
from pipeline.records.month import Month
from pipeline.services.objects import Json
from pipeline.services.objects.runs import run_json
from pipeline.services.objects.vendors import check_json, vendor_json
from pipeline.store.facts import all_facts, facts_of, known_vendor
from pipeline.store.policies import policy_for
from pipeline.store.runs import latest_runs
from pipeline.store.tables import Did
from pipeline.store.visible import NotThere
from pipeline.web.api import house_models as models
from pipeline.web.api.answers import DEFAULT_LIMIT, Before, Limit, Page, page_of, router_of
from pipeline.web.visit import ApiAnybody, ApiHouseReading, ApiRunsReading

router = router_of("house")


@router.get("/me", summary="令牌属于谁", response_model=models.Me)
def api_me(visit: ApiAnybody) -> Json:
    """Whose token it is."""
    return {"name": visit.person.name, "role": visit.person.role.value, "vendor": visit.person.vendor}


@router.get("/vendors", summary="外呼公司列表", response_model=models.Vendors)
def api_vendors(visit: ApiHouseReading) -> Json:
    """All vendors as they are known today, and what each lacks, as `callqa vendor list --json` has them."""
    with visit.reading() as session:
        registry = policy_for(session, Month.of(visit.today)).registry
        known = [vendor_on(name, facts, visit.today) for name, facts in all_facts(session).items()]
    return {"items": [vendor_json(one, missing_of(one, registry)) for one in known]}


@router.get("/vendors/{name:path}", summary="一家外呼公司", response_model=models.VendorFile)
def api_vendor(visit: ApiHouseReading, name: str) -> Json:
    """One vendor with its yearly check, as `callqa vendor show --json` has it."""
    with visit.reading() as session:
        registry = policy_for(session, Month.of(visit.today)).registry
        try:
            shown = known_vendor(session, name, visit.today)
        except CallqaError as error:
            raise NotThere(str(error)) from error
        check = yearly_check(name, facts_of(session, name), visit.today.year, visit.today, registry)
    visit.tell(Did.READ, f"vendor {name}", "api")
    return {**vendor_json(shown, missing_of(shown, registry)), "yearly_check": check_json(check)}


@router.get("/runs", summary="机器的运行", response_model=Page[models.Run])
def api_runs(visit: ApiRunsReading, before: Before = None, limit: Limit = DEFAULT_LIMIT) -> Json:
    """What the machine did, the latest first: counts, and the seconds of its stages."""
    with visit.reading() as session:
        found = latest_runs(session, limit + 1, before)
    return page_of([run_json(one) for one in found], [one.run_id for one in found], limit)
