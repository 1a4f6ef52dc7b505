import numpy as np
import pytest

from pipeline.errors import ModelError
from pipeline.scoring.likeness_fit import fit_likeness, save_likeness
from pipeline.text.likeness import NONE, load_likeness, terms
from pipeline.text.tokens import words

COLD = ["爱办不办随你便", "爱来不来随便你", "随便你爱信不信", "你爱去哪去哪随你", "办不办随你我无所谓", "信不信随你"]
HURRY = ["你快点行不行", "说快点行不行啊", "快点说我没时间", "你到底说不说快点", "能不能快点我忙着", "快点快点别磨蹭"]
CALM = [
    "好的我帮您查一下",
    "请您稍等一下",
    "您的套餐是三十八元",
    "感谢您的接听",
    "我帮您登记下来",
    "请问您方便吗",
    "祝您生活愉快",
]
SORTED = [(text, kind) for kind, texts in (("cold", COLD), ("hurry", HURRY), (NONE, CALM)) for text in texts]


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    file = tmp_path_factory.mktemp("model") / "likeness.npz"
    save_likeness(fit_likeness(SORTED), 0.4, file)
    return load_likeness(file)


def test_a_sentence_is_like_its_own_kind(model):
    for text, kind in SORTED:
        likely = {**dict(zip(model.kinds, model(text), strict=True)), NONE: 1 - model(text).sum()}
        assert max(likely, key=likely.get) == kind


def test_a_homophone_is_as_like(model):
    assert model("爱班不班随泥便")[model.kinds.index("cold")] > 0.5  # 办 and 班, 你 and 泥


def test_probabilities_are_those_of_the_regression_that_was_fitted(model):
    fitted = fit_likeness(SORTED)
    counts = {term: sum(other == term for other in terms("随你便行不行")) for term in terms("随你便行不行")}
    row = np.array(
        [(1 + np.log(counts[t])) * i if t in counts else 0 for t, i in zip(fitted.terms, fitted.idf, strict=True)]
    )
    scores = row / np.linalg.norm(row) @ fitted.weights + fitted.bias
    assert model("随你便行不行") == pytest.approx((np.exp(scores) / np.exp(scores).sum())[:-1], abs=0.01)


def test_the_strongest_parts_stand_in_the_text(model):
    parts = model.strongest("那好吧爱办不办随你便", "cold")
    assert parts and all(part in "那好吧爱办不办随你便" for part in parts)
    assert not {"那好", "好吧"} & set(parts)


def test_words_without_any_known_term_are_of_no_kind_in_particular(model):
    assert model("鑫鑫鑫").sum() < 0.9


def test_what_is_no_model_is_refused_in_one_line(tmp_path):
    for content in (b"", b"not a model"):
        (tmp_path / "x.npz").write_bytes(content)
        load_likeness.cache_clear()
        with pytest.raises(ModelError, match=r"x\.npz: is no likeness model"):
            load_likeness(tmp_path / "x.npz")
    load_likeness.cache_clear()
    with pytest.raises(ModelError, match="absent"):
        load_likeness(tmp_path / "absent.npz")


def test_fitting_needs_sentences_of_none():
    with pytest.raises(ValueError, match="none"):
        fit_likeness([("爱办不办", "cold"), ("爱来不来", "cold")])


def test_words_are_the_text_again():
    assert "".join(words("您乐意投诉就去投诉呗")) == "您乐意投诉就去投诉呗"
