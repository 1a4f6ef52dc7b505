"""What every limit of `lexicons/standard.toml` means, for people who fill in a form: its name, unit, bounds, and what it decides.

    longest_silence_ms = 8000      冷场：无人说话最长    8 秒    1 to 60

The names are those of the file (hours.from for [hours]). `tests/checks/test_standard_editing.py` keeps both in step.
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

SECTIONS = {
    "pace": ("语速", "Pace"),
    "waiting": ("冷场、应答慢、独白", "Silence, slow answers, monologue"),
    "interruption": ("抢话", "Interruption"),
    "level": ("音量与杂音", "Level and noise"),
    "raised": ("提高嗓门", "Raised voice"),
    "certainty": ("把握", "Certainty"),
    "calling": ("外呼时段与免打扰", "Hours of calling, do not call"),
}


class Unit(StrEnum):
    """How a value is filled in. The file has milliseconds and shares (0-1); people fill in seconds and percent."""

    RATE = "rate"
    HANZI = "hanzi"
    TIMES = "times"
    SECONDS = "seconds"
    DBFS = "dbfs"
    DECIBELS = "decibels"
    SEMITONES = "semitones"
    PERCENT = "percent"
    HOURS = "hours"
    CLOCK = "clock"
    ZONE = "zone"


UNIT_NAMES = {
    Unit.RATE: ("字/分", "hanzi a minute"),
    Unit.HANZI: ("字", "hanzi"),
    Unit.TIMES: ("次", "times"),
    Unit.SECONDS: ("秒", "s"),
    Unit.DBFS: ("dBFS", "dBFS"),
    Unit.DECIBELS: ("分贝", "dB"),
    Unit.SEMITONES: ("半音", "semitones"),
    Unit.PERCENT: ("%", "%"),
    Unit.HOURS: ("小时", "h"),
}
# How much of what the file has makes one of what people fill in.
IN_FILE = {Unit.SECONDS: Decimal(1000), Unit.PERCENT: Decimal("0.01")}
# The smallest step of what the file has whole numbers of.
STEPS = {Unit.HANZI: Decimal(1), Unit.TIMES: Decimal(1), Unit.HOURS: Decimal(1), Unit.SECONDS: Decimal("0.001")}


@dataclass(frozen=True, slots=True)
class Meaning:
    """A limit's section, its name in Chinese and English, its unit, its bounds in that unit, and what it decides, in both.

    `is_heard`: whether stored calls tell what another value would do; levels of turns, sounds and other calls' opt-outs are not looked at anew.
    """

    section: str
    chinese: str
    english: str
    unit: Unit
    least: Decimal | None
    most: Decimal | None
    decides: str
    decides_english: str
    is_heard: bool = True

    def named(self, tongue: int) -> str:
        """The name in Chinese (0) or English (1)."""
        return (self.chinese, self.english)[tongue]


def _(
    section: str, names: tuple[str, str], unit: Unit, bounds: str, decides: tuple[str, str], heard: bool = True
) -> Meaning:
    least, most = map(Decimal, bounds.split()) if bounds else (None, None)
    return Meaning(section, *names, unit, least, most, *decides, heard)


MEANINGS = {
    "rate_max_cpm": _("pace", ("语速上限", "Fastest pace"), Unit.RATE, "150 800",
        ("只算说话的时间；更快算语速过快", "Of time spoken; faster is too fast")),
    "rate_min_cpm": _("pace", ("语速下限", "Slowest pace"), Unit.RATE, "20 300",
        ("更慢算语速过慢", "Slower is too slow")),
    "rate_min_hanzi": _("pace", ("多短的话不评语速", "Shortest sentence judged"), Unit.HANZI, "1 50",
        ("少于这么多字的一句话不评", "A sentence of fewer hanzi has no pace")),
    "longest_silence_ms": _("waiting", ("冷场：无人说话最长", "Dead air: longest silence"), Unit.SECONDS, "1 60",
        ("更长算冷场", "Longer is dead air")),
    "slow_response_ms": _("waiting", ("应答慢：客户最多等", "Slow answer: longest wait"), Unit.SECONDS, "0.5 30",
        ("客户说完以后；更长算应答慢，超过冷场的另算", "After the customer; longer is slow, dead air counts by itself")),
    "monologue_ms": _("waiting", ("独白：连续说话最长", "Monologue: longest stretch"), Unit.SECONDS, "10 600",
        ("客户插不上话；更长算独白", "Without room for the customer; longer is a monologue")),
    "interruption_ms": _("interruption", ("同时说话多久算一次", "Overlap that counts"), Unit.SECONDS, "0.2 10",
        ("客户正在说时开口", "The agent begins while the customer speaks")),
    "interruption_long_ms": _("interruption", ("多久的一次就算抢话", "Overlap that is one by itself"), Unit.SECONDS, "0.2 20",
        ("满这么久，一次就记", "From here on once is enough")),
    "interruption_count": _("interruption", ("一通几次算抢话", "Overlaps that make a habit"), Unit.TIMES, "2 20",
        ("满这么多次，每次都记", "From so many on each of them counts")),
    "interruption_hanzi": _("interruption", ("至少说了几个字", "Fewest hanzi said over the customer"), Unit.HANZI, "1 30",
        ("少于这么多字的附和不算", "Fewer are listening, not interrupting")),
    "level_low_dbfs": _("level", ("音量下限", "Lowest level"), Unit.DBFS, "-60 -20",
        ("有效语音电平；更低算音量过低", "Active speech level; lower is too low")),
    "level_high_dbfs": _("level", ("音量上限", "Highest level"), Unit.DBFS, "-30 0",
        ("有效语音电平；更高算音量过高", "Active speech level; higher is too high")),
    "clipped_share": _("level", ("失真最多占", "Largest share distorted"), Unit.PERCENT, "0.01 20",
        ("占话务员说话的比例；更多算声音失真", "Of the agent's speech; more is distorted")),
    "noise_min_ms": _("level", ("无关的声音持续多久算", "Noise that counts"), Unit.SECONDS, "0.2 30",
        ("无人说话时；满这么久算与工作无关的声音", "While nobody speaks; from here on it is noise"), False),
    "raised_db": _("raised", ("比本人平时响多少", "Louder than usual by"), Unit.DECIBELS, "1 30",
        ("比本人本通的中位数；响、高、久三项都满才算", "Than the agent's own median; all three must be reached"), False),
    "raised_st": _("raised", ("比本人平时高多少", "Higher than usual by"), Unit.SEMITONES, "0.5 24",
        ("音高", "Pitch"), False),
    "raised_min_ms": _("raised", ("至少多久", "For at least"), Unit.SECONDS, "0.1 10",
        ("一句话的长度", "Length of the sentence"), False),
    "speaker_confidence": _("certainty", ("直接计入至少要有的把握", "Least certainty that counts by itself"), Unit.PERCENT, "0 100",
        ("低于此值的问题只交人工复核", "Below it a person decides"), False),
    "optout_grace_h": _("calling", ("免打扰的宽限", "Grace after “do not call”"), Unit.HOURS, "0 720",
        ("客户说别再打以后，过了这么久再打才算", "Called again later than this is a fault"), False),
    "hours.from": _("calling", ("几点开始可以外呼", "Calling begins"), Unit.CLOCK, "", ("当地时间，含这一刻", "Local time, included")),
    "hours.to": _("calling", ("几点以后不可以外呼", "Calling ends"), Unit.CLOCK, "", ("当地时间，不含这一刻", "Local time, excluded")),
    "hours.timezone": _("calling", ("时区", "Time zone"), Unit.ZONE, "", ("例如 Asia/Shanghai", "Such as Asia/Shanghai")),
}  # fmt: skip
# Of each pair the first must be less than the second; `or_same`: or the same.
ORDER = (
    ("rate_min_cpm", "rate_max_cpm", False),
    ("slow_response_ms", "longest_silence_ms", False),
    ("interruption_ms", "interruption_long_ms", True),
    ("level_low_dbfs", "level_high_dbfs", False),
    ("hours.from", "hours.to", False),
)
