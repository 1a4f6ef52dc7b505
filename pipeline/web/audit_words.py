"""The audit trail as people read it: what was done to what, in their words; files and the filter keep the codes.

call 华声外呼/0007                          通话 华声外呼/0007
finding 41 overturned phrase.bluntness      发现 41 推翻：生硬
"""

import re
from collections.abc import Callable, Mapping

from pipeline.export.words import ROLES
from pipeline.web.dispute_words import DECISION_NAMES
from pipeline.web.pages import rule_name

Say = Callable[[str], str]

SUBJECTS: Mapping[str, str] = {
    "exit case": "退出案件 {0}",
    "exit of": "提议退出 {0}",
    "void warning": "撤销警告 {0}",
    "number check of": "号码抽查 {0}",
    "project check of": "项目检查 {0}",
    "appeal": "申诉 {0}",
    "attachment": "附件 {0}",
    "audit": "操作记录 {0}",
    "board": "月度看板 {0}",
    "calibration": "校准 {0}",
    "call": "通话 {0}",
    "close": "关账 {0}",
    "coaching": "辅导 {0}",
    "complaint": "投诉 {0}",
    "destruction": "销毁清单 {0}",
    "explanation": "解释 {0}",
    "hold": "暂缓销毁 {0}",
    "letter": "信函 {0}",
    "month": "月度文件 {0}",
    "policy": "政策 {0}",
    "probe": "调取录音 {0}",
    "quality": "质检质量 {0}",
    "rectification": "整改 {0}",
    "rectified": "整改完成 {0}",
    "restate": "重述 {0}",
    "rules": "规则 {0}",
    "search": "全文检索 {0}",
    "statement": "结算单 {0}",
    "statements": "各结算单 {0}",
    "user": "用户 {0}",
    "vendor": "外呼公司 {0}",
    "veto": "一票否决 {0}",
    "violations": "违规 {0}",
    "warning": "警告 {0}",
}
"""What stands before a subject's name, longer ones first."""
_AUDITED = re.compile(r"audit (\d{4}-\d\d .+)")
_DETAILS: tuple[tuple[str, str], ...] = (
    (r"finding (\d+) (\w+) (\S+)", "发现 {0} {1}：{2}"),
    (r"verdict (\d+) (\w+) (\S+)", "判定 {0} {1}：{2}"),
    (r"added added (\S+)", "人工补充：{0}"),
    (r"undone: (\w+)", "收回：{0}"),
    (r"filed against verdict (\d+)(.*)", "对判定 {0} 提出申诉{1}"),
    (r"of appeal (\d+)", "申诉 {0} 的"),
    (r"entry (\d+)", "账目 {0}"),
    (r"proposed as version (\d+)", "提出第 {0} 版"),
    (r"approved version (\d+)", "批准第 {0} 版"),
    (r"rejected version (\d+)", "不同意第 {0} 版"),
    (r"withdrew version (\d+)", "撤回第 {0} 版"),
    (r"proposed from (\d{4}-\d\d)", "提出，自 {0} 起"),
    (r"drawn on purpose: (.*)", "定向抽检：{0}"),
    (r"added as (\w+)", "新增，{0}"),
    (r"added as (\w+) of (.+)", "新增，{1}的{0}"),
    (r"token (.+) revoked", "作废令牌 {0}"),
    (r"token (.+)", "新令牌 {0}"),
    (r"r(\d+), (\d+) files", "修订 {0}，{1} 个文件"),
    (r"r(\d+)", "修订 {0}"),
    (r"proposed, (\d+) recordings", "提出，{0} 份录音"),
    (r"signed, sha256 (\w+)", "签字，校验值 {0}"),
    (r"copies of (.+): (.+)", "{0} 的副本：{1}"),
    (r"(\d+) calls, seed (\w+)", "{0} 通，随机种子 {1}"),
    (r"opened: (\d+) calls, named", "开始，指定的 {0} 通"),
    (r"opened: (\d+) calls, drawn from (\S+), seed (\w+)", "开始，从 {1} 抽的 {0} 通，随机种子 {2}"),
    (r"produced: yes", "能调取"),
    (r"produced: no", "不能调取"),
    (r"\w+ Forbidden", "这个角色不能打开"),
    (r"\w+ WrongToken", "表单已失效"),
    (r"\w+ NotThere", "没有这一页，或不是他的"),
)
_WORDS: Mapping[str, str] = {
    "acknowledged": "已确认收到",
    "answered": "已答复",
    "api": "由程序读取",
    "approved": "已批准",
    "as it was": "没有变化",
    "closed": "已结束",
    "confirmed": "已确认",
    "declined": "不同意",
    "disabled": "已停用",
    "done": "办完",
    "dropped": "已撤案",
    "handed": "已移交",
    "in order": "合格",
    "justified": "有理由投诉",
    "new password": "新密码",
    "own password": "改了自己的密码",
    "plan": "整改方案",
    "recorded": "已登记",
    "rejected": "申诉不成立",
    "released": "已解除",
    "retention hold": "暂缓销毁",
    "retry": "重试",
    "suspended": "中止新业务",
    "unjustified": "无理由投诉",
    "upheld": "申诉成立",
}

_NAMES: Mapping[str, str] = {**{one.value: text for one, text in DECISION_NAMES.items()}, **ROLES}


def subject_said(subject: str, say: Say) -> str:
    """What was done something to; what is not known stays as it is."""
    if found := _AUDITED.fullmatch(subject):
        return say("稽核 {0}").format(found[1])
    for code, text in SUBJECTS.items():
        if subject == code or subject.startswith(f"{code} "):
            return say(text).format(subject[len(code) + 1 :]).strip()
    return subject


def detail_said(detail: str, say: Say) -> str:
    """What more is told of it, likewise."""
    if detail in _WORDS:
        return say(_WORDS[detail])
    for pattern, text in _DETAILS:
        if found := re.fullmatch(pattern, detail):
            return say(text).format(*(_word(word or "", say) for word in found.groups()))
    return detail


def subject_code(typed: str, say: Say) -> str:
    """The beginning of a subject as it is kept, of one that was typed as it is read."""
    for code, text in SUBJECTS.items():
        before = say(text).partition("{0}")[0].strip()
        if typed == before or typed.startswith(f"{before} "):
            return code + typed[len(before) :]
    return typed


def _word(word: str, say: Say) -> str:
    """A decision, a role or a rule by its name."""
    named = _NAMES.get(word)
    return rule_name(word) if named is None else say(named)
