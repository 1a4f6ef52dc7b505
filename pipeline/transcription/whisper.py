"""faster-whisper: the only module that knows it.

Windows are laid on one virtual timeline, a 30 s slot each, and decoded in batches with the clips given: the same words as window by window, at
several times the speed. On a processor batches are small and heard side by side, a core each, because a small model's matrices are too small to
be shared by cores; which windows make a batch does not depend on the cores, so the words do not either. Batched decoding ignores
faster-whisper's own thresholds, so doubtful words are filtered afterwards (`hallucination.py`). Temperature is 0 throughout: the same sound
gives the same words. A new pipeline object per batch, because an abandoned generator would leak its state into the next. Nothing is ever
downloaded.
"""

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import repeat
from pathlib import Path
from typing import Any

import numpy as np
from faster_whisper import BatchedInferencePipeline, WhisperModel
from faster_whisper.vad import VadOptions, get_speech_timestamps
from numpy.typing import NDArray

from pipeline.errors import ModelError
from pipeline.records.recording import RATE_HZ, Samples
from pipeline.records.span import Span
from pipeline.records.turn import Word
from pipeline.transcription.engine import WindowText
from pipeline.transcription.model import STANDARD_WINDOW_MS, inspect_model

PROMPT = "以下是普通话的电话录音，请用简体中文记录。"
BATCH_WINDOWS, BATCH_WINDOWS_CPU = 8, 3
_SIDE_BY_SIDE = 4
_SLOT = 30 * RATE_HZ
_WHOLE = 3000  # frames of 10 ms
_ROOM_MS = 500  # what windows add around speech
# 2000 ms is the library's default and glues whole dialogues together; any own value needs all of them given. The threshold is low, because what
# is not heard is a fault missed: on simulated calls 0.45 lost 2.8 % of the speech, 0.25 loses 1.5 %. What it lets in besides, mostly the line's
# noise and the other side coming through, is softer than the speaker by more than _QUIET_DB.
_QUIET_DB, _FRAME = 26.0, RATE_HZ // 50
_VAD = {
    "threshold": 0.25,
    "min_speech_duration_ms": 100,
    "min_silence_duration_ms": 300,
    "speech_pad_ms": 60,
}


