"""The sound of a call for browsers: the copy to listen to, its waveform's peaks, the course of its voices, and what was played of it.

The copy is sent whole or in one range. Several ranges at once, or one that is not in it, are 416: no player asks so, and those who do mean harm.
"""

import json
import re
from collections.abc import Callable
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import FileResponse, HTMLResponse, PlainTextResponse, Response
from sqlalchemy.orm import Session

from pipeline.errors import AudioError
from pipeline.records.span import Span
from pipeline.services.listening import Sounds
from pipeline.settings import Settings
from pipeline.store.call_file import CallFile, KeptRecording, call_file, kept_recording, subject_of
from pipeline.store.events import latest
from pipeline.store.plays import NotPlayed, tell_played
from pipeline.store.tables import CallRow, Did
from pipeline.store.visible import NotThere, visible_call
from pipeline.web.numbers import InPath
from pipeline.web.pages import gettext_of, page, render
from pipeline.web.refusals import BadInput
from pipeline.web.visit import CallReading, Visit

Course = list[float | None]
Voices = dict[str, Course | None]

router = APIRouter()
_PRIVATE = {"Cache-Control": "private, no-store"}
_RANGE = re.compile(r"bytes=(\d{1,18}-\d{0,18}|-\d{1,18})", re.ASCII)
_MOST_STRETCHES = 200
# Of the agent, the customer and both: the same in every plot, whoever is in it.
_COLOURS = ("#2b82b8", "#9a5fc7", "#7a8794")
_LEGEND_PERCENT = 7
# Playing on is one hearing: the trail need not say it with every range that a player asks for.
_ONE_HEARING = timedelta(minutes=10)


class Unplayable(NotThere):
    """There is no recording of the call that could be played."""


@cache
def sounds_of(settings: Settings) -> Sounds:
    """The one maker of copies of an installation, until `close_sounds`."""
    return Sounds(settings)


def close_sounds(settings: Settings) -> None:
    """End what the maker has started; another application of this process gets a new one."""
    sounds_of(settings).close()
    sounds_of.cache_clear()


@router.api_route("/calls/{call_pk}/audio", methods=["GET", "HEAD"])
def call_audio(request: Request, visit: CallReading, call_pk: InPath) -> Response:
    """The copy to listen to: PCM WAV at the recording's rate, both channels."""
    call, recording = _recording(visit, call_pk)
    asked = request.headers.get("Range")
    copy = _made(visit, recording, sounds_of(visit.settings).copy)
    headers = _PRIVATE | {"ETag": f'"{copy.stem}"'}
    if asked is not None and not _is_one_range(asked, copy.stat().st_size):
        return PlainTextResponse("", 416, headers | {"Content-Range": f"bytes */{copy.stat().st_size}"})
    if request.method == "GET":
        _tell_heard(visit, subject_of(call))
    return FileResponse(copy, media_type="audio/wav", headers=headers)


@router.get("/calls/{call_pk}/peaks")
def call_peaks(visit: CallReading, call_pk: InPath) -> Response:
    """What the waveform is drawn from."""
    _, recording = _recording(visit, call_pk)
    peaks = _made(visit, recording, sounds_of(visit.settings).peaks)
    return FileResponse(peaks, media_type="application/json", headers=_PRIVATE)


@router.get("/calls/{call_pk}/voice")
def call_voice(request: Request, visit: CallReading, call_pk: InPath) -> Response:
    """How the voices go through the call, a value a second: JSON for programs, a plot with its table for people."""
    with visit.reading() as session:
        file = call_file(session, visible_call(session, visit.person, call_pk))
    inspection, inspection_id = file.inspection, file.inspection_id
    if inspection is None or inspection_id is None:
        raise NotThere(f"call {call_pk} was not judged")
    sounds = sounds_of(visit.settings)
    made = _made(
        visit,
        file.recording,
        lambda sha256: sounds.voice(sha256, file.row.agent_channel, inspection_id, inspection.turns),
    )
    if "application/json" in request.headers.get("Accept", ""):
        return FileResponse(made, media_type="application/json", headers=_PRIVATE)
    voices = json.loads(made.read_bytes())
    context = {"file": file, "voices": voices, "options": voice_plot(voices, gettext_of(request))}
    if request.headers.get("HX-Request"):
        return HTMLResponse(render(visit, request, "call_voice.html", **context), headers=_PRIVATE)
    return page(visit, request, "call_voice_page.html", **context)


