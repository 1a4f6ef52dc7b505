"""The values that fill a dialogue's slots, one choice a call so that what is confirmed is what was offered.

"每个月{price}元" → "每个月三十八元"
"""

import random

_DIGITS = "零一二三四五六七八九"
_SURNAMES = tuple(
    "王李张刘陈杨黄赵周吴徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫雷龙黎史陶贺毛段郝顾龚邵万钱严"
)
_GIVEN = (
    "丽", "敏", "静", "强", "伟", "芳", "娟", "涛", "明", "超", "霞", "平", "燕", "玲", "辉", "婷", "雪梅", "建国", "晓红", "志强",
    "小燕", "文杰", "春花", "海涛", "佳怡", "子涵", "丹丹", "玉兰", "国庆", "思远",
)  # fmt: skip
_PACKAGES = tuple(
    f"{name}套餐"
    for name in (
        "畅享",
        "欢乐",
        "家庭",
        "乐享",
        "全家福",
        "商务",
        "亲情",
        "轻松",
        "安心",
        "随心",
        "如意",
        "团圆",
        "无忧",
    )
)
_DATA = ("三百兆", "五百兆", "六百兆", "八百兆", "一千兆", "两千兆", "三千兆", "五千兆", "一万兆")
_GRADES = ("非常满意", "满意", "比较满意", "一般", "还算满意", "不太满意")
_HALVES = ("上午", "下午")
_DAYS = ("明天", "后天", "下个星期一", "这个月底", "大后天")


def spoken(number: int) -> str:
    """A number below 10,000 as it is said: 38 三十八, 105 一百零五, 200 两百, 3500 三千五百."""
    if number < 10:
        return _DIGITS[number]
    if number < 20:
        return "十" + (_DIGITS[number - 10] if number > 10 else "")
    unit, name = next((u, n) for u, n in ((1000, "千"), (100, "百"), (10, "十")) if number >= u)
    high, rest = divmod(number, unit)
    head = ("两" if high == 2 and unit > 10 else _DIGITS[high]) + name
    if rest == 0:
        return head
    gap = "零" if rest * 10 < unit else ""
    return head + gap + ("一" if 10 <= rest < 20 else "") + spoken(rest)


def read_out(digits: str, one: str) -> str:
    """Digits one by one, `one` being 幺 or 一."""
    return "".join(one if d == "1" else _DIGITS[int(d)] for d in digits)


def surname(chance: random.Random) -> str:
    """A family name."""
    return chance.choice(_SURNAMES)


def given_name(chance: random.Random) -> str:
    """A first name."""
    return chance.choice(_GIVEN)


def filled(
    chance: random.Random, agent_name: str, agent_surname: str, staff: str, number: str, hour: int
) -> dict[str, str]:
    """All slots of one call; `staff` and `number` in digits, `hour` of the day 0-23."""
    one = chance.choice("幺一")
    return {
        "agent": agent_name,
        "agent_surname": agent_surname,
        "staff": read_out(staff, one),
        "name": surname(chance) + chance.choice(("先生", "女士")),
        "tail": read_out(number[-4:], one),
        "daypart": "上午" if hour < 12 else "下午" if hour < 18 else "晚上",
        "package": chance.choice(_PACKAGES),
        "price": spoken(chance.choice((8, 18, 19, 28, 29, 36, 38, 48, 49, 58, 66, 68, 76, 88, 98, 108, 128, 138, 158))),
        "amount": spoken(chance.choice((30, 50, 60, 80, 100, 120, 150, 180, 200, 240, 260, 300, 360, 400, 500, 600))),
        "minutes": spoken(chance.choice((50, 80, 100, 120, 150, 180, 200, 220, 260, 300, 350, 400, 500, 600, 800))),
        "data": chance.choice(_DATA),
        "months": spoken(chance.choice((3, 5, 6, 9, 10, 12, 18, 24))),
        "hours": spoken(chance.choice((12, 24, 36, 48, 72))),
        "points": spoken(chance.randrange(600, 9900, 50)),
        "years": spoken(chance.randint(2, 18)),
        "score": spoken(chance.randint(6, 10)),
        "score_two": spoken(chance.randint(5, 9)),
        "grade": chance.choice(_GRADES),
        "grade_two": chance.choice(_GRADES),
        "date": _date(chance),
        "weekday": "星期" + chance.choice("一二三四五六"),
        "time": _time(chance),
    }  # fmt: skip


def _date(chance: random.Random) -> str:
    if chance.random() < 0.3:
        return chance.choice(_DAYS)
    return f"{spoken(chance.randint(1, 12))}月{spoken(chance.randint(1, 28))}{chance.choice('号日')}"


def _time(chance: random.Random) -> str:
    half = chance.choice(_HALVES)
    hour = chance.choice((9, 10, 11)) if half == "上午" else chance.randint(2, 6)
    name = "两" if hour == 2 else spoken(hour)
    return half + name + chance.choice(("点", "点钟", "点半", "点二十", "点十分"))
