"""Words a recogniser invents where nobody said them.

Whisper writes subtitle credits over silence and noise (字幕由Amara.org社区提供, 请不吝点赞订阅转发打赏支持明镜与点点栏目) and sometimes loops. Such
strings are cut out; 谢谢, 再见 and the like are never touched, because callers do say them. A window is dropped whole only where the engine
itself doubts that there was speech and is unsure of its words. A sentence written twice in the time of one is one sentence: nobody says it
twice at more than 400 hanzi a minute.

    您看方便吗您看方便吗 in 1.3 s     →  您看方便吗 in 1.3 s
"""

import re
from dataclasses import replace

from pipeline.records.span import Span
from pipeline.records.turn import Word
from pipeline.transcription.engine import WindowText

NO_SPEECH, LOG_PROBABILITY = 0.6, -1.0
_INVENTED = re.compile(
    r"字幕(?:由|by|制作|提供|组|志愿者)?\s*(?:索兰娅|amaraorg社区(?:提供)?|李宗盛|.{0,6}(?:字幕组|志愿者))"
    r"|请不吝点赞(?:订阅)?(?:转发)?(?:打赏)?(?:支持)?(?:明镜与?点点栏目|明镜)?"
    r"|(?:明镜与点点栏目|明镜需要您的支持)|本字幕由.{0,12}提供|优优独播剧场yoyotelevisionseriesexclusive"
    r"|(?:谢谢|感谢)(?:大家|您的?)?(?:观看|收看)(?:下集再见)?|以下是普通话的电话录音(?:请用简体中文记录)?",
    re.IGNORECASE,
)
# Four hanzi or more, four times running: a stuck decoder. 对对对对 and 好的好的 are people.
_LOOP = re.compile(r"(.{4,20}?)\1{3,}")
_TWICE = re.compile(r"(.{5,30})\1")
_FASTEST_MS = 150  # a hanzi


def believable(window: WindowText) -> tuple[Word, ...]:
    """The words of a window without what the engine made up. Loops keep their first round."""
    if window.no_speech > NO_SPEECH and window.mean_log_probability < LOG_PROBABILITY:
        return ()
    text = "".join(word.text for word in window.words)
    dropped = [match.span() for match in _INVENTED.finditer(text)]
    dropped += [(match.start() + len(match[1]), match.end()) for match in _LOOP.finditer(text)]
    starts = [0]
    for word in window.words:
        starts.append(starts[-1] + len(word.text))
    kept = zip(starts, window.words, strict=False)
    return _said_once(tuple(word for at, word in kept if not any(low <= at < high for low, high in dropped)))


def _said_once(words: tuple[Word, ...]) -> tuple[Word, ...]:
    """The words with what is written twice in the time of one written once, over all of that time."""
    if any(len(word.text) != 1 for word in words):
        return words
    twice = _TWICE.search("".join(word.text for word in words))
    if twice is None:
        return words
    start, half, end = twice.start(), twice.end(1), twice.end()
    from_ms, until_ms = words[start].span.start_ms, words[end - 1].span.end_ms
    if until_ms - from_ms > (end - start) * _FASTEST_MS:
        return words
    edges = [from_ms + (until_ms - from_ms) * n // (half - start) for n in range(half - start + 1)]
    once = tuple(
        replace(word, span=Span(first, last))
        for word, first, last in zip(words[start:half], edges, edges[1:], strict=False)
    )
    return words[:start] + once + words[end:]
