"""The tables of the published figures, from counts made up for it."""

from tests.figures import PARTS, Sum, tables

DROP = {
    "calls": 2,
    "hours": 10.0,
    "cer": {"all": 0.05},
    "hanzi": {"all": 1000},
    "rules": {
        "phrase.abuse": {"faults": 10, "found": 9, "false": 3},
        "voice.raised": {"faults": 4, "found": 4, "false": 0},
    },
}


def summed(*drops):
    total = Sum()
    for drop in drops:
        total.add(drop)
    return total


def test_drops_add_up_and_rates_have_intervals():
    text = "\n".join(tables({"words": summed(DROP, DROP), "fault-free": summed({**DROP, "rules": {}})}))
    assert (
        "| words | faults of words, two channels, G.711 and PCM | 4 | 20.0 | 0.050 | 0.900 (0.70-0.97) | – | 1.000 (0.68-1.00) |"
        in text
    )
    assert (
        "| phrase.abuse | 20 | 18 | 0.900 (0.70-0.97) | 6 | 0.750 (0.55-0.88) | 0.00 (≤ 0.37) |" in text
    )  # 3.69 expected at most when none is seen


def test_voice_faults_are_those_planted_for_it():
    text = "\n".join(tables({"words": summed(DROP), "voices": summed()}))
    assert "| voice.raised | 0 | 0 | – | 0 | – | – |" in text


def test_every_part_has_its_own_seeds():
    seeds = [seed for part in PARTS for seed in part.seeds]
    assert len(seeds) == len(set(seeds)) and all(part.seeds for part in PARTS)
