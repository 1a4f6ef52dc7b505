"""The catalogue: every rule's Chinese name, category, default severity, paragraph of the plan, an example of the fault, and what to do about it."""

import re
from dataclasses import dataclass

from pipeline.records.finding import Severity

_NOTICE, _MINOR, _MAJOR, _FATAL = Severity.NOTICE, Severity.MINOR, Severity.MAJOR, Severity.FATAL


@dataclass(frozen=True, slots=True)
class Entry:
    """One rule. `name`, `example` and `remedy` are what reviewers and vendors see, in Chinese."""

    rule: str
    name: str
    category: str
    severity: Severity
    plan: str
    example: str
    remedy: str


# Script elements in the order of a call, with their Chinese names (P-20 to P-22).
ELEMENTS = {
    "greeting": ("问候", "P-20", "接通后直接说：请问是王先生吗", "接通后先说“您好”"),
    "self_introduction": ("自报家门", "P-20", "没有说自己是哪家公司的谁", "说明是哪家公司、本人姓名或工号"),
    "identity": ("确认身份", "P-20", "没有问是不是机主本人", "问清接电话的是不是机主本人"),
    "convenience": ("询问是否方便", "P-24", "没有问现在说话方不方便就开始介绍", "先问客户现在说话方不方便"),
    "recording_notice": ("录音告知", "P-20", "没有说本次通话会录音", "告诉客户本次通话会录音"),
    "purpose": ("说明来意", "P-20", "没有说为什么打这个电话", "说明为什么打这个电话"),
    "content": ("活动内容", "P-21", "没有说套餐里有什么、多少钱", "说清活动内容和费用"),
    "opinion": ("征询意见", "P-21", "没有问客户觉得怎么样", "问一问客户的看法"),
    "value": ("说明价值", "P-21", "没有说对客户有什么好处", "说明对客户有什么好处"),
    "confirmation": ("确认共识", "P-22", "办理了却没有再跟客户确认一遍", "办理后把内容和费用跟客户再确认一遍"),
    "enquiry_channel": ("告知咨询方式", "P-22", "没有说有问题可以打哪里", "告诉客户有问题可以打哪里、到哪里问"),
    "callback_time": ("约定回访时间", "P-22", "客户要求再打，没有约什么时候", "跟客户约好再打的时间"),
    "thanks": ("致谢", "P-22", "没有谢谢客户就挂断", "无论结果如何，结束时致谢"),
}  # fmt: skip

