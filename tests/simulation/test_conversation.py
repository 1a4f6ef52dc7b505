import pytest

from pipeline.checks.script.figures import Kind, figures
from pipeline.records.call import Outcome
from pipeline.simulation.conversation import conversation
from pipeline.simulation.dialogues import PROJECTS, forbidden, script_faults, wordings
from pipeline.simulation.faults import kinds, outcomes, projects
from pipeline.simulation.line import Line, Where
from tests.simulation.conftest import a_scene

ENDINGS = {Outcome.SUCCESS: "consent", Outcome.REFUSED: "refuse", Outcome.CALLBACK: "busy", Outcome.OTHER: "undecided"}


@pytest.mark.parametrize("outcome", ENDINGS)
@pytest.mark.parametrize("project", PROJECTS)
def test_the_customer_decides_as_the_outcome_says(project, outcome):
    lines = conversation(a_scene(project, outcome), 60)
    answer = next(lines[i + 1] for i, line in enumerate(lines) if line.element == "request")
    assert answer.speaker == "customer" and answer.text in wordings(project).customer[ENDINGS[outcome]]


def test_more_seconds_make_more_questions():
    short, long = (conversation(a_scene(seed=4), seconds) for seconds in (10, 300))
    assert len(long) > len(short) + 20
    hanzi = sum(len(line.words) for line in long)
    assert 240 < hanzi * 0.225 + 0.5 * len(long) < 360


@pytest.mark.parametrize(
    "fault",
    [
        fault
        for group in ("phrase", "voice", "script")
        for fault in kinds()[group]
        if fault not in ("voice.level_low", "voice.level_high", "voice.clipped", "script.overtime")
    ],
)
def test_a_planted_fault_is_marked_once(fault):
    for seed in range(8):
        possible, told = outcomes([fault]), projects([fault])
        lines = conversation(a_scene(told[seed % len(told)], possible[seed % len(possible)], [fault], seed), 60)
        (mark,) = [mark for line in lines for mark in line.marks]
        assert mark.rule == fault


def test_a_forbidden_sentence_is_the_agents_own_line():
    lines = conversation(a_scene(faults=["phrase.abuse"]), 60)
    (line,) = [line for line in lines if line.marks]
    assert line.speaker == "agent" and line.text in forbidden().phrases["abuse"] and line.marks[0].where is Where.TURN


def test_a_question_is_answered_otherwise_as_a_fault_and_as_agreed_without():
    for project in PROJECTS:
        for seed in range(6):
            for faults, asked, answers in ((["script.answer"], False, "other"), ([], True, "approved")):
                lines = conversation(a_scene(project, faults=faults, seed=seed, asked=asked), 30)
                said = {line.text for line in lines}
                questions = [q for q in script_faults().asked_in(project) if said & set(q.customer)]
                assert any(said & set(getattr(question, answers)) for question in questions)


def figures_of(lines):
    """What the content and what the later lines say of money."""
    at = next(i for i, line in enumerate(lines) if line.element == "content")
    told, later = lines[at].text, "".join(line.text for line in lines[at + 1 :] if line.speaker == "agent")
    return [figure.value for figure in figures(told, Kind.MONEY)], [f.value for f in figures(later, Kind.MONEY)]


@pytest.mark.parametrize("project", ["vip-care", "telemarketing", "win-back"])
def test_what_was_told_is_confirmed_with_the_same_figure_but_for_the_fault(project):
    for seed in range(30):
        told, later = figures_of(conversation(a_scene(project, seed=seed), 30))
        assert not told or set(told) & set(later)
        told, later = figures_of(conversation(a_scene(project, faults=["script.key_figure"], seed=seed), 30))
        assert told and not later


def test_pushing_comes_after_the_second_refusal():
    lines = conversation(a_scene(outcome=Outcome.REFUSED, faults=["phrase.after_refusal"]), 60)
    at = next(i for i, line in enumerate(lines) if line.marks)
    said = wordings("telemarketing").customer
    assert lines[at - 3].text in said["refuse"] and lines[at - 1].text in said["insist_no"]


def test_who_is_impatient_is_quick_throughout():
    lines = conversation(a_scene(faults=["phrase.impatience"]), 60)
    assert {line.pace for line in lines if line.speaker == "agent"} == {1.1}
    assert {line.pace for line in lines if line.speaker == "customer"} == {1.0}


def test_an_unsupported_success_lacks_consent():
    lines = conversation(a_scene(faults=["outcome.unsupported_success"]), 60)
    consents = wordings("telemarketing").customer["consent"]
    assert not [line for line in lines if line.text in consents]
    assert [line for line in lines if "confirmation" in line.element]


def test_innocent_lines_carry_no_mark():
    lines = conversation(a_scene(near_miss=True, rude_customer=True), 60)
    assert not [line for line in lines if line.marks]
    assert [line for line in lines if line.speaker == "agent" and line.text in forbidden().near_misses]
    assert [line for line in lines if line.speaker == "customer" and line.text in wordings("survey").customer["rude"]]


def test_without_faults_nothing_is_unusual():
    for seed in range(20):
        for line in conversation(a_scene(PROJECTS[seed % 4], seed=seed), 60):
            assert (
                line.pause_ms < 1000
                and line.rate is None
                and line.pitch is None
                and line.gain_db == 0
                and not line.noise
            )


@pytest.mark.parametrize("text", ["您好。", "abc", "5元", "您 好"])
def test_a_line_holds_hanzi_and_commas_only(text):
    with pytest.raises(ValueError, match="hanzi and ， only"):
        Line("agent", text)


@pytest.mark.parametrize("text", ["", "，"])
def test_a_line_says_something(text):
    with pytest.raises(ValueError, match="without words"):
        Line("agent", text)


def test_a_line_has_a_known_speaker():
    with pytest.raises(ValueError, match="'robot'"):
        Line("robot", "您好")


def test_a_long_opening_comes_before_the_content():
    lines = conversation(a_scene(faults=["script.overtime"]), 60)
    content = next(at for at, line in enumerate(lines) if line.element == "content")
    assert sum(len(line.words) for line in lines[:content]) * 225 > 60_000


def test_a_monologue_is_one_line_of_more_than_a_minute():
    (line,) = [line for line in conversation(a_scene(faults=["voice.monologue"]), 60) if line.marks]
    assert line.speaker == "agent" and len(line.words) * 200 > 70_000


def test_a_customer_who_opts_out_says_so_where_others_decide():
    lines = conversation(a_scene(outcome=Outcome.REFUSED, opts_out=True), 60)
    at = next(i for i, line in enumerate(lines) if line.element == "request")
    assert lines[at + 1].text in wordings("telemarketing").customer["opt_out"]
