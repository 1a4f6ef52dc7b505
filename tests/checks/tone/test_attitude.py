import pytest

from pipeline.checks.tone.attitude import MANNERS, attitudes, load_attitude, measure_attitude
from pipeline.errors import ModelError
from tests.dialogue import shipped, talk


def probability(manner, *lines):
    found = {one.manner: one for one in attitudes(talk(*lines), shipped().manners, shipped().attitude)}
    return found[manner].probability, found[manner].grounds


@pytest.mark.parametrize("manner", MANNERS)
def test_a_friendly_call_is_less_so_than_one_with_such_words(manner):
    words = {
        "coldness": "随便你爱办不办跟我没关系",
        "bluntness": "不行就是不行规定就是这样没什么好说的",
        "impatience": "快点说行不行我没时间跟你耗",
    }[manner]
    friendly = probability(manner, "agent 您好我帮您查一下请您稍等", "customer 好的", "agent 谢谢您祝您生活愉快")
    other = probability(manner, "agent 您好我帮您查一下请您稍等", "customer 好的", f"agent {words}")
    assert other[0] > friendly[0]
    assert any(words[:4] in ground for ground in other[1])


def test_of_an_agent_who_says_nothing_nothing_is_said():
    assert measure_attitude(talk("customer 喂你好"), shipped().manners) is None
    assert attitudes(talk("customer 喂你好"), shipped().manners, shipped().attitude) == ()


def test_every_measure_of_the_model_is_measured():
    measured = measure_attitude(talk("agent 您好我帮您查一下"), shipped().manners)
    assert set(shipped().attitude.measures) == set(measured.values)


def test_what_is_no_model_is_refused_in_one_line(tmp_path):
    (tmp_path / "model.json").write_text("{}")
    with pytest.raises(ModelError, match=r"model\.json: is no attitude model"):
        load_attitude(tmp_path / "model.json")
