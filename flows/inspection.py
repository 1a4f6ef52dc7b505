"""One batch of recordings from file to inspection: decode, find speech, transcribe together, measure, check.

Nothing here touches the store or the schedule, so `callqa inspect`, the nightly flow and the evaluation share it. A recording that cannot be judged
becomes a quarantined inspection with its reason; a check that fails makes the call partial. Only a broken model or machine is an exception.
"""

import hashlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import TracebackType

from pipeline import __version__
from pipeline.checks.check import CallFacts, HeardCall
from pipeline.checks.ruleset import Ruleset
from pipeline.checks.run import CheckResult, run_checks
from pipeline.checks.tone import measure
from pipeline.errors import AudioError
from pipeline.findings.merge import merge
from pipeline.recordings.decode import Decoder
from pipeline.records.call import AgentChannel
from pipeline.records.inspection import Inspection, StageTimes, Status, Versions
from pipeline.records.recording import Audio, Recording
from pipeline.records.tone import Tone
from pipeline.records.turn import Turn
from pipeline.settings import Settings
from pipeline.transcription.transcript import Speech, transcribe, without_echo
from pipeline.transcription.whisper import WhisperEngine, speech_spans


@dataclass(frozen=True, slots=True)
class Job:
    """A recording to inspect and what is said about it. `name` is what the result calls the file."""

    path: Path
    name: str
    facts: CallFacts = CallFacts()
    agent_channel: AgentChannel | None = None
    sha256: str | None = None


_NOTHING = Speech((), ())


@dataclass(slots=True)
class _Work:
    """A job on its way through the stages."""

    job: Job
    audio: Audio | None = None
    error: AudioError | None = None
    speech: Speech = _NOTHING
    turns: tuple[Turn, ...] = ()
    decode_s: float = 0.0
    vad_s: float = 0.0
    transcribe_s: float = 0.0
    reasons: list[str] = field(default_factory=list)


class Inspector:
    """The model, the rules and a decoding process, held for as long as the process lives."""

    def __init__(self, settings: Settings, ruleset: Ruleset) -> None:
        self._engine = WhisperEngine(
            settings.model_path, settings.device, settings.compute_type, settings.threads, settings.beam_size
        )
        self._ruleset = ruleset
        self._decoder = Decoder()
        self.versions = Versions(ruleset.version, self._engine.version, __version__)

    def __enter__(self) -> "Inspector":
        self._decoder.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._decoder.__exit__(kind, error, trace)

    def inspect(self, jobs: Sequence[Job], on_done: Callable[[], None] | None = None) -> list[Inspection]:
        """One inspection per job, in order. The windows of all of them are heard together."""
        works = [_Work(job) for job in jobs]
        for work in works:
            self._decode(work)
        heard = [work for work in works if work.audio is not None]
        began = time.perf_counter()
        turns = transcribe([w.audio for w in heard if w.audio], [w.speech for w in heard], self._engine)
        spent = time.perf_counter() - began
        total_ms = sum(_speech_ms(work.speech) for work in heard) or 1
        for work, said in zip(heard, turns, strict=True):
            work.turns = said
            work.transcribe_s = spent * _speech_ms(work.speech) / total_ms
        results = []
        for work in works:
            results.append(self._judge(work))
            if on_done:
                on_done()
        return results

    def _decode(self, work: _Work) -> None:
        began = time.perf_counter()
        job = work.job
        try:
            work.audio = self._decoder.decode(job.path, job.agent_channel, job.facts.duration_ms, sha256=job.sha256)
        except AudioError as error:
            work.error = error
            return
        finally:
            work.decode_s = time.perf_counter() - began
        began = time.perf_counter()
        longest_ms = self._engine.longest_window_ms
        customer = None if work.audio.customer is None else speech_spans(work.audio.customer, longest_ms)
        work.speech = without_echo(work.audio, Speech(speech_spans(work.audio.agent, longest_ms), customer))
        work.vad_s = time.perf_counter() - began

    def _judge(self, work: _Work) -> Inspection:
        if work.audio is None:
            return self._quarantined(work)
        began = time.perf_counter()
        audio = work.audio
        facts, unknown = self._with_script(work.job.facts)
        voice = measure(audio, work.turns, work.speech.agent, work.speech.customer)
        call = HeardCall(work.turns, voice, audio.mono, audio.recording.decoded_ms, not audio.reasons, facts)
        result = run_checks(call, self._ruleset)
        reasons = (*audio.reasons, *unknown, *_doubts(work, result))
        return Inspection(
            status=Status.PARTIAL if reasons else Status.INSPECTED,
            reasons=reasons,
            recording=_named(audio.recording, work.job.name),
            turns=work.turns,
            findings=merge(result.findings),
            script=result.elements,
            tone=voice.tone,
            versions=self.versions,
            times=StageTimes(work.decode_s, work.vad_s, work.transcribe_s, time.perf_counter() - began),
        )

    def _with_script(self, facts: CallFacts) -> tuple[CallFacts, tuple[str, ...]]:
        """The facts, without a project that has no script: then the script was not judged, and the call says so."""
        if facts.project is None or any(script.project == facts.project for script in self._ruleset.scripts):
            return facts, ()
        return replace(facts, project=None), (
            f"no_script: project {facts.project!r} has no script in lexicons/scripts",
        )

    def _quarantined(self, work: _Work) -> Inspection:
        error = work.error
        reason = f"{error.reason}: {error}" if error else "unknown"
        recording = Recording(work.job.name, sha256_of(work.job.path), None, 0, 0, "unknown", 0)
        return Inspection(
            Status.QUARANTINED, (reason,), recording, (), (), (), Tone(), self.versions, StageTimes(work.decode_s)
        )


def sha256_of(path: Path) -> str:
    """The file's hash; of an unreadable or special file the empty string."""
    try:
        if not path.is_file():
            return ""
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError:
        return ""


def _doubts(work: _Work, result: CheckResult) -> list[str]:
    """What makes a decoded call less than inspected."""
    doubts = [f"check_failed: {rule}: {message}" for rule, message in result.failed]
    if not work.turns:
        doubts.append("no_speech: nobody is heard speaking")
    return doubts


def _speech_ms(speech: Speech) -> int:
    return sum(span.length_ms for span in (*speech.agent, *(speech.customer or ())))


def _named(recording: Recording, name: str) -> Recording:
    return Recording(
        name,
        recording.sha256,
        recording.duration_ms,
        recording.decoded_ms,
        recording.channels,
        recording.codec,
        recording.rate_hz,
    )
