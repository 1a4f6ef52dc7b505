"""What services refuse reaches people in their own language; what has no sentence yet stands below one, in its own words."""

import re

import pytest

from pipeline.errors import DataError, StoreError
from pipeline.records.person import Person, Role
from pipeline.review.rights import Act, OwnHand, refuse_again
from pipeline.web.refusal_words import OTHERWISE, RECORDED, SENTENCES, plain_sentence, sentence_of
from pipeline.web.refusals import Conflict, refused_as
from pipeline.web.speech import speech_of

LI = Person("李主任", Role.SUPERVISOR, None)
HTMX = {"HX-Request": "true"}


def test_every_sentence_is_chinese_and_has_its_english():
    english = speech_of("en").gettext
    for sentence in (*SENTENCES.values(), RECORDED, OTHERWISE):
        assert re.search("[一-鿿]", sentence) and not re.search("[一-鿿]", english(sentence)), sentence


def test_a_refusal_is_told_by_its_class():
    with pytest.raises(OwnHand) as caught:
        refuse_again(LI, Act.REVISE, ["李主任"], "verdict 7")
    assert "不能由您裁定" in sentence_of(caught.value, str)
    assert sentence_of(StoreError("odd"), str) is None and plain_sentence(StoreError("odd")) is None
    with pytest.raises(Conflict, match="不能由您裁定"), refused_as("可能已经有人裁定。"):
        refuse_again(LI, Act.REVISE, ["李主任"], "verdict 7")
    with pytest.raises(Conflict, match="可能已经有人裁定"), refused_as("可能已经有人裁定。"):
        raise StoreError("odd")


def test_what_has_no_sentence_stands_below_one_in_its_own_words(as_person, monkeypatch):
    def refuse(*_):
        raise DataError("no policy <b> is in force")

    monkeypatch.setattr("pipeline.web.queue.next_call", refuse)
    client = as_person("王敏")
    answer = client.post("/queue/next")
    assert answer.status_code == 409
    assert OTHERWISE + ' <small lang="en">no policy &lt;b&gt; is in force</small>' in answer.text
    answer = client.post("/queue/next", headers=HTMX)
    assert (answer.status_code, answer.text) == (409, OTHERWISE + " no policy <b> is in force")


def test_a_call_s_page_does_the_same(as_person, house, two, monkeypatch):
    client = as_person("王敏")
    for error, said in (
        (StoreError("strange"), OTHERWISE + ' <small lang="en">strange</small>'),
        (OwnHand(LI, Act.REVISE, "verdict 7"), "不能由您裁定，要由另一位主管来定。</p>"),
    ):
        monkeypatch.setattr("pipeline.web.deciding.finish", refusing(error))
        answer = client.post(f"/calls/{two}/done")
        assert answer.status_code == 409 and said in answer.text
    assert client.post(f"/calls/{two}/done", headers=HTMX).text.startswith("您已经参与过这件事")


def refusing(error):
    def refuse(*_):
        raise error

    return refuse
