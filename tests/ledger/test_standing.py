import pytest

from pipeline.ledger.standing import next_open, refusal_of_month, refusal_of_reversal
from pipeline.records.month import Month
from tests.ledger.text import entries

MARCH = Month(2026, 3)
(TAUNT,) = entries("2026-03-05 violation 华声外呼 telemarketing phrase.taunt major -10 points -120.00 yuan")
BACK = "2026-04-02 reversal 华声外呼 telemarketing reverses 17 +10 points +120.00 yuan"


def test_a_closed_month_takes_restatements_only() -> None:
    late, restated, april = entries("""
        2026-04-02  violation    华声外呼 telemarketing  for 2026-03
        2026-04-02  restatement  - -                     for 2026-03
        2026-04-02  violation    华声外呼 telemarketing
    """)
    closed = {MARCH, MARCH.plus(1)}
    assert refusal_of_month(late, closed) == "2026-03 is closed: post it into the next open month, 2026-05"
    assert refusal_of_month(restated, closed) is None
    assert refusal_of_month(april, {MARCH}) is None
    assert refusal_of_month(late, ()) is None


def test_the_next_open_month_may_be_the_month_itself_or_lie_over_the_year() -> None:
    assert next_open(MARCH, ()) == MARCH
    assert next_open(Month(2026, 11), {Month(2026, 11), Month(2026, 12)}) == Month(2027, 1)
    assert next_open(MARCH, {MARCH, MARCH.plus(2)}) == MARCH.plus(1)


def refusal(line: str, by: int | None = None, of: object = TAUNT) -> str | None:
    (entry,) = entries(line)
    return refusal_of_reversal(entry, of, by)  # type: ignore[arg-type]


def test_a_reversal_takes_back_exactly_what_one_entry_gave() -> None:
    assert refusal(BACK) is None
    assert refusal("2026-04-02 warning_voided 华声外呼 - reverses 17") is None


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (BACK.replace("reverses 17", ""), "names the entry it reverses"),
        (BACK.replace("+10 points", "+9 points"), "10 points and 12000 fen, not 9 and 12000"),
        (BACK.replace("+120.00", "+120.01"), "10 points and 12000 fen, not 10 and 12001"),
        (BACK.replace("华声外呼", "远达呼叫"), "is of '华声外呼', not of '远达呼叫'"),
    ],
)
def test_what_is_not_its_opposite_is_refused(line: str, says: str) -> None:
    assert says in str(refusal(line))


def test_nothing_is_reversed_twice_nor_a_reversal_nor_what_is_not_there() -> None:
    assert "reversed already, by entry 18" in str(refusal(BACK, by=18))
    assert "no entry 17 before it" in str(refusal(BACK, of=None))
    (reversal,) = entries("2026-04-01 reversal 华声外呼 telemarketing reverses 3 -10 points -120.00 yuan")
    assert "is a reversal itself" in str(refusal(BACK, of=reversal))
