import json

import pytest

from pipeline.errors import DataError
from pipeline.records.finding import Finding, Match, Severity
from pipeline.records.inspection import Inspection, Status, Versions
from pipeline.records.recording import Recording
from pipeline.records.span import Span
from pipeline.records.tone import Tone
from pipeline.records.turn import Speaker, Turn
from pipeline.scoring.evaluation import RuleFigures, edit_distance, evaluate, rule_counts
from pipeline.scoring.intervals import wilson
from pipeline.scoring.truth import Fault, TrueCall, TrueTurn, read_truth


def finding(rule, start_ms=None, end_ms=None):
    span = None if start_ms is None else Span(start_ms, end_ms)
    return Finding(rule, 1, "", Severity.MAJOR, "P-30", Speaker.AGENT, span, "", "", Match.EXACT, 1.0, "", True)


def inspection(turns, findings=(), decoded_ms=3_600_000, channels=2):
    recording = Recording("a.wav", "", decoded_ms, decoded_ms, channels, "pcm_mulaw", 8000)
    return Inspection(
        Status.INSPECTED, (), recording, tuple(turns), tuple(findings), (), Tone(), Versions("r", "m", "c")
    )


def turn(speaker, start_ms, text):
    return Turn(Speaker(speaker), Span(start_ms, start_ms + 1000), text, 1.0)


def true_call(turns, faults=()):
    said = tuple(TrueTurn(Speaker(s), Span(a, a + 1000), t) for s, a, t in turns)
    return TrueCall("1", "a.wav", said, tuple(faults))


@pytest.mark.parametrize(
    ("a", "b", "edits"),
    [
        ("", "", 0),
        ("您好", "", 2),
        ("", "您好", 2),
        ("您好吗", "你好吗", 1),
        ("一二三四", "二三四五", 2),
        ("好", "好好好", 2),
    ],
)
def test_edit_distance(a, b, edits):
    assert edit_distance(a, b) == edits
    assert edit_distance(b, a) == edits


def test_cer_is_counted_per_channel_after_normal_form():
    truth = true_call([("agent", 0, "工号１２幺"), ("customer", 2000, "喂你好")])
    heard = inspection([turn("agent", 0, "工号一二一。"), turn("customer", 2000, "喂您好")])
    result = evaluate([(truth, heard)])
    assert result.cer["agent"].edits == 0
    assert result.cer["agent"].length == 5
    assert result.cer["customer"].edits == 1
    assert result.cer["all"].rate == pytest.approx(1 / 8)


def test_words_given_to_the_wrong_speaker_are_errors_on_both_channels():
    truth = true_call([("agent", 0, "您好")])
    result = evaluate([(truth, inspection([turn("customer", 0, "您好")]))])
    assert result.cer["agent"].edits == 2
    assert result.cer["customer"].edits == 2


def test_a_mono_call_counts_in_all_alone():
    truth = true_call([("agent", 0, "您好"), ("customer", 2000, "喂")])
    result = evaluate([(truth, inspection([turn("unknown", 0, "您好"), turn("unknown", 2000, "喂")], channels=1))])
    assert result.cer["agent"].length == 0
    assert result.cer["all"].rate == 0


def test_a_finding_matches_within_half_a_second():
    fault = Fault("phrase.abuse", Span(10_000, 11_000), "")
    assert rule_counts([fault], [finding("phrase.abuse", 11_500, 12_000)]) == {"phrase.abuse": (1, 1, 0)}
    assert rule_counts([fault], [finding("phrase.abuse", 11_501, 12_000)]) == {"phrase.abuse": (1, 0, 1)}
    assert rule_counts([fault], [finding("phrase.insult", 10_000, 11_000)]) == {
        "phrase.abuse": (1, 0, 0),
        "phrase.insult": (0, 0, 1),
    }


def test_matching_is_one_to_one_and_as_many_as_possible():
    faults = [Fault("r", Span(0, 1000), ""), Fault("r", Span(1200, 2000), "")]
    assert rule_counts(faults, [finding("r", 0, 2000)])["r"] == (2, 1, 0)
    wide_first = [finding("r", 0, 2000), finding("r", 0, 300)]
    assert rule_counts(faults, wide_first)["r"] == (2, 2, 0)


def test_figures_carry_their_bounds_and_false_alarms_count():
    truth = true_call([], [Fault("r", None, "")] * 20)
    result = evaluate([(truth, inspection([], [finding("r")] * 19)), (true_call([]), inspection([], [finding("r")]))])
    figures = result.rules["r"]
    assert (figures.faults, figures.found, figures.false) == (20, 19, 1)
    assert figures.recall == pytest.approx(0.95)
    assert figures.recall_low == pytest.approx(0.764, abs=0.001)
    assert result.hours == pytest.approx(2.0)


def test_without_a_rate_there_is_no_bound():
    figures = RuleFigures(faults=0, found=0, false=0)
    assert (figures.recall, figures.recall_low, figures.precision, figures.precision_low) == (None,) * 4
    assert RuleFigures(faults=1, found=0, false=0).recall_low == 0
    assert RuleFigures(faults=0, found=0, false=1).precision_low == 0


