"""How the agent comes across in the whole call: 冷淡, 生硬, 不耐烦 by words and voice together (P-30, P-31).

    agent   快点说行不行 … 说完了吗, 12 % faster than usual, answers at once     impatience 0.86: 语速快, 像不耐烦的话“快点说行不行”

One sentence shows a slip, a whole call an attitude. It is information and moves a call up the reviewers' queue, never a fault: how sure it
is, is only known from simulated voices until reviewers' verdicts have shown it. A logistic regression over a dozen measures
(`models/attitude/`), each of them named where it speaks for the attitude.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from math import exp
from pathlib import Path

from pipeline.checks.check import HeardCall
from pipeline.errors import ModelError
from pipeline.records.attitude import Attitude
from pipeline.records.turn import Speaker
from pipeline.text.likeness import Likeness
from pipeline.text.pieces import sentences
from pipeline.text.utterances import utterances

MANNERS = ("coldness", "bluntness", "impatience")
_COURTESIES = ("您", "请", "谢谢", "感谢", "麻烦", "不好意思", "抱歉", "对不起", "打扰", "没关系", "好的")
# What a measure is called where it is (more, less) than usual.
_TOLD = {
    "speech_rate_cpm": ("语速比一般快", "语速比一般慢"),
    "active_level_dbfs": ("声音比一般大", "声音比一般小"),
    "pitch_sd_st": ("声调起伏比一般大", "声调平板"),
    "response_delay_ms": ("应答比一般慢", "应答比一般急"),
    "interruptions": ("抢话", "不抢话"),
    "agent_talk_share": ("说话占比高", "说话占比低"),
    "sentence_hanzi": ("句子长", "句子短"),
    "courtesy": ("礼貌用语多", "礼貌用语少"),
    "you": ("称“你”多", "称“您”多"),
}
_MOST_GROUNDS = 3
_LEAST_PUSH = 0.2


@dataclass(frozen=True, slots=True)
class AttitudeModel:
    """`usual` and `spread` of each measure, and per manner a weight for each and a bias."""

    measures: tuple[str, ...]
    usual: tuple[float, ...]
    spread: tuple[float, ...]
    weights: Mapping[str, tuple[float, ...]]
    bias: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Measured:
    """The measures of a call, None where one could not be had, and for each manner the sentence that is most like it."""

    values: Mapping[str, float | None]
    likest: Mapping[str, str]


def attitudes(call: HeardCall, manners: Likeness, model: AttitudeModel) -> tuple[Attitude, ...]:
    """The probability of each manner with what speaks for it; nothing where the agent is not known or hardly speaks."""
    measured = measure_attitude(call, manners)
    return () if measured is None else tuple(_attitude(manner, measured, model) for manner in MANNERS)


def measure_attitude(call: HeardCall, manners: Likeness) -> Measured | None:
    """What the model goes by."""
    spoken = utterances(call.turns, Speaker.AGENT)
    said = [utterance.text[start:end] for utterance in spoken for start, end in sentences(utterance)]
    text = "".join(utterance.text for utterance in spoken)
    if not said:
        return None
    tone = call.voice.tone
    values: dict[str, float | None] = {
        "speech_rate_cpm": tone.speech_rate_cpm,
        "active_level_dbfs": tone.active_level_dbfs,
        "pitch_sd_st": tone.pitch_sd_st,
        "response_delay_ms": tone.response_delay_ms,
        "interruptions": tone.interruptions,
        "agent_talk_share": tone.agent_talk_share,
        "sentence_hanzi": len(text) / len(spoken),
        "courtesy": sum(text.count(word) for word in _COURTESIES) / len(text),
        "you": text.count("你") / max(1, text.count("你") + text.count("您")),
    }
    likest = {}
    likely = [manners(sentence) for sentence in said]
    for manner in MANNERS:
        kind = manners.kinds.index(f"phrase.{manner}")
        best = max(range(len(said)), key=lambda at: likely[at][kind])
        values[f"like_{manner}"], likest[manner] = float(likely[best][kind]), said[best]
    return Measured(values, likest)


def _attitude(manner: str, measured: Measured, model: AttitudeModel) -> Attitude:
    pushes = []
    rows = zip(model.measures, model.usual, model.spread, model.weights[manner], strict=True)
    for measure, usual, spread, weight in rows:
        value = measured.values[measure]
        off = 0.0 if value is None else (value - usual) / spread
        pushes.append((weight * off, measure, off))
    probability = 1 / (1 + exp(-(model.bias[manner] + sum(push for push, _, _ in pushes))))
    grounds = [
        _told(measure, off, measured) for push, measure, off in sorted(pushes, reverse=True) if push > _LEAST_PUSH
    ]
    return Attitude(manner, round(probability, 3), tuple(grounds[:_MOST_GROUNDS]))


def _told(measure: str, off: float, measured: Measured) -> str:
    if measure in _TOLD:
        more, less = _TOLD[measure]
        return more if off > 0 else less
    return f"有近似的话“{measured.likest[measure.removeprefix('like_')]}”"


@cache
def load_attitude(file: Path) -> AttitudeModel:
    """A model from its JSON. Raises ModelError where it is absent or no such model."""
    try:
        kept = json.loads(file.read_text(encoding="utf-8"))
        weights = {manner: tuple(kept["weights"][manner]) for manner in MANNERS}
        return AttitudeModel(
            tuple(kept["measures"]), tuple(kept["usual"]), tuple(kept["spread"]), weights, dict(kept["bias"])
        )
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise ModelError(f"{file}: is no attitude model: {error}") from error
