"""What vendors call the columns and values of a manifest, in English and Chinese.

通话编号,外呼公司,项目,坐席,客户号码,开始时间,时长(秒),通话结果,录音文件,坐席声道,校验值
"""

import unicodedata

from pipeline.records.call import AgentChannel, Outcome

_NAMES: dict[str, tuple[str, ...]] = {
    "call_id": ("通话编号", "通话ID", "通话流水号", "流水号", "呼叫编号"),
    "vendor": ("外呼公司", "公司", "外包公司", "供应商", "代理商"),
    "project": ("项目", "项目名称", "外呼项目"),
    "agent": ("话务员", "坐席", "座席", "话务员工号", "坐席工号", "座席工号", "工号"),
    "customer_number": ("客户号码", "客户电话", "被叫号码", "电话号码"),
    "started_at": ("start_time", "开始时间", "通话开始时间", "呼叫时间", "外呼时间"),
    "duration_s": ("duration", "时长", "时长(秒)", "通话时长", "通话时长(秒)"),
    "outcome": ("result", "结果", "通话结果", "外呼结果"),
    "file": ("文件", "文件名", "录音文件", "录音文件名", "录音", "录音路径"),
    "agent_channel": ("坐席声道", "座席声道", "话务员声道", "声道"),
    "sha256": ("校验值", "校验码", "文件校验值"),
}
_OUTCOMES: dict[Outcome, tuple[str, ...]] = {
    Outcome.SUCCESS: ("成功", "办理成功", "外呼成功"),
    Outcome.REFUSED: ("拒绝", "客户拒绝", "拒绝办理"),
    Outcome.NO_ANSWER: ("无人接听", "未接通", "未接", "未接听"),
    Outcome.CALLBACK: ("回拨", "预约回访", "预约回拨", "回访", "预约"),
    Outcome.OTHER: ("其他", "其它"),
}
_CHANNELS: dict[AgentChannel, tuple[str, ...]] = {
    AgentChannel.LEFT: ("左", "左声道"),
    AgentChannel.RIGHT: ("右", "右声道"),
    AgentChannel.MONO: ("单声道", "单", "混音"),
}
FIELDS = tuple(_NAMES)
OPTIONAL = frozenset({"sha256"})


def _folded(text: str) -> str:
    """Full-width and half-width, capitals, spaces, `_` and `-` make no difference."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join(character for character in plain if not character.isspace() and character not in "_-\ufeff")


_FIELD_OF = {_folded(name): field for field, names in _NAMES.items() for name in (field, *names)}
_OUTCOME_OF = {_folded(name): outcome for outcome, names in _OUTCOMES.items() for name in (outcome, *names)}
_CHANNEL_OF = {_folded(name): channel for channel, names in _CHANNELS.items() for name in (channel, *names)}


def field_of(header: str) -> str | None:
    """The contract's column that a header names, None for a further column."""
    return _FIELD_OF.get(_folded(header))


def outcome_of(text: str) -> Outcome | None:
    """The outcome that a cell names."""
    return _OUTCOME_OF.get(_folded(text))


def channel_of(text: str) -> AgentChannel | None:
    """The agent's channel that a cell names."""
    return _CHANNEL_OF.get(_folded(text))


def name_of(field: str) -> str:
    """A column as people know it: `call_id (通话编号)`."""
    chinese = next(name for name in _NAMES[field] if not name.isascii())
    return f"{field} ({chinese})"
