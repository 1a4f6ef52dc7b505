"""What tests of the call page share: the house's calls by what is in them, and what somebody has played."""

import json
import re
import shutil
import wave
from datetime import UTC, datetime
from hashlib import sha256

import numpy as np
from sqlalchemy import insert, select, update

from pipeline.services.drawing import open_store
from pipeline.store.call_file import call_file
from pipeline.store.engine import reading, writing
from pipeline.store.tables import CallRow, InspectionRow, PlayRow, RecordingRow, TurnRow, VerdictRow


def calls_with(settings, *, findings, decided=False):
    """The numbers of calls with so many faults, decided or not."""
    engine = open_store(settings)
    with reading(engine) as session:
        files = [call_file(session, call) for call in session.scalars(select(CallRow).order_by(CallRow.id.desc()))]
        done = set(session.scalars(select(VerdictRow.finding_id)))
    engine.dispose()
    found = []
    for file in files:
        faults = [one.finding_id for one in file.findings if one.is_fault]
        if file.inspection and len(faults) == findings and all((one in done) is decided for one in faults):
            found.append(file.call_pk)
    return found


def findings_of(settings, call_pk):
    """The call's findings, as the page shows them."""
    engine = open_store(settings)
    with reading(engine) as session:
        found = call_file(session, session.get_one(CallRow, call_pk)).findings
    engine.dispose()
    return found


def hears(settings, call_pk, person, spans=((0, 10_000_000),)):
    """Let somebody have heard a call, or parts of it."""
    engine = open_store(settings)
    with writing(engine) as session:
        for start, end in spans:
            session.execute(
                insert(PlayRow).values(call_pk=call_pk, person=person, start_ms=start, end_ms=end, at=datetime.now(UTC))
            )
    engine.dispose()


def vendor_of(settings, call_pk):
    """Whose call it is."""
    return rows(settings, select(CallRow.vendor).where(CallRow.id == call_pk))[0][0]


def turns_of(settings, call_pk):
    """The turns of a call that was judged once."""
    query = (
        select(TurnRow)
        .join(InspectionRow, InspectionRow.id == TurnRow.inspection_id)
        .join(RecordingRow, RecordingRow.id == InspectionRow.recording_id)
        .where(RecordingRow.call_pk == call_pk)
        .order_by(TurnRow.position)
    )
    return [turn for (turn,) in rows(settings, query)]


def rows(settings, query):
    """What the store answers."""
    engine = open_store(settings)
    with reading(engine) as session:
        found = session.execute(query).all()
    engine.dispose()
    return found


def changes(settings, *statements):
    """Change the store."""
    engine = open_store(settings)
    with writing(engine) as session:
        for statement in statements:
            session.execute(statement)
    engine.dispose()


def faults(settings, call_pk):
    """The findings of a call that are its faults."""
    return [one for one in findings_of(settings, call_pk) if one.is_fault]


def text_of(answer):
    """What a page says, without its tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text))


def long_call(house, call_pk, minutes=10):
    """Make a call of ten minutes out of a short one: its sound and its turns again and again."""
    ((recording,),) = rows(house, select(RecordingRow).where(RecordingRow.call_pk == call_pk))
    ((inspection,),) = rows(house, select(InspectionRow).where(InspectionRow.recording_id == recording.id))
    turns = turns_of(house, call_pk)
    pcm = np.random.default_rng(1).normal(0, 2000, (minutes * 60 * 8000, 2)).astype("<i2")
    file = house.root / "long.wav"
    with wave.open(str(file), "wb") as target:
        target.setnchannels(2)
        target.setsampwidth(2)
        target.setframerate(8000)
        target.writeframes(pcm.tobytes())
    digest = sha256(file.read_bytes()).hexdigest()
    kept = house.archive_path / "sha256" / digest[:2] / digest[2:]
    kept.parent.mkdir(exist_ok=True)
    shutil.move(file, kept)
    again = []
    for number in range(1, minutes * 60_000 // inspection.decoded_ms):
        by_ms = number * inspection.decoded_ms
        for turn in turns:
            words = [[text, start + by_ms, end + by_ms, sure] for text, start, end, sure in json.loads(turn.words)]
            again.append(
                {
                    "inspection_id": inspection.id, "position": turn.position + number * len(turns), "speaker": turn.speaker,
                    "start_ms": turn.start_ms + by_ms, "end_ms": turn.end_ms + by_ms, "text": turn.text,
                    "confidence": turn.confidence, "words": json.dumps(words, ensure_ascii=False),
                }
            )  # fmt: skip
    changes(
        house,
        update(RecordingRow).where(RecordingRow.id == recording.id).values(sha256=digest),
        update(InspectionRow).where(InspectionRow.id == inspection.id).values(decoded_ms=minutes * 60_000),
        *(insert(TurnRow).values(**turn) for turn in again),
    )
    return digest
