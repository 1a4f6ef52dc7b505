"""A recording from file to inspection: decode, find speech, transcribe, measure, check.

Nothing here touches the store or the schedule, so `callqa inspect`, the nightly flow and the evaluation share it. A recording that cannot be judged
becomes a quarantined inspection with its reason; a check that fails makes the call partial. Only a broken model or machine is an exception.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from threading import Lock
from types import TracebackType

from flows.second_hearing import heard_again
from pipeline import __version__
from pipeline.checks.audio.silent import SILENT_AGENT
from pipeline.checks.audio.swapped import SWAPPED, exchanged, is_swapped
from pipeline.checks.check import CallFacts, HeardCall
from pipeline.checks.ruleset import Ruleset
from pipeline.checks.run import CheckResult, run_checks
from pipeline.checks.script.script import Script
from pipeline.checks.tone import measure
from pipeline.errors import AudioError, StorageError
from pipeline.findings.merge import merge
from pipeline.recordings.decode import Decoder
from pipeline.recordings.refusals import explained
from pipeline.recordings.source import digest_of
from pipeline.records.call import AgentChannel
from pipeline.records.finding import Element, ElementState, Finding
from pipeline.records.inspection import Inspection, StageTimes, Status, Versions
from pipeline.records.recording import Audio, Recording
from pipeline.records.tone import Tone, Voice
from pipeline.records.turn import Speaker, Turn
from pipeline.settings import Settings
from pipeline.transcription.echo import without_echo
from pipeline.transcription.transcript import Speech, transcribe
from pipeline.transcription.whisper import WhisperEngine, speech_spans


@dataclass(frozen=True, slots=True)
class Job:
    """A recording to inspect and what is said about it. `name` is what the result calls the file."""

    path: Path
    name: str
    facts: CallFacts = CallFacts()
    agent_channel: AgentChannel | None = None
    sha256: str | None = None


@dataclass(slots=True)
class _Stages:
    """Seconds by stage, measured as the stages pass."""

    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def __call__(self, stage: str) -> Iterator[None]:
        began = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[stage] = self.seconds.get(stage, 0.0) + time.perf_counter() - began

    def times(self) -> StageTimes:
        """What was measured so far."""
        return StageTimes(**{f"{stage}_s": seconds for stage, seconds in self.seconds.items()})


class Inspector:
    """The model, the rules and a decoding process, held for as long as the process lives. Several threads may inspect at once."""

    def __init__(self, settings: Settings, ruleset: Ruleset) -> None:
        self._engine = WhisperEngine(
            settings.model_path, settings.device, settings.compute_type, settings.threads, settings.beam_size
        )
        self.ruleset = ruleset
        self._decoder, self._decoding = Decoder(), Lock()
        self.versions = Versions(ruleset.version, self._engine.version, __version__)

    def __enter__(self) -> "Inspector":
        self._decoder.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._decoder.__exit__(kind, error, trace)

    @property
    def at_once(self) -> int:
        """How many calls the machine inspects at once without one waiting for the other."""
        return self._engine.at_once

    def inspect(self, job: Job) -> Inspection:
        """What is heard and judged in one recording."""
        stage = _Stages()
        try:
            with self._decoding, stage("decode"):
                audio = self._decoder.decode(
                    job.path, job.agent_channel, job.facts.duration_ms, sha256=job.sha256, name=job.name
                )
        except AudioError as error:
            return self._quarantined(job, error.reason, str(error), stage.times())
        with stage("vad"):
            sides = without_echo(audio)
            speech = self._speech(sides)
        with stage("transcribe"):
            turns = transcribe(sides, speech, self._engine)
        with stage("check"):
            facts, unknown = self._with_script(job.facts)
            call = self._call(audio, turns, speech, facts)
            if is_swapped(call, self.ruleset):
                audio, sides, speech = _other_way(audio), _other_way(sides), Speech(speech.customer or (), speech.agent)
                call = replace(self._call(audio, exchanged(turns), speech, facts), reasons=(*audio.reasons, SWAPPED))
            turns, voice = call.turns, call.voice
            result = run_checks(call, self.ruleset)
        with stage("transcribe"):
            findings = heard_again(merge(_judged(result.findings, audio)), sides, self._engine, self.ruleset)
        reasons = (*audio.reasons, *unknown, *_doubts(turns, result))
        return Inspection(
            status=Status.PARTIAL if reasons else Status.INSPECTED,
            reasons=reasons,
            recording=audio.recording,
            turns=turns,
            findings=findings,
            script=result.elements,
            tone=voice.tone,
            versions=self.versions,
            times=stage.times(),
            optouts=result.optouts,
            parts=result.parts,
            attitudes=result.attitudes,
        )

    @staticmethod
    def _call(audio: Audio, turns: tuple[Turn, ...], speech: Speech, facts: CallFacts) -> HeardCall:
        """What the checks look at. Where the agent's channel is silent, all that is heard is the customer's."""
        if SILENT_AGENT in audio.reasons:
            turns = tuple(replace(turn, speaker=Speaker.CUSTOMER) for turn in turns)
            voice = Voice(_no_tone("客服声道全程无声"), (), (), None)
        else:
            voice = measure(audio, turns, speech.agent, speech.customer)
        decoded_ms, complete = audio.recording.decoded_ms, not audio.reasons
        return HeardCall(turns, voice, audio.mono, decoded_ms, complete, facts, audio.reasons)

    def unreadable(self, job: Job, error: StorageError) -> Inspection:
        """A recording that the machine does not give: for who asks once and cannot come back later, as the night does."""
        return self._quarantined(job, "unreadable", str(error), StageTimes())

    def _speech(self, audio: Audio) -> Speech:
        longest_ms = self._engine.longest_window_ms
        customer = None if audio.customer is None else speech_spans(audio.customer, longest_ms)
        return Speech(speech_spans(audio.agent, longest_ms), customer)

    def _with_script(self, facts: CallFacts) -> tuple[CallFacts, tuple[str, ...]]:
        """The facts, without a script that does not exist: then the script was not judged, and the call says so."""
        if facts.project is None or self._script_of(facts) is not None:
            return facts, ()
        return replace(facts, project=None), (
            f"no_script: there is no script {facts.project!r} in lexicons/scripts; register the project with one that is there, or add it",
        )

    def _script_of(self, facts: CallFacts) -> Script | None:
        return next((script for script in self.ruleset.scripts if script.project == facts.project), None)

    def _quarantined(self, job: Job, reason: str, detail: str, times: StageTimes) -> Inspection:
        """Nothing could be judged: every figure and every element of the script says so, with the reason."""
        why, script = explained(reason), self._script_of(job.facts)
        return Inspection(
            status=Status.QUARANTINED,
            reasons=(f"{reason}: {detail}",),
            recording=Recording(job.name, digest_of(job.path), None, 0, 0, "unknown", 0),
            turns=(),
            findings=(),
            script=() if script is None else not_assessable(script),
            tone=_no_tone(why),
            versions=self.versions,
            times=times,
        )


def _no_tone(why: str) -> Tone:
    return Tone(not_assessable=tuple((f.name, why) for f in fields(Tone) if f.name != "not_assessable"))


def _other_way(audio: Audio) -> Audio:
    return audio if audio.customer is None else replace(audio, agent=audio.customer, customer=audio.agent)


def _judged(findings: tuple[Finding, ...], audio: Audio) -> tuple[Finding, ...]:
    """Of an agent whom nobody can hear, only what rests on the recording and the clock is found."""
    if SILENT_AGENT not in audio.reasons:
        return findings
    return tuple(finding for finding in findings if finding.rule.startswith(("audio.", "call.")))


def not_assessable(script: Script) -> tuple[Element, ...]:
    """Every element of a script as that of a call nobody could hear."""
    return tuple(
        Element(required.cues.element, required.cues.part, ElementState.NOT_ASSESSABLE) for required in script.elements
    )


def _doubts(turns: tuple[Turn, ...], result: CheckResult) -> list[str]:
    """What makes a decoded call less than inspected."""
    doubts = [f"check_failed: {rule}: {message}" for rule, message in result.failed]
    if not turns:
        doubts.append("no_speech: nobody is heard speaking")
    return doubts
