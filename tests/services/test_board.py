"""An open month's board says what its close will say; a closed one's what was written."""

from dataclasses import replace

import pytest

from pipeline.errors import DataError
from pipeline.records.month import Month
from pipeline.services.board import BOARD, closed_board, running_board, scores_until
from pipeline.store.engine import reading
from pipeline.store.month_lines import find_closing
from pipeline.store.policies import policy_for
from tests.flows.test_closing import MARCH, POLICY, close, overturned, prepared
from tests.heard import hear
from tests.ledger.text import ZONE


@pytest.fixture
def month(engine):
    """March of one project, ready to be closed."""
    return prepared(engine, POLICY)


def running(engine, month=MARCH):
    with reading(engine) as session:
        return running_board(session, month, policy_for(session, month), ZONE)


def closed(engine, revision=None):
    with reading(engine) as session:
        return closed_board(session, find_closing(session, MARCH, revision), ZONE)


def test_what_a_board_says_before_the_close_the_close_writes(month):
    before = running(month)
    close(month)
    after = closed(month)
    assert before.closing is None and after.closing is not None
    (said,), (wrote,) = before.rows, after.rows
    assert said.paid == wrote.paid
    # Warnings are given by the close itself.
    assert replace(said.score, warnings_total=2) == wrote.score
    assert (wrote.score.score_c, wrote.paid.net_fen) == (7_200, 5_400)


def test_each_revision_has_its_own_board(month):
    close(month)
    overturned(month)
    assert closed(month).rows[0].score.score_c == 7_200
    assert running(month).rows[0].score.score_c > 7_200, "the coercion is overturned"
    with pytest.raises(DataError, match="no revision 1"):
        closed(month, 1)


def test_a_project_without_a_price_keeps_its_scores(month):
    hear(month, "华声 x1 没登记的项目 A1 2026-03-06")
    board = running(month)
    assert "没登记的项目" in board.unpaid
    assert [(row.project, row.paid) for row in board.rows] == [("telemarketing", None), ("没登记的项目", None)]
    assert board.rows[0].score.score_c == 7_200


def test_months_before_an_open_one_are_shown_as_they_were_closed(month):
    close(month)
    with reading(month) as session:
        april = running_board(session, Month(2026, 4), policy_for(session, Month(2026, 4)), ZONE)
        shown = scores_until(session, april, None)
        assert [(str(line.month), line.score_c) for line in shown] == [("2026-03", 7_200)]
        assert scores_until(session, april, "远达") == []


def test_a_row_is_one_line_of_a_table(month):
    close(month)
    (row,) = closed(month).rows
    table = {column.name: column.cell(row) for column in BOARD}
    assert len(table) == len(BOARD), "no column twice"
    assert (table["vendor"], str(table["score"]), table["net_fen"], table["open_cases"]) == ("华声", "72.00", 5_400, "")
    empty = replace(row, score=None, paid=None)
    assert {column.cell(empty) for column in BOARD} == {"华声", "telemarketing", "", None}
