import random
import re
import string

import pytest

from pipeline.records.call import Outcome
from pipeline.simulation import slots
from pipeline.simulation.conversation import conversation
from pipeline.simulation.dialogues import PROJECTS, forbidden, script_faults, wordings
from pipeline.simulation.faults import BODY, OPENING, kinds, outcomes
from tests.simulation.conftest import a_scene

CLOSING = ("confirmation", "enquiry_channel", "callback_time", "thanks")
# What gives an element away: where it is left out, the agent must say none of its cues.
CUES = {
    "greeting": "您好|你好|[上下]午好|晚上好",
    "self_introduction": "我是|我姓|我叫|工号|中国移动客|移动公司",
    "identity": "请问您?是|本人|机主|您是不是|女士(?!您好)|先生(?!女士)",  # 先生女士您好 greets anybody
    "convenience": "方便|打扰|占用|耽误",
    "recording_notice": "录音",
    "purpose": "打给您|给您来电|来电[是主想]|给您打|去电|打电话过来|打来|次打电话|打这个电话",
    "content": "元|块钱",
    "opinion": "您觉得|您看|意见|看法|想法|建议|兴趣",
    "value": "划算|好处|实惠|省|便宜|价值|意义",
    "confirmation": "确认|核对|重复|复述",
    "enquiry_channel": "零零八六|营业厅|热线|咨询",
    "callback_time": "再打|再联系|回电|回过来|打过来",
    "thanks": "谢|祝您",
}
REPLIES = (
    "hello", "identity_yes", "convenience_yes", "acknowledge", "view", "consent", "refuse", "busy", "time_ok", "undecided", "vague",
    "confirm_ok", "bye", "provocation", "long_talk", "still_there", "noise_remark", "insist_no", "opt_out",
)  # fmt: skip


@pytest.mark.parametrize("project", PROJECTS)
def test_every_element_has_twelve_phrasings_and_every_situation_twenty_five(project):
    words = wordings(project)
    for element in (*OPENING, *BODY, *CLOSING, "request", "resume", "cut_in"):
        assert len(set(words.agent[element])) >= 12, element
    for situation in REPLIES:
        assert len(set(words.customer[situation])) >= 25, situation


def test_every_category_has_eight_sentences():
    phrases = forbidden().phrases
    assert len(phrases) == 15
    for category, sentences in phrases.items():
        assert len(set(sentences)) >= 8, category
    assert len(forbidden().near_misses) >= 20


@pytest.mark.parametrize("project", PROJECTS)
def test_every_project_has_questions_with_several_answers(project):
    assert len(set(script_faults().jargon)) >= 15
    assert len(script_faults().asked_in(project)) >= 5
    for question in script_faults().asked_in(project):
        assert min(len(set(question.customer)), len(set(question.approved)), len(set(question.other))) >= 3
        assert not set(question.approved) & set(question.other)


@pytest.mark.parametrize("project", PROJECTS)
def test_only_hanzi_commas_and_known_slots(project):
    words = wordings(project)
    known = slots.filled(random.Random(1), "李丽", "李", "0125", "19900012345", 10)
    sentences = [
        s for table in (words.agent, words.customer, forbidden().phrases) for row in table.values() for s in row
    ]
    sentences += [s for e in (*words.exchanges, *words.common_exchanges) for s in (*e.agent, *e.customer)]
    sentences += [s for q in script_faults().questions for s in (*q.customer, *q.approved, *q.other)]
    for sentence in (*sentences, *forbidden().near_misses, *script_faults().jargon):
        assert {name for _, name, _, _ in string.Formatter().parse(sentence) if name} <= set(known), sentence
        assert re.fullmatch("[一-龥，]+", sentence.format(**known)), sentence


@pytest.mark.parametrize("element", CUES)
@pytest.mark.parametrize("project", PROJECTS)
def test_an_element_left_out_is_really_missing(project, element):
    fault = f"script.missing.{element}"
    for seed in range(25):
        outcome = outcomes([fault])[seed % len(outcomes([fault]))]
        lines = conversation(a_scene(project, outcome, [fault], seed), 90)
        said = [line.text for line in lines if line.speaker == "agent"]
        if element in ("content", "purpose"):
            said = said[:-4]  # at the end the price is confirmed and the next call agreed
        assert not [text for text in said if re.search(CUES[element], text)], said


@pytest.mark.parametrize("element", CUES)
def test_an_element_that_is_not_left_out_is_there(element):
    outcome = Outcome.CALLBACK if element == "callback_time" else Outcome.SUCCESS
    for seed in range(10):
        lines = conversation(a_scene(outcome=outcome, seed=seed), 30)
        assert any(element in line.element.split() for line in lines)


def test_no_phrase_of_a_fault_is_said_without_one():
    sentences = {sentence for row in forbidden().phrases.values() for sentence in row}
    for project in PROJECTS:
        words = wordings(project)
        assert not sentences & {s for row in words.agent.values() for s in row}
    assert not sentences & set(forbidden().near_misses)


def test_every_missing_element_can_be_planted():
    assert {f"script.missing.{element}" for element in (*OPENING, *BODY, *CLOSING)} == set(kinds()["missing"])
