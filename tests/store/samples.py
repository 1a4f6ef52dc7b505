"""A vendor's small day: rows, manifests, an inspection with every field filled."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import Engine

from pipeline.records.attitude import Attitude
from pipeline.records.call import AgentChannel, Manifest, ManifestRow, Outcome, RejectedRow
from pipeline.records.draw import Draw, FrameCall, Plan
from pipeline.records.finding import Element, ElementState, Finding, Match, Part, PartSpan, Severity
from pipeline.records.inspection import Inspection, StageTimes, Status, Versions
from pipeline.records.recording import Recording
from pipeline.records.span import Span
from pipeline.records.tone import Tone
from pipeline.records.turn import Speaker, Turn, Word
from pipeline.sampling.draw import commit_to, make_draw, make_targeted_draw
from pipeline.store.calls import register_manifest
from pipeline.store.draws import complete_draw, open_draw, save_targeted
from pipeline.store.engine import writing
from pipeline.store.inspections import Archived
from pipeline.store.states import find_call

DAY = date(2025, 6, 2)
NOW = datetime(2025, 6, 2, 17, 30, tzinfo=UTC)
PLAN = Plan(minimum_calls=1000, share_bp=0, formal_calls=2, policy_version="p1")
ARCHIVED = Archived("2025/06/02/ab.wav", date(2025, 6, 3), date(2025, 9, 3), committed=True)


def row(call_id: str = "c1", day: date = DAY, **changes: object) -> ManifestRow:
    values: dict[str, object] = {
        "call_id": call_id,
        "vendor": "华声",
        "project": "vip-care",
        "agent": "工号01",
        "customer_number": "13800138000",
        # 10:00 in Shanghai.
        "started_at": datetime(day.year, day.month, day.day, 2, 0, tzinfo=UTC),
        "duration_ms": 61_000,
        "outcome": Outcome.SUCCESS,
        "file": f"audio/{call_id}.wav",
        "agent_channel": AgentChannel.LEFT,
        "sha256": "ab" * 32,
        "extra": (("班组", "一组"), ("备注", "")),
    }
    return ManifestRow(**(values | changes))  # type: ignore[arg-type]


def manifest(
    rows: Sequence[ManifestRow], rejected: Sequence[RejectedRow] = (), name: str = "m.csv", sha256: str = "m1"
) -> Manifest:
    return Manifest("/drops/华声", name, sha256, tuple(enumerate(rows, start=2)), tuple(rejected))


def register(engine: Engine, *rows: ManifestRow, now: datetime = NOW, name: str = "m.csv") -> None:
    with writing(engine) as session:
        register_manifest(session, manifest(rows, name=name), now)


def draw_all(
    engine: Engine, vendor: str = "华声", project: str = "vip-care", day: date = DAY, seed: str = "5eed"
) -> Draw:
    """A draw of every call of a night."""
    with writing(engine) as session:
        opened = open_draw(session, vendor, project, day, PLAN, commit_to(seed), NOW)
    assert opened is not None
    draw = make_draw(vendor, project, day, opened.calls, PLAN, seed, NOW + timedelta(seconds=1))
    with writing(engine) as session:
        complete_draw(session, draw)
    return draw


def draw_named(engine: Engine, vendor: str, call_id: str, now: datetime = NOW) -> Draw:
    """A draw of one call on purpose, however often it was drawn before."""
    with writing(engine) as session:
        call = find_call(session, vendor, call_id)
        assert call is not None
        frame = [FrameCall(call.call_id, call.agent, call.outcome, call.duration_ms)]
        draw = make_targeted_draw(vendor, call.project, call.day, frame, PLAN.policy_version, now)
        save_targeted(session, draw)
    return draw


@dataclass(frozen=True)
class Heard:
    """What differs between two inspections in a test."""

    file: str = "audio/c1.wav"
    sha256: str = "ab" * 32
    ruleset: str = "r1"
    turns: int = 2


def inspection(heard: Heard = Heard()) -> Inspection:
    sentences = [("您好，这里是客服中心", Speaker.AGENT), ("不需要", Speaker.CUSTOMER)]
    turns = []
    for number in range(heard.turns):
        text, speaker = sentences[number % 2]
        start = number * 3000
        words = tuple(
            Word(hanzi, Span(start + n * 200, start + n * 200 + 190), 0.1 + n / 37) for n, hanzi in enumerate(text)
        )
        turns.append(Turn(speaker, Span(start, start + 2500), text, 0.8123456789012345, words))
    return Inspection(
        status=Status.PARTIAL,
        reasons=("truncated", "bad_frames"),
        recording=Recording(heard.file, heard.sha256, None, 60_980, 2, "pcm_mulaw", 8000),
        turns=tuple(turns),
        findings=(
            Finding(
                "phrase.scolding", 2, "训斥", Severity.MAJOR, "P-30", Speaker.AGENT, Span(100, 900), "你怎么这么笨",
                "这么笨", Match.PHONETIC, 0.91, "话务员训斥客户", True,
            ),
            Finding(
                "script.order", 1, "顺序", Severity.NOTICE, "P-20", Speaker.AGENT, None, "", "", Match.STRUCTURE, 1.0,
                "开场白顺序不同", False,
            ),
        ),
        script=(
            Element("greeting", Part.OPENING, ElementState.PRESENT, Span(0, 800), "您好"),
            Element("thanks", Part.CLOSING, ElementState.NOT_ASSESSABLE),
        ),
        parts=(PartSpan(Part.OPENING, Span(0, 20_000)), PartSpan(Part.CLOSING, Span(41_000, 60_000))),
        attitudes=(Attitude("coldness", 0.125, ("说了像冷淡的话“随便”", "应答比一般慢")), Attitude("impatience", 0.5, ())),
        tone=Tone(
            speech_rate_cpm=287.125,
            active_level_dbfs=-23.4,
            pitch_median_hz=201.7,
            pitch_sd_st=2.9,
            longest_silence_ms=1300,
            agent_talk_share=2 / 3,
            interruptions=0,
            clipped_share=0.0,
            snr_db=31.0,
            not_assessable=(("customer_level_dbfs", "no_speech"), ("response_delay_ms", "one turn")),
        ),
        versions=Versions(heard.ruleset, "demo-asr@1234", "0.1.0"),
        times=StageTimes(0.11, 0.022, 1.5, 0.3),
    )  # fmt: skip
