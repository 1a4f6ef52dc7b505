"""The month board: every vendor's project in a month, what it scored, what it is paid, and what hangs on it.

    华声外呼  win-back   60.00 (60.00-60.00)   rate 33 %   grade 3   3 warnings   case 24   factor 80 %   57.88 yuan

Of a closed month it is what was written; of an open one what a close would say now, as far as it can be said.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from pipeline.errors import DataError
from pipeline.export.columns import SCORES, SETTLEMENT, Column
from pipeline.policy.policy import Policy
from pipeline.records.closed import Closing, ScoreLine, SettlementLine
from pipeline.records.month import Month
from pipeline.services.grading import gradings_of
from pipeline.services.month_figures import heard_in, scores_of, settlements_of
from pipeline.store.cases import vendor_histories
from pipeline.store.closes import counted
from pipeline.store.month_lines import closings, score_history, score_lines, settlement_lines

MONTHS_SHOWN = 12


@dataclass(frozen=True, slots=True)
class BoardRow:
    """A vendor's project. `score` None: it made no calls; `paid` None: it has no settlement line. `open_cases`: the vendor's exit cases of today."""

    vendor: str
    project: str
    score: ScoreLine | None
    paid: SettlementLine | None
    open_cases: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Board:
    """A month's rows by vendor and project. `closing` None: it is open. `unpaid` says why an open month has no money yet."""

    month: Month
    closing: Closing | None
    rows: tuple[BoardRow, ...]
    unpaid: str = ""

    @property
    def scores(self) -> tuple[ScoreLine, ...]:
        """The score lines of the rows that have one."""
        return tuple(row.score for row in self.rows if row.score is not None)

    def of(self, vendor: str | None) -> "Board":
        """One vendor's rows."""
        rows = tuple(row for row in self.rows if vendor in (None, row.vendor))
        return Board(self.month, self.closing, rows, self.unpaid)


def closed_board(session: Session, closing: Closing, zone: ZoneInfo) -> Board:
    """A month as one of its closes has written it."""
    scores, settlement = [*score_lines(session, closing)], [*settlement_lines(session, closing)]
    return Board(closing.month, closing, _rows(scores, settlement, open_cases(session, zone)))


def running_board(session: Session, month: Month, policy: Policy, zone: ZoneInfo) -> Board:
    """What a close would say of an open month now. It reads all that the month has: seconds, where that is a hundred thousand calls."""
    standing = counted(session, month)
    heard = heard_in(session, month, standing, policy)
    gradings = gradings_of(session, month, {vendor for vendor, _ in heard}, policy)
    scores = scores_of(session, month, 0, heard, standing, gradings, policy, zone)
    settlement: list[SettlementLine] = []
    unpaid = ""
    try:
        settlement = settlements_of(session, month, 0, heard, standing, policy)
    except DataError as error:
        unpaid = str(error)
    return Board(month, None, _rows(scores, settlement, open_cases(session, zone)), unpaid)


def scores_until(session: Session, board: Board, vendor: str | None, months: int = MONTHS_SHOWN) -> list[ScoreLine]:
    """The score lines of the months up to and with the board's, the earliest first: as its close knew the earlier ones, an open month's own last."""
    if board.closing is not None:
        return [*score_history(session, board.closing, vendor, months)]
    before = next(
        (known[-1] for back in range(1, months) if (known := closings(session, board.month.plus(-back)))), None
    )
    known_lines = score_history(session, before, vendor, months - 1) if before is not None else ()
    return [*known_lines, *(line for line in board.scores if vendor in (None, line.vendor))]


def open_cases(session: Session, zone: ZoneInfo) -> Mapping[str, tuple[int, ...]]:
    """The numbers of each vendor's exit cases that are not over."""
    return {
        vendor: tuple(case.number for case in history.cases if case.is_open)
        for vendor, history in vendor_histories(session, zone).items()
    }


def _rows(
    scores: Sequence[ScoreLine], settlement: Sequence[SettlementLine], cases: Mapping[str, tuple[int, ...]]
) -> tuple[BoardRow, ...]:
    by_place: dict[tuple[str, str], tuple[list[ScoreLine], list[SettlementLine]]] = defaultdict(lambda: ([], []))
    for score in scores:
        by_place[score.vendor, score.project][0].append(score)
    for paid in settlement:
        by_place[paid.vendor, paid.project][1].append(paid)
    return tuple(
        BoardRow(vendor, project, next(iter(scored), None), next(iter(paid_for), None), cases.get(vendor, ()))
        for (vendor, project), (scored, paid_for) in sorted(by_place.items())
    )


def _of_score(column: Column[ScoreLine]) -> Column[BoardRow]:
    return Column(column.name, column.heading, lambda row: column.cell(row.score) if row.score else None, column.unit)


def _of_paid(column: Column[SettlementLine]) -> Column[BoardRow]:
    return Column(column.name, column.heading, lambda row: column.cell(row.paid) if row.paid else None, column.unit)


_PLACE: tuple[Column[BoardRow], ...] = (
    Column("vendor", "外呼公司", lambda row: row.vendor),
    Column("project", "项目", lambda row: row.project),
)
_SAID_ELSEWHERE = ("vendor", "project", "month", "revision", "factor_bp")
BOARD: tuple[Column[BoardRow], ...] = (
    *_PLACE,
    *(_of_score(column) for column in SCORES if column.name not in _SAID_ELSEWHERE),
    *(_of_paid(column) for column in SETTLEMENT if column.name not in _SAID_ELSEWHERE[:-1]),
    Column("open_cases", "退出案件", lambda row: " ".join(map(str, row.open_cases))),
)
"""The board as a table to take along: a line of the scores with what is paid beside it."""