def test_rules_are_summed_by_kind():
    truth = true_call(
        [], [Fault("phrase.abuse", None, ""), Fault("phrase.taunt", None, ""), Fault("voice.raised", None, "")]
    )
    heard = inspection([], [finding("phrase.abuse"), finding("phrase.insult"), finding("voice.raised")])
    groups = evaluate([(truth, heard)]).groups
    assert (groups["phrase"].faults, groups["phrase"].found, groups["phrase"].false) == (2, 1, 1)
    assert (groups["voice"].recall, groups["voice"].precision) == (1.0, 1.0)


def test_wilson_as_published():
    assert wilson(0, 2)[1] == pytest.approx(0.658, abs=0.001)
    assert wilson(0, 50)[1] == pytest.approx(0.071, abs=0.001)
    assert wilson(73, 73)[0] == pytest.approx(0.95, abs=0.001)
    assert wilson(0, 0) == (0.0, 1.0)


def test_truth_is_read_and_a_bad_line_is_named(tmp_path):
    row = {
        "call_id": "1",
        "file": "a.wav",
        "turns": [{"speaker": "agent", "start_ms": 0, "end_ms": 10, "text": "您好"}],
        "faults": [{"rule": "script.missing.thanks", "start_ms": None, "end_ms": None, "text": ""}],
    }
    path = tmp_path / "truth.jsonl"
    path.write_text(json.dumps(row) + "\n\n" + json.dumps({**row, "turns": [{}]}) + "\n", encoding="utf-8")
    rows = read_truth(path)
    first = next(rows)
    assert first.faults[0].span is None
    assert first.turns[0].text == "您好"
    with pytest.raises(DataError, match=r"truth\.jsonl:3: .*'turns\[0\]\.speaker' is missing"):
        next(rows)


TURN = '{"speaker": "agent", "start_ms": 0, "end_ms": 10, "text": "您好"}'


def truth_line(turn=TURN, fault='{"rule": "r"}', call_id='"1"', file='"a.wav"'):
    return f'{{"call_id": {call_id}, "file": {file}, "turns": [{turn}], "faults": [{fault}]}}'


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("[1]", "the line must be an object"),
        ("{", "Expecting property name"),
        ("[" * 100_000, "recursion"),
        (truth_line(call_id="null"), "call_id must be a text, got None"),
        (truth_line(call_id="1"), "call_id must be a text, got 1"),
        (truth_line(file='""'), "file must be a text, got ''"),
        (truth_line(turn="7"), r"turns\[0\] must be an object"),
        (truth_line().replace(f"[{TURN}]", "null"), "turns must be a list, got None"),
        (truth_line(TURN.replace('"agent"', '"boss"')), r"turns\[0\]\.speaker must be one of"),
        (truth_line(TURN.replace("10", "Infinity")), "Infinity is no value"),
        (truth_line(TURN.replace("10", "NaN")), "NaN is no value"),
        (truth_line(TURN.replace("10", "1e999")), r"turns\[0\]\.end_ms must be whole milliseconds from 0, got inf"),
        (truth_line(TURN.replace("10", "null")), r"turns\[0\]\.end_ms must be whole milliseconds from 0, got None"),
        (truth_line(TURN.replace("10", "true")), r"turns\[0\]\.end_ms must be whole"),
        (truth_line(TURN.replace("10", "9.5")), r"turns\[0\]\.end_ms must be whole"),
        (truth_line(TURN.replace(" 0,", " -1,")), r"turns\[0\]\.start_ms must be whole milliseconds from 0, got -1"),
        (truth_line(TURN.replace(" 0,", " 11,")), r"turns\[0\]\.end_ms 10 lies before start_ms 11"),
        (truth_line(TURN.replace('"您好"', "[]")), r"turns\[0\]\.text must be a text"),
        (truth_line(fault='{"rule": "r", "start_ms": 5}'), r"'faults\[0\]\.end_ms' is missing"),
        (truth_line(fault='{"rule": "r", "start_ms": null, "end_ms": 5}'), r"faults\[0\]\.start_ms must be whole"),
        (truth_line(fault='{"rule": 5}'), r"faults\[0\]\.rule must be a text, got 5"),
    ],
)
def test_a_row_of_the_wrong_shape_is_named_with_its_field(tmp_path, line, says):
    path = tmp_path / "truth.jsonl"
    path.write_text(f"{truth_line()}\n{line}\n", encoding="utf-8")
    rows = read_truth(path)
    assert next(rows).call_id == "1"
    with pytest.raises(DataError, match=rf"truth\.jsonl:2: not a truth row: .*{says}") as raised:
        next(rows)
    assert "\n" not in str(raised.value)


def test_only_a_line_feed_ends_a_row(tmp_path):
    path = tmp_path / "truth.jsonl"
    said = "您\u2028好\x85吗"
    path.write_bytes(f"{truth_line(TURN.replace('您好', said))}\r\n{truth_line()}\r\n".encode("utf-8-sig"))
    first, second = read_truth(path)
    assert (first.turns[0].text, second.turns[0].text) == (said, "您好")