class _Pipeline(BatchedInferencePipeline):  # type: ignore[misc]  # the library has no types
    """Pads windows to the model's own longest one. The library pads to 30 s, which OpenAI's models need; an encoder's cost grows with it."""

    def __init__(self, model: WhisperModel, longest_ms: int) -> None:
        super().__init__(model)
        self._frames = _WHOLE if longest_ms >= STANDARD_WINDOW_MS else -(-longest_ms // 1000) * 100

    def forward(self, features: Any, *rest: Any) -> Any:
        """What the library does with features of shape (windows, mel, 3000), with their unused end cut off."""
        return super().forward(features[..., : self._frames], *rest)


class WhisperEngine:
    """A model loaded once per process. Not fork-safe after loading."""

    def __init__(
        self, folder: Path, device: str = "cpu", compute_type: str = "int8", threads: int = 0, beam_size: int = 5
    ) -> None:
        files = inspect_model(folder)
        cores = threads or os.cpu_count() or 1
        self._batch = BATCH_WINDOWS if device == "cuda" else BATCH_WINDOWS_CPU
        self._side_by_side = 1 if device == "cuda" else min(cores, _SIDE_BY_SIDE)
        try:
            self._model = WhisperModel(
                str(folder),
                device=device,
                compute_type=compute_type,
                cpu_threads=cores // self._side_by_side,
                num_workers=self._side_by_side,
                local_files_only=True,
            )
        except Exception as error:  # the libraries raise whatever their parsers meet in a broken file or setting
            why = " ".join(str(error).split())[:300] or type(error).__name__
            raise ModelError(f"the model at {folder} does not load on {device} as {compute_type}: {why}") from error
        self._beam_size, self._longest_window_ms = beam_size, files.longest_window_ms
        self._version = f"{files.version}/{compute_type}/beam{beam_size}"

    @property
    def version(self) -> str:
        """Model folder, hash of its weights, number format, beam."""
        return self._version

    @property
    def at_once(self) -> int:
        """How many batches it hears at once, a part of the cores each. Any number of threads may ask it."""
        return self._side_by_side

    @property
    def longest_window_ms(self) -> int:
        """How much speech the model is given at once."""
        return self._longest_window_ms

    def hear(self, windows: Sequence[Samples]) -> list[WindowText]:
        """Words of each window of at most 30 s, float32 at 16 kHz."""
        return self._hear(windows, self._beam_size, PROMPT)

    def hear_again(self, windows: Sequence[Samples]) -> list[WindowText]:
        """The same without a beam and without a prompt that could suggest words."""
        return self._hear(windows, 1, None)

    def _hear(self, windows: Sequence[Samples], beam_size: int, prompt: str | None) -> list[WindowText]:
        batches = [windows[at : at + self._batch] for at in range(0, len(windows), self._batch)]
        if len(batches) < 2 or self._side_by_side == 1:
            return [text for batch in batches for text in self._hear_batch(batch, beam_size, prompt)]
        with ThreadPoolExecutor(self._side_by_side) as pool:
            found = pool.map(self._hear_batch, batches, repeat(beam_size), repeat(prompt))
            return [text for batch in found for text in batch]

    def _hear_batch(self, windows: Sequence[Samples], beam_size: int, prompt: str | None) -> list[WindowText]:
        timeline = np.zeros(_SLOT * len(windows), np.float32)
        for index, window in enumerate(windows):
            timeline[index * _SLOT : index * _SLOT + len(window)] = window[:_SLOT]
        clips = [{"start": i * 30.0, "end": i * 30.0 + min(len(w), _SLOT) / RATE_HZ} for i, w in enumerate(windows)]
        segments, _ = _Pipeline(self._model, self._longest_window_ms).transcribe(
            timeline,
            language="zh",
            beam_size=beam_size,
            temperature=0.0,
            initial_prompt=prompt,
            without_timestamps=True,
            word_timestamps=True,
            vad_filter=False,
            clip_timestamps=clips,
            batch_size=len(windows),
        )
        heard: list[list[Word]] = [[] for _ in windows]
        doubts = [(0.0, 0.0)] * len(windows)
        for segment in segments:
            index = segment.seek // 3000
            doubts[index] = (segment.no_speech_prob, segment.avg_logprob)
            for word in segment.words or ():
                heard[index].extend(
                    _characters(word.word, word.start - index * 30.0, word.end - index * 30.0, word.probability)
                )
        return [WindowText(tuple(words), *doubt) for words, doubt in zip(heard, doubts, strict=True)]


def _characters(text: str, start_s: float, end_s: float, probability: float) -> list[Word]:
    """An engine's word cut into single characters of equal length, without punctuation and spaces."""
    kept = [c for c in text if c.isalnum()]
    edges = np.linspace(max(0.0, start_s), max(0.0, start_s, end_s), len(kept) + 1) * 1000
    return [
        Word(c, Span(int(a), int(b)), float(probability)) for c, a, b in zip(kept, edges[:-1], edges[1:], strict=True)
    ]


def speech_spans(samples: Samples, longest_ms: int = STANDARD_WINDOW_MS) -> tuple[Span, ...]:
    """Where somebody speaks, by Silero VAD; longer stretches than a window of `longest_ms` holds are cut at their best pause."""
    if not len(samples):
        return ()
    found = get_speech_timestamps(samples, VadOptions(**_VAD, max_speech_duration_s=(longest_ms - _ROOM_MS) / 1000))
    levels = _levels_dbfs(samples)
    least = np.percentile(levels, 97) - _QUIET_DB
    return tuple(
        Span(start * 1000 // RATE_HZ, end * 1000 // RATE_HZ)
        for start, end in ((item["start"], item["end"]) for item in found)
        if np.percentile(levels[start // _FRAME : end // _FRAME + 1], 80) > least
    )


def _levels_dbfs(samples: Samples) -> NDArray[np.float64]:
    """Level of each frame of 20 ms, padded with silence at the end."""
    frames = np.zeros((len(samples) // _FRAME + 1, _FRAME), np.float32)
    frames.ravel()[: len(samples)] = samples
    return np.asarray(10 * np.log10(np.mean(frames.astype(np.float64) ** 2, axis=1) + 1e-12))
