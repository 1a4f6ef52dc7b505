"""Opening the store, and draws that are due: once per vendor × project × day, whoever asks and however often."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from sqlalchemy import Engine

from pipeline.errors import StaleLease
from pipeline.ledger.grades import grade_in_force
from pipeline.policy.policy import Policy, load_policy
from pipeline.records.draw import Draw
from pipeline.records.entry import EntryKind
from pipeline.records.month import Month
from pipeline.sampling.draw import commit_to, make_draw, new_seed
from pipeline.sampling.plan import inspected_months, plan_night
from pipeline.settings import Settings
from pipeline.store.drawn import calendar_seed, formal_count
from pipeline.store.draws import complete_draw, frame, open_draw
from pipeline.store.engine import open_engine, reading, writing
from pipeline.store.ledger import entries
from pipeline.store.nights import Night, missed_nights
from pipeline.store.policies import find_policy
from pipeline.store.schema import check_current


def open_store(settings: Settings) -> Engine:
    """The installation's database, of this version's shape. Raises StoreError."""
    engine = open_engine(settings.database_url)
    check_current(engine)
    return engine


def policy_of(settings: Settings) -> Policy:
    """The policy in force."""
    return load_policy(settings.lexicons_path / "policy.toml")


def yesterday(settings: Settings) -> date:
    """The latest day that is over in the configured zone."""
    return datetime.now(UTC).astimezone(ZoneInfo(settings.timezone)).date() - timedelta(days=1)


def draw_due(settings: Settings, engine: Engine, until: date, seed: str | None = None) -> list[Draw]:
    """Draw every night up to a day that has not been drawn. `seed` is for simulated and test runs; else the system gives one."""
    with reading(engine) as session:
        nights = missed_nights(session, until, policy_of(settings).sampling.late_wait_days)
    draws: list[Draw] = []
    for (day, vendor), group in groupby(nights, key=lambda night: (night.day, night.vendor)):
        policy = policy_on(settings, engine, day)
        draws += _draw_vendor(engine, policy, day, vendor, tuple(group), seed)
    return draws


def policy_on(settings: Settings, engine: Engine, day: date) -> Policy:
    """The approved version of the day's month (P-11); where none is in force yet, the file as it lies there: calls are heard all the same."""
    with reading(engine) as session:
        approved = find_policy(session, Month.of(day))
    return policy_of(settings) if approved is None else approved


def _draw_vendor(
    engine: Engine, policy: Policy, day: date, vendor: str, nights: Sequence[Night], seed: str | None
) -> Iterator[Draw]:
    now = datetime.now(UTC)
    with writing(engine) as session:
        secret = calendar_seed(session, vendor, day.year, new_seed(), now)
        sizes = {night.project: len(frame(session, vendor, night.project, day)) for night in nights}
        formal = formal_count(session, vendor, day.year, day.month)
        grades = entries(session, vendor=vendor, kinds=(EntryKind.GRADE,))
        months = inspected_months(policy, vendor, day.year, grade_in_force(grades, Month.of(day), policy), secret)
    for project, plan in plan_night(policy, day, sizes, formal, inspected=day.month in months).items():
        chosen = new_seed() if seed is None else f"{seed}/{vendor}/{project}/{day.isoformat()}"
        with writing(engine) as session:
            opened = open_draw(session, vendor, project, day, plan, commit_to(chosen), now)
        if opened is None:
            continue
        draw = make_draw(vendor, project, day, opened.calls, plan, chosen, now)
        try:
            with writing(engine) as session:
                complete_draw(session, draw)
        except StaleLease:
            continue  # another run at the same time has made this draw
        yield draw