_RULES = (
    ("phrase.scolding", "训斥", _MAJOR, "P-30", "跟你说了多少遍了，你到底听没听", "不责备客户；向客户致歉，耐心再说明一遍"),
    ("phrase.abuse", "谩骂", _FATAL, "P-30", "你有病啊", "立即停岗核查并向客户道歉；任何情况下不得骂人"),
    ("phrase.insult", "侮辱", _FATAL, "P-30", "你怎么这么笨，没文化", "向客户道歉；不评价客户的智力、学历、出身"),
    ("phrase.sarcasm", "讽刺", _MAJOR, "P-30", "您可真会算账，哪敢得罪您", "有话直说，不说反话；向客户致歉"),
    ("phrase.taunt", "挖苦", _MAJOR, "P-30", "活该，用不起就别用", "不拿客户的钱财、处境取笑；向客户致歉"),
    ("phrase.shirking", "推诿", _MAJOR, "P-30", "这个不归我们管，你找别人去", "首问负责：自己查清或转给能办的人，并告诉客户何时回复"),
    ("phrase.impatience", "不耐烦", _MAJOR, "P-30", "你到底要不要，快点行不行", "不催促客户；放慢语速，让客户把话说完"),
    ("phrase.coldness", "冷淡", _MINOR, "P-30", "随便你，爱办不办", "用“好的”“我帮您看看”等回应，把客户的事接下来办"),
    ("phrase.bluntness", "生硬", _MINOR, "P-30", "不行就是不行，规定就是这样", "先说明原因，再给出可行的办法"),
    ("phrase.rudeness", "无礼", _MAJOR, "P-30", "关你什么事，懒得理你", "使用礼貌用语；向客户道歉"),
    ("phrase.overpromise", "过度承诺", _MAJOR, "P-30", "我保证绝对不会涨价", "只说资费文件里有的内容；向客户更正并回访确认"),
    ("phrase.privacy", "侵犯隐私", _FATAL, "P-70", "把您收到的验证码念给我", "不得索要验证码、密码、证件号，不得透露他人资料；立即停止并上报"),
    ("phrase.competitor", "推荐他网", _FATAL, "P-05", "我给您办一张联通的卡，更便宜", "只介绍本网业务；核查该话务员与所属公司"),
    ("phrase.coercion", "强迫诱骗", _FATAL, "P-30", "不办的话您的号码就要停机", "说明办理自愿；已开通的为客户取消并回访"),
    ("phrase.after_refusal", "拒绝后继续推销", _MAJOR, "P-24", "客户两次说不要之后：您先别急着拒绝", "客户两次拒绝后致谢结束通话，不再推销"),
    ("outcome.unsupported_success", "成功无依据", _FATAL, "P-13", "报为成功，录音里听不到客户同意", "回访客户核实；没有同意的取消业务，不计成功量"),
    ("outcome.contradicted", "成功与录音矛盾", _FATAL, "P-13", "报为成功，客户在录音里说不要", "取消业务并向客户致歉；不计成功量"),
    ("call.out_of_hours", "非时段外呼", _MAJOR, "P-24", "晚上九点以后打给客户", "只在允许的时段外呼，检查外呼系统的时间设置"),
    ("call.after_optout", "免打扰后再呼", _MAJOR, "P-24", "客户说过别再打了，第二天又打", "把号码列入免打扰名单，外呼前过滤"),
    ("script.order", "脚本次序", _NOTICE, "P-20", "先说来意，后问候", "按脚本次序说；仅作提示"),
    ("script.jargon", "生僻词", _MINOR, "P-24", "您这个要走携入的灰度流程", "换成客户听得懂的说法，或当场解释"),
    ("script.key_figure", "关键数字未重复", _MINOR, "P-24", "月租只说了一遍", "确认时把金额、期限等再说一遍"),
    ("script.answer", "未按统一口径答复", _MINOR, "P-23", "客户问违约金，答复与口径不同", "按统一应答口径回答客户的问题"),
    ("script.overtime", "超时", _NOTICE, "P-24", "通话远长于脚本规定的时间", "说话简练，先说来意和内容；仅作提示"),
    ("voice.too_fast", "语速过快", _MINOR, "P-31", "每分钟四百字", "放慢语速，说到数字时停顿"),
    ("voice.too_slow", "语速过慢", _NOTICE, "P-31", "每分钟一百字", "加快到正常语速"),
    ("voice.dead_air", "冷场", _MINOR, "P-31", "十秒钟没有人说话", "需要等待时先请客户稍等，并随时说明进展"),
    ("voice.slow_response", "应答慢", _NOTICE, "P-31", "客户问完五秒才回答", "客户说完后及时应答，要查询时先说一声"),
    ("voice.interruption", "抢话", _MINOR, "P-31", "客户还在说，话务员就开口", "等客户说完再开口"),
    ("voice.monologue", "独白", _MINOR, "P-24", "一口气说了一分多钟，不给客户说话", "分段说，每段之后问一问客户"),
    ("voice.raised", "提高嗓门", _MAJOR, "P-31", "声音突然比平时高出许多", "保持平稳的音量和声调"),
    ("voice.level_low", "音量过低", _NOTICE, "P-31", "客户听不清", "调高话筒音量或靠近话筒"),
    ("voice.level_high", "音量过高", _NOTICE, "P-31", "声音刺耳", "调低话筒音量"),
    ("voice.clipped", "声音失真", _NOTICE, "P-31", "话筒过载，声音破了", "调低话筒增益，更换过载的设备"),
    ("voice.noise", "与工作无关的声音", _MINOR, "P-30", "背景里有人放音乐", "换到安静的坐席，清除与工作无关的声音"),
    ("audio.silent", "录音无声", _MAJOR, "P-72", "话务员声道没有声音", "检查话务员声道的录音设备，补交录音"),
    ("audio.duplicate", "录音重复", _MAJOR, "P-72", "两通电话交了同一段录音", "交出每通电话自己的录音，并说明原因"),
    ("audio.swapped", "声道颠倒", _NOTICE, "P-72", "话务员在客户的声道", "改正录音系统的声道设置"),
    ("audio.truncated", "录音截断", _MAJOR, "P-72", "通话三分钟，录音只有一分钟", "交出完整录音，并说明原因"),
    ("audio.partial", "录音不完整", _NOTICE, "P-72", "中间有一段无法解码", "重新交出完好的录音文件"),
    *((f"script.missing.{e}", f"缺少：{name}", _MINOR, *rest) for e, (name, *rest) in ELEMENTS.items()),
)  # fmt: skip
_ENTRIES = {rule: Entry(rule, name, rule.split(".")[0], *rest) for rule, name, *rest in _RULES}  # type: ignore[arg-type]
RULES = tuple(_ENTRIES)
_NAMED = re.compile(r"[a-z]+(?:\.[a-z_0-9]+)+")
# Ways of speaking, several of which may be in one outburst.
MANNERS = tuple(
    f"phrase.{name}"
    for name in (
        "scolding", "abuse", "insult", "sarcasm", "taunt", "shirking", "impatience", "coldness", "bluntness", "rudeness",
        "coercion",
    )
)  # fmt: skip


def entry(rule: str) -> Entry:
    """The entry of a rule. A name that is not in the catalogue is a programming error (KeyError)."""
    return _ENTRIES[rule]


def rules_named(text: str) -> str:
    """A text for people with the rules in it called by their Chinese names: 经复核确认phrase.abuse → 经复核确认谩骂."""
    return _NAMED.sub(lambda found: _ENTRIES[found[0]].name if found[0] in _ENTRIES else found[0], text)
