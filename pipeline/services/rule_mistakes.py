"""What is wrong with a pack, a script or a policy, said in Chinese to who filled in a form.

    phrases/privacy.toml:14: phrases: '把（密码': brackets must be closed and not nested, …
    “把（密码”：括号要成对，不能套括号，| 只能写在括号里。

The files' own messages are for who edits them with an editor; here nobody sees a line number. A message that is not known here is shown as it is.
"""

import re
from collections.abc import Callable

from pipeline.checks.catalogue import ELEMENTS

_PLACE = re.compile(
    r"^(?P<file>[^\s:]+(?: [0-9a-f]+)?): ?(?:(?P<line>\d+): )?(?:\[(?P<section>[\w. -]+)\] )?(?P<key>[\w.\- ]+): (?P<rest>.*)$",
    re.S,
)
_FILE_LINE = re.compile(r"^(?P<file>[^\s:]+):(?P<line>\d+): (?P<key>[\w.\-]+): (?P<rest>.*)$", re.S)
_QUOTED = re.compile(r"^(?P<value>'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"|-?[\d.]+|\[.*?\]): (?P<reason>.*)$", re.S)
_KEYS = {
    "phrases": "词条", "exceptions": "例外", "severity": "严重程度", "jargon": "生僻词", "answers": "统一口径", "asked": "客户的问法",
    "answer": "答法",
    "order": "次序", "cues": "说法", "required": "要求", "regex": "句子要符合的表达式",
    "not_regex": "句子不能符合的表达式",
    "any": "说了其中一个就算", "all": "每一个都要说到", "none": "不能说到",
    "minimum": "至少几次", "role": "谁说的", "first_turns": "前几句", "last_turns": "最后几句", "first_s": "开头几秒", "last_s": "最后几秒",
    "from_share": "从百分之几", "to_share": "到百分之几", "within_s": "相隔最多几秒", "words": "词组", "call_s": "整通时限",
    "opening_s": "开场时限",
    "answer_turns": "几句话内答复", "answer_s": "几秒内答复", "name": "名称", "elements": "要素", "after_first_refusal": "第一次拒绝后计",
    "version": "版本",
    "only_after_refusal": "两次拒绝后计", **{element: name for element, (name, *_) in ELEMENTS.items()},
}  # fmt: skip
_REASONS = (
    (r"a single hanzi would be found everywhere; lengthen it.*", "只有一个字，到处都会找到；请写长一些，词条也可以选“整句才算”。"),
    (r"brackets must be closed and not nested, and \| stands only within brackets", "括号要成对，不能套括号；“|”只能写在括号里。"),
    (r"['\"](.*)['\"] is not what can be heard: .*", "“{0}”里有听不到的字符：只写汉字和小写字母，数字写成汉字，不写标点。"),
    (r"a phrase cannot begin with … or have it twice in a row", "“…”不能在开头，也不能连写两个。"),
    (r"a phrase cannot end with …", "“…”不能在末尾。"),
    (r"all of it is optional", "不能每一部分都可有可无。"),
    (r"no word group (<.*>); known: (.*)", "没有词组 {0}；可用的有：{1}。"),
    (r"['\"](.*)['\"] is hesitation, which is never looked at; leave it out", "“{0}”是语气词，检查时不看，请去掉。"),
    (r"hesitation such as 那个 is never looked at; leave it out", "“那个”之类的语气词检查时不看，请去掉。"),
    (r"a weak phrase is a whole utterance and cannot have gaps", "“整句才算”的词条里不能有“…”。"),
    (r"… or …… stands at one end for the phrase, or … at both", "“…”代表词条本身：写在一头（近处用…，远处用……），或者两头各一个“…”。"),
    (r"no gap within, at most (\d+) phrasings", "例外中间不能有“…”，展开后最多 {0} 种说法。"),
    (r"may not be empty|must be a text that is not empty|must be a text", "不能为空。"),
    (r"'.*' must be a text", "不能为空。"),
    (r"lists no phrase, and there is no condition either", "至少要留一条词条。"),
    (r"not among the script's elements: .*", "不在本脚本要求的要素里。"),
    (r"lists no element", "至少要求一个要素。"),
    (r"must be 1 or more; leave the line out where there is no limit", "要大于零；没有限制就留空。"),
    (r"two answers of this name, or a name that is taken", "有两个同名的口径，或者这个名称不能用。"),
    (r"has no asked: the question would never be heard", "没有写客户的问法。"),
    (r"has no answer: every reply would be wrong", "没有写答法，怎么答都会算错。"),
    (r"must be a whole number|'.*' must be a whole number", "要填整数。"),
    (r"outcomes are .*|must be always, policy or a list of outcomes", "要求请在列表里选择。"),
    (r"(-?\d+) must lie between (-?\d+) and (-?\d+)", "{0} 不在允许的范围 {1} 到 {2} 之内。"),
    (r"(-?\d+) must be one of (.*)", "{0} 不行，只能是 {1} 之一。"),
    (r"['\"](.*)['\"] must be one of (.*)", "“{0}”不行，只能是 {1} 之一。"),
    (r".* must be whole numbers from (\d+) to (\d+), each greater than the one before", "要填 {0} 到 {1} 的整数，一个比一个大。"),
    (r".* must be a list of whole numbers", "要填整数，用逗号隔开。"),
    (r"limits .* must fall from one to the next and end with 0", "各档分数要从高到低，最后一档从 0 分起。"),
    (r"a lower score must not have a higher factor", "分数低的档，系数不能更高。"),
    (r"no price for (.*)", "{0} 没有单价。"),
    (r"two prices for (.*) up to the same length", "{0} 有两个时长相同的单价。"),
    (r"the items' points make (\d+), they must make (\d+)", "各项满分加起来是 {0}，应当正好 {1}。"),
    (r"(.*) stands under two items", "{0} 同时在两项里。"),
    (r"a graver severity must not lose fewer points", "更严重的问题不能扣得更少。"),
    (r"['\"](.*)['\"] stands there twice", "“{0}”写了两次。"),
    (r"must be at least one .*", "至少要有一行。"),
    (r"['\"](.*)['\"] is no rule", "没有“{0}”这条规则。"),
    (r"no item for (.*), so that it could lose no points", "规则 {0} 不在任何一项里，就扣不到分。"),
    (r"any, all or regex is missing: .*", "“说了其中一个就算”“每一个都要说到”“句子要符合的表达式”至少要写一样：只规定没说什么，无处可指。"),
    (r"counts hits of any or of a regex alone; .*", "只有“说了其中一个就算”或只写表达式时才数次数，“每一个都要说到”不数。"),
    (r"two conditions of this name; .*", "已有同名的条件，请换一个名称。"),
    (r"must be at least 1", "至少是 1。"),
    (r"must be more than 0 seconds and less than a day", "要大于 0 秒、小于一天。"),
    (r"from_share must be less than to_share", "开始要早于结束。"),
    (r"must be one of .*", "请在列表里选择。"),
    (r"must be a share of the call from 0.0 to 1.0", "要在 0 到 100 % 之间。"),
    (r"lists nothing", "至少要写一行。"),
    (r"(.+) has no end; write how many at most, such as (.*)", "“{0}”没有写最多几次，例如写 {1}。"),
    (r"['\"](.*)['\"] never stands in the text that is searched; write ['\"](.*)['\"]", "“{0}”不会出现在要找的文字里，请写“{1}”。"),
    (r"['\"](.*)['\"] never stands in the text that is searched; .*", "“{0}”不会出现在要找的文字里，请去掉。"),
    (r"['\"](.*)['\"] holds hesitation such as 那个, .*", "“{0}”里有“那个”之类的语气词，检查时不看，请去掉。"),
    (r"can match in too many ways.*", "可能的匹配太多，请把重复次数写小一些。"),
    (r"a bracket \( is never closed|a bracket \) was never opened", "括号要成对。"),
    (r"brackets lie more than (\d+) deep", "括号最多套 {0} 层。"),
    (r"\(\? is not known here; .*", "不能用“(?”，只写一般的括号。"),
    (r"(['\"].*['\"]) is not known here; .*", "{0} 不能用；能用的是汉字、小写字母和 . [ ] ( ) | ? {{m,n}} ^ $。"),
    (r"longer than (\d+) characters; .*", "最多 {0} 个字符，请分成几个条件写。"),
    (r"(.+) must run from the smaller to the larger number", "{0} 要从小到大。"),
    (r"matches where nothing is said", "什么都不说也会符合，请写具体一些。"),
    (r"not a regular expression: .*", "这个表达式写得不对。"),
    (r"is missing", "没有填。"),
)  # fmt: skip


def in_chinese(message: str, name_of: Callable[[str], str | None] = _KEYS.get) -> str:
    """A message of a lexicon's or policy's reader in Chinese; `name_of` knows what a key (or section.key) is called."""
    found = _FILE_LINE.match(message) or _PLACE.match(message)
    if found is None:
        return message
    parts = found.groupdict()
    key = f"{parts['section']}.{parts['key']}" if parts.get("section") else parts["key"]
    quoted = _QUOTED.match(parts["rest"])
    value, reason = (quoted["value"], quoted["reason"]) if quoted else ("", parts["rest"])
    said = next(
        (_filled(pattern, template, reason) for pattern, template in _REASONS if re.fullmatch(pattern, reason, re.S)),
        None,
    )
    if said is None:
        return message
    name = name_of(key) or name_of(parts["key"]) or key
    if value.startswith(("'", '"')) and value[1:-1] not in said:
        return f"{name}“{value[1:-1]}”：{said}"
    return f"{name}：{said}"


def _filled(pattern: str, template: str, reason: str) -> str:
    found = re.fullmatch(pattern, reason, re.S)
    return template.format(*(found.groups() if found else ()))
