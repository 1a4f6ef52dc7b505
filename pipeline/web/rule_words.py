"""What rules' pages call things: states of a version, keys of the files, mistakes in the user's language."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from fastapi import Request

from pipeline.checks import standard_editing
from pipeline.checks.catalogue import ELEMENTS
from pipeline.errors import CallqaError, LexiconError, StorageError
from pipeline.export.words import SEVERITIES
from pipeline.records.rule_version import RuleState
from pipeline.services.rule_files import STANDARD
from pipeline.services.rule_mistakes import in_chinese
from pipeline.services.trying import Change
from pipeline.store.rule_versions import RuleConflict
from pipeline.text.conditions import Role
from pipeline.text.masking import mask
from pipeline.text.toml_changes import Difference, differences
from pipeline.web.pages import gettext_of, language_of, rule_name
from pipeline.web.refusals import BadInput, Conflict

CATEGORY_NAMES = {
    "phrase": "服务禁语", "outcome": "成功是否属实", "call": "外呼行为", "script": "脚本", "voice": "声音与节奏", "audio": "录音",
}  # fmt: skip
STATE_NAMES = {
    RuleState.FOUND: ("原有", ""),
    RuleState.PROPOSED: ("待批准", "warn"),
    RuleState.APPROVED: ("已批准", "good"),
    RuleState.REJECTED: ("已驳回", "bad"),
    RuleState.WITHDRAWN: ("已撤回", ""),
    RuleState.REPLACED: ("已被本人替换", ""),
}
_AROUND = 40
STANDARD_NAME = "声音与时段标准"
ROLES = {Role.AGENT.value: "话务员", Role.CUSTOMER.value: "客户", Role.ANY.value: "任何一方"}
KEY_NAMES = {
    "version": "版本", "severity": "严重程度", "exceptions": "例外", "phrases": "词条", "after_first_refusal": "拒绝一次以后才算的词条",
    "only_after_refusal": "拒绝两次以后才算的词条", "conditions": "条件", "words": "词组", "elements": "要素", "required": "要求",
    "cues": "另加的说法",
    "order": "次序", "limits": "时限", "call_s": "整通（秒）", "opening_s": "开场白（秒）", "answer_turns": "几句话内答到",
    "answer_s": "几秒内答到",
    "key_figures": "要重复的关键数字", "money": "金额", "months": "期限", "minutes": "分钟数", "data": "流量", "points": "积分",
    "jargon": "生僻词",
    "any": "说了其中一个就算", "all": "每一个都要说到", "none": "不能说到", "regex": "句子要符合的表达式", "not_regex": "句子不能符合的表达式",
    "minimum": "至少几次", "role": "谁说的", "window": "只看哪一段", "first_turns": "前几句", "last_turns": "最后几句", "first_s": "开头几秒",
    "last_s": "最后几秒", "from_share": "从多少（1 为全程）", "to_share": "到多少（1 为全程）", "within_s": "相隔最多几秒",
    "after": "在此之前要先说", "before": "在此之后要接着说",
    "answers": "统一口径", "asked": "客户的问法", "answer": "算答到的说法", "name": "名称", "project": "项目", "rule": "规则",
}  # fmt: skip


def file_name(file: str) -> str:
    """What a file of the rules is called: a pack by its rule, a script by its project, the standard by itself."""
    if file == STANDARD:
        return STANDARD_NAME
    name = file.removesuffix(".toml").partition("/")[2]
    return rule_name(f"phrase.{name}") if file.startswith("phrases/") else name


def around(change: Change) -> tuple[str, str, str]:
    """The words of a change, masked: what was said before, the words that matched, what was said after."""
    said, words = mask(change.claim.text), mask(change.claim.matched.partition("；")[0])
    at = said.find(words) if words else -1
    if at < 0:
        return (said or mask(change.claim.explanation))[: 2 * _AROUND], "", ""
    before, after = said[:at], said[at + len(words) :]
    return "…" * (len(before) > _AROUND) + before[-_AROUND:], words, after[:_AROUND] + "…" * (len(after) > _AROUND)


def told_changes(request: Request, file: str, before: str, after: str) -> tuple[Difference, ...]:
    """What differs between two texts of a file; of the standard in people's units and the page's language."""
    if file == STANDARD:
        return standard_editing.changes(before, after, tongue_of(request))
    said = gettext_of(request)
    return tuple(
        replace(one, removed=_said(one, one.removed, said), added=_said(one, one.added, said))
        for one in differences(before, after)
    )


def _said(one: Difference, values: tuple[str, ...], said: Callable[[str], str]) -> tuple[str, ...]:
    """Whose words and how severe, as people say it; all else as it is."""
    words = {"role": ROLES, "severity": SEVERITIES}.get(one.path[-1], {})
    return tuple(said(words[value]) if value in words else value for value in values)


def tongue_of(request: Request) -> int:
    """Which of a pair of names the page has: 0 Chinese, 1 English."""
    return 0 if language_of(request) == "zh" else 1


def difference_names(one: Difference) -> list[str]:
    """The keys of a difference as people call them, the outer one first."""
    return [ELEMENTS[key][0] if key in ELEMENTS else KEY_NAMES.get(key, key) for key in one.path]


@contextmanager
def refused_proposal(
    request: Request, bad: str = "请写明改动理由，最多 2000 字；和现在生效的一样时不能提交。"
) -> Iterator[None]:
    """Say why a change cannot be proposed; `bad` where it has no reason or changes nothing. Trouble with files is raised on: it is ours."""
    try:
        yield
    except RuleConflict as error:
        raise Conflict("已有别人提出的改动在等审批，请先审批或驳回那一项。") from error
    except LexiconError as error:
        raise BadInput(mistake(request, error)) from error
    except StorageError:
        raise
    except CallqaError as error:
        raise BadInput(bad) from error


def mistake(request: Request, error: CallqaError) -> str:
    """A reader's message in Chinese; who reads English gets its own words."""
    return in_chinese(str(error)) if language_of(request) == "zh" else str(error)


def mistake_alone(request: Request, error: LexiconError) -> str:
    """A reader's message as it stands at its field: in English without the file and its line."""
    told = mistake(request, error)
    return told.partition(f": {error.keys[-1]}: ")[2] or told if error.keys and tongue_of(request) else told
