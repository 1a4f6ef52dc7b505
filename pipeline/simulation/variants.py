"""The throats of simulated people, as the text of espeak-ng voice variants: where the formants lie, pitch and its range, roughness, breath.

espeak-ng's own variants speak Mandarin within two or three semitones (80 to 98 Hz), so that 打 and 大 sound all but the same, where people
go up and down by eight and more. Those of this file have such a range, and there is no end of them:

    text_of("sim-17")    the variant of the seventeenth person; the same name always gives the same voice

What stands before the hyphen keeps sets of people apart: the speech model was trained on people of another set. Nobody speaks lower than about
130 Hz: Whisper hears in windows of 25 ms, in which the harmonics of a lower voice run together, and its tones with them.
"""

import random

_ODD_SHARE = 0.2


def text_of(name: str, *, may_be_odd: bool = False) -> str:
    """The variant file of a person; with `may_be_odd` one in five speaks low and within the narrow range of espeak-ng's own."""
    chance = random.Random(f"variant {name}")
    is_low = chance.random() < 0.5
    is_odd = may_be_odd and chance.random() < _ODD_SHARE
    low_hz = chance.uniform(80, 118) if is_odd else chance.uniform(118, 150) if is_low else chance.uniform(160, 195)
    size = chance.uniform(0.9, 1.02) if is_low else chance.uniform(1.0, 1.25)
    span = chance.uniform(1.2, 1.6) if is_odd else chance.uniform(1.75, 2.1)
    lines = ["language variant", f"name {name}", f"pitch {low_hz:.0f} {low_hz * span:.0f}"]
    if chance.random() < 0.25:
        lines.append(f"klatt {chance.randint(4, 5)}")  # detectors of speech take 1 to 3 for no voices
    lines += [_formant(number, size, chance) for number in range(9)]
    lines += [line for share, line in _habits(chance) if chance.random() < share]
    return "\n".join(lines) + "\n"


def _formant(number: int, size: float, chance: random.Random) -> str:
    """Place, height and width in percent of espeak-ng's own; the first four make the vowels and vary less."""
    place = 100 * size * chance.gauss(1, 0.05 if number < 4 else 0.1)
    height = chance.gauss(100, 12) if number < 4 else chance.uniform(40, 120)
    return (
        f"formant {number} {min(150, max(70, place)):.0f} {min(140, max(60, height)):.0f} {chance.uniform(75, 160):.0f}"
    )


def _habits(chance: random.Random) -> tuple[tuple[float, str], ...]:
    """Share of people and the line of each habit."""
    return (
        (0.6, f"flutter {chance.randint(0, 6)}"),
        (0.6, f"roughness {chance.randint(0, 3)}"),
        (0.4, f"voicing {chance.randint(60, 160)}"),
        (0.4, f"consonants {chance.randint(60, 150)} {chance.randint(40, 150)}"),
        (0.2, f"echo {chance.randint(5, 100)} {chance.randint(5, 30)}"),
        (0.25, "breath " + " ".join(str(chance.randint(0, 4)) for _ in range(8))),
        (0.35, f"tone 500 {chance.randint(140, 255)} 1500 {chance.randint(120, 255)} 3000 {chance.randint(80, 255)}"),
    )
