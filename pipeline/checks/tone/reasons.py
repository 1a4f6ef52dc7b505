"""Why a measure cannot be had, in the reviewer's words. A missing measure without a reason would look like a passed check."""

from dataclasses import fields

from pipeline.records.tone import Tone

_MONO = {
    "customer_level_dbfs": "单声道录音，客户的声音不能单独测量",
    "interruptions": "单声道录音听不出重叠，无法评定抢话",
}
_UNKNOWN = {
    "response_delay_ms": "说话人未能全部确定，无法测量应答等待",
    "agent_talk_share": "说话人未能全部确定，无法计算说话占比",
}
_NO_SPEECH = {"mono": "单声道录音，无法确定哪些话是客服说的", "stereo": "客服声道没有听到说话"}
_TOGETHER = "单声道录音，无法确定哪些话是客服说的：音量、音高、削波、信噪比为全部说话合计"
_NEEDS_AGENT = ("speech_rate_cpm", "active_level_dbfs", "pitch_median_hz", "pitch_sd_st", "clipped_share", "snr_db")
_OTHERWISE = {
    "speech_rate_cpm": "客服的话没有带时间的字，无法测量语速",
    "active_level_dbfs": "客服声道没有持续的声音，无法测量音量",
    "customer_level_dbfs": "客户声道没有听到说话，无法测量音量",
    "pitch_median_hz": "客服的浊音不足 0.1 秒，无法测量音高",
    "pitch_sd_st": "客服的浊音不足 0.1 秒，无法测量音高变化",
    "longest_silence_ms": "说话不足两段，没有间隔可测",
    "response_delay_ms": "没有客户说完后由客服接话的地方",
    "agent_talk_share": "没有听到说话",
    "interruptions": "没有听到说话，无法评定抢话",
    "clipped_share": "客服声道没有声音",
    "snr_db": "没有足够的无人说话片段，无法估计噪声",
}


def explain_missing(
    tone: Tone, mono: bool, agent_heard: bool, all_known: bool, together: bool
) -> tuple[tuple[str, str], ...]:
    """The measures of `tone` that are None, each with its reason, in the order of the record; last whether they are of all speech `together`."""
    reasons = dict(_OTHERWISE)
    if not agent_heard:
        reasons |= dict.fromkeys(_NEEDS_AGENT, _NO_SPEECH["mono" if mono else "stereo"])
    if together:
        reasons["speech_rate_cpm"] = _NO_SPEECH["mono"]
    if not all_known:
        reasons |= _UNKNOWN
    if mono:
        reasons |= _MONO
    missing = tuple((field.name, reasons[field.name]) for field in fields(Tone) if getattr(tone, field.name) is None)
    return (*missing, ("speaker", _TOGETHER)) if together and agent_heard else missing
