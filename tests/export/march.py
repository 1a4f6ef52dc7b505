"""Two months of two vendors: February, and March with a reversal after its close and the restatement that follows from it."""

from .closed_month import Written

CALLS = """
    华声 telemarketing c1 A1 2026-03-05
    华声 telemarketing c2 A2 2026-03-06
    明信 survey m1 =SUM(A1) 2026-03-08
"""
VERDICTS = """
    1 c1 phrase.insult fatal confirmed
    2 c2 phrase.shirking major reclassified
    3 c2 script.missing.thanks minor added
    4 c1 phrase.rudeness major confirmed
"""

FEBRUARY = Written(
    "2026-02",
    "2026-03-03",
    scores="华声 telemarketing  100 of 1000 calls  0 fatal 4 major 20 minor  rate 4.00 (1.60-9.80)  score 88.20 (86.00-90.40)",
    settlement="华声 telemarketing  300/300 within 3  300 at 15.00  usage 0.00  factor 9500  net 4275.00",
)
MARCH = Written(
    "2026-03",
    "2026-04-03",
    ledger="""
    2026-03-05 violation 华声 telemarketing call c1 agent A1 phrase.insult fatal exact 12.0-14.5 -100 points "怎么这么笨" {verdict 1} by 李/reviewer
    2026-03-06 violation 华声 telemarketing call c2 agent A2 phrase.shirking major exact 30.0-33.2 -10 points "不归我管" {verdict 2} by 李/reviewer
    2026-03-07 violation 华声 telemarketing call c2 agent A2 script.missing.thanks minor structure -2 points {verdict 3} by 李/reviewer
    2026-03-08 violation 明信 survey call m1 agent =SUM(A1) call.out_of_hours major structure -10 points "=1+1" {finding 9}
    2026-03-09 violation 华声 telemarketing call c1 agent A1 phrase.rudeness major near 40.0-41.0 -10 points "懒得理你" {verdict 4} by 李/reviewer
    2026-03-10 reversal 华声 telemarketing reverses 6 +10 points {verdict 5}
    """,
    scores="""
        华声 telemarketing  120 of 1200 calls  1 fatal 1 major 1 minor  rate 2.50 (0.90-6.80)  score 91.50 (90.10-92.90)
        明信 survey  0 of 800 calls  0 fatal 1 major 0 minor  not_inspected
    """,
    settlement="""
        华声 telemarketing  400/402 within 4  398 at 15.00  usage 12.34  factor 10000  net 5882.34  prior -100.00  2 not payable
        明信 survey  200/200 within 3  200 at 1.50  usage 0.00  factor 10000  net 300.00
    """,
)  # fmt: skip
RESTATED = Written(
    "2026-03",
    "2026-05-02",
    ledger="2026-04-20 reversal 华声 telemarketing reverses 2 +100 points {verdict 6} [reversal verdict 1]",
    scores="""
        华声 telemarketing  120 of 1200 calls  0 fatal 1 major 1 minor  rate 1.70 (0.50-5.90)  score 92.30 (91.00-93.60)
        明信 survey  0 of 800 calls  0 fatal 1 major 0 minor  not_inspected
    """,
    settlement=MARCH.settlement,
    revision=1,
)