@router.post("/calls/{call_pk}/played", status_code=204)
def call_played(visit: CallReading, call_pk: InPath, played: Annotated[str, Form(max_length=20_000)]) -> Response:
    """What somebody has had played since he told it last: JSON of [start_ms, end_ms] pairs."""
    with visit.writing() as session:
        write_played(session, visit, call_file(session, visible_call(session, visit.person, call_pk)), played)
    return Response(status_code=204)


def write_played(session: Session, visit: Visit, file: CallFile, told: str) -> None:
    """Write down what a page tells of what was played. Raises BadInput where that cannot be."""
    try:
        spans = [Span(int(start), int(end)) for start, end in json.loads(told or "[]")][:_MOST_STRETCHES]
        spans = [
            Span(span.start_ms, min(span.end_ms, file.length_ms)) for span in spans if span.start_ms < file.length_ms
        ]
        tell_played(session, file.call_pk, file.subject, file.length_ms, visit.person, spans, visit.now)
    except (ValueError, TypeError, OverflowError, RecursionError, NotPlayed) as error:
        raise BadInput("播放记录和时间对不上，没有采用。请刷新页面，重新播放。") from error


def voice_plot(voices: Voices, say: Callable[[str], str]) -> dict[str, object]:
    """The four courses one under the other on one time axis, as options of ECharts; `say` translates."""
    agent, customer = voices["level_dbfs"] or [], voices["customer_level_dbfs"]
    colours = dict(zip((say("客服"), say("客户"), say("双方")), _COLOURS, strict=True))
    silence: Course = [None if share is None else round(share * 100) for share in voices["silence"] or []]
    rows: tuple[tuple[str, list[tuple[str, Course]]], ...] = (
        (say("音量 dB"), [(say("客服"), agent), *([(say("客户"), customer)] if customer else [])]),
        (say("音高 Hz"), [(say("客服"), voices["pitch_hz"] or [])]),
        (say("语速 字/分"), [(say("客服"), voices["rate_cpm"] or [])]),
        (say("静默 %"), [(say("双方"), silence)]),
    )
    height = (100 - _LEGEND_PERCENT) / len(rows)
    tops = [_LEGEND_PERCENT + row * height + 3 for row in range(len(rows))]
    axes = range(len(rows))
    shown = dict.fromkeys(name for _, lines in rows for name, _ in lines)
    return {
        "legend": {"top": 0, "right": 16, "itemHeight": 8, "selectedMode": False, "data": list(shown)},
        "grid": [{"left": 56, "right": 16, "top": f"{top}%", "height": f"{height - 7}%"} for top in tops],
        "xAxis": [
            {"type": "value", "gridIndex": row, "min": 0, "max": len(agent), "axisLabel": {"show": row == axes[-1]}}
            for row in axes
        ],
        "yAxis": [
            {"type": "value", "gridIndex": row, "scale": True, "splitNumber": 2, "name": name, "nameLocation": "middle"}
            for row, (name, _) in enumerate(rows)
        ],
        "axisPointer": {"link": [{"xAxisIndex": "all"}]},
        "series": [
            _line(row, name, values, colours[name]) for row, (_, lines) in enumerate(rows) for name, values in lines
        ],
    }


def _line(row: int, name: str, values: Course, colour: str) -> dict[str, object]:
    return {
        "name": name,
        "type": "line",
        "xAxisIndex": row,
        "yAxisIndex": row,
        "showSymbol": False,
        "connectNulls": False,
        "color": colour,
        "data": [[second + 0.5, value] for second, value in enumerate(values)],
    }


def _recording(visit: Visit, call_pk: int) -> tuple[CallRow, KeptRecording | None]:
    with visit.reading() as session:
        call = visible_call(session, visit.person, call_pk)
        return call, kept_recording(session, call.id)


def _made(visit: Visit, recording: KeptRecording | None, make: Callable[[str], Path]) -> Path:
    if recording is None or recording.destroyed or not sounds_of(visit.settings).is_archived(recording.sha256):
        raise Unplayable("the call has no recording")
    try:
        return make(recording.sha256)
    except AudioError as error:
        raise Unplayable(f"the recording cannot be played: {error}") from error


def _is_one_range(asked: str, size: int) -> bool:
    """Whether a Range header asks for one range of which at least the first byte is there."""
    if (found := _RANGE.fullmatch(asked.replace(" ", ""))) is None:
        return False
    first, _, last = found[1].partition("-")
    if not first:
        return int(last) > 0
    return int(first) < size and (not last or int(last) >= int(first))


def _tell_heard(visit: Visit, subject: str) -> None:
    with visit.reading() as session:
        told = latest(session, visit.person, Did.HEARD, subject)
    if told is None or visit.now - told > _ONE_HEARING:
        visit.tell(Did.HEARD, subject)
