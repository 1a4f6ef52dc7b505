"""Conditions and word groups as people see and change them: every field, every mistake at its field, the same road as every rule."""

import re

import pytest

from pipeline.services.rule_files import rule_text
from pipeline.text.condition_editing import fields_of, groups_of, names_of
from tests.web.axe import serious
from tests.web.test_rules import as_data, form_of, history, ok, with_values

PACK = "/rules/packs/privacy"
FILE = "phrases/privacy.toml"
CONDITIONS, WORDS = f"{PACK}/conditions", f"{PACK}/words"


def sent_by(client, place, question=""):
    return part_of(client.get(place + question).text, place)


def taken_away(client, place, question):
    """The form that takes it away."""
    sent = form_of(client.get(place + question).text, f"{place}/try")
    return sent[sent.index(("op", "remove")) :]


def part_of(page, place):
    """The form that changes something; behind it stands the one that takes it away."""
    sent = form_of(page.partition('name="op"')[0], f"{place}/try")
    return [one for at, one in enumerate(sent) if one not in sent[:at]]


def proposed(client, place, sent, note="客户投诉"):
    """From the form over the trial to the proposal."""
    page = client.post(f"{place}/try", data=as_data(sent)).text
    again = form_of(page, f"{place}/propose")
    answer = client.post(f"{place}/propose", data=as_data(with_values(again, note=note)))
    assert answer.headers.get("location") == f"{PACK}?done=proposed", answer.text
    return page


def approved(client, house):
    made = history(house, FILE)[0]
    assert client.post(f"/rules/changes/{made.version_id}/approve").status_code == 303
    assert rule_text(house, FILE) == made.content
    return made.content


def test_a_condition_is_added_changed_removed_and_put_back(as_person, house):
    supervisor, chief = as_person("李主任"), as_person("陈副总")
    before = rule_text(house, FILE)
    new = {
        "name": "问候之后要码",
        "any": "您好",
        "after.role": "customer",
        "after.any": "喂您好\n您好",
        "window.to_share": "90",
    }
    page = proposed(supervisor, CONDITIONS, with_values(sent_by(supervisor, CONDITIONS), **new))
    assert re.search(r"新发现 \d+ 处", page) and "谁说的" in page and "<ins>客户</ins>" in page
    assert rule_text(house, FILE) == before
    proposal = history(house, FILE)[0]
    assert supervisor.post(f"/rules/changes/{proposal.version_id}/approve").status_code == 409
    text = approved(chief, house)
    assert names_of(text) == (*names_of(before), "问候之后要码")
    sentence = "在此之前客户说“喂您好”、“您好”之一"
    assert sentence in ok(as_person("王敏").get(PACK))
    sent = sent_by(supervisor, CONDITIONS, "?at=2")
    assert ("after.any", "喂您好\n您好") in sent and ("window.to_share", "90") in sent
    proposed(supervisor, CONDITIONS, with_values(sent, severity="minor", minimum="2", **{"window.to_share": ""}))
    fields = fields_of(approved(chief, house), 2)
    assert (fields["severity"], fields["minimum"], fields["window.to_share"]) == ("minor", "2", "")
    gone = taken_away(supervisor, CONDITIONS, "?at=2")
    assert dict(gone)["was"] == "问候之后要码"
    proposed(supervisor, CONDITIONS, gone)
    assert names_of(approved(chief, house)) == names_of(before)
    moved = supervisor.post(f"{CONDITIONS}/try", data=dict(gone))
    assert moved.status_code == 409 and "被改过或移动过" in moved.text
    added = next(one for one in history(house, FILE) if "问候之后要码" in names_of(one.content))
    back = supervisor.post(f"/rules/changes/{added.version_id}/return", data={"note": "恢复"}).headers["location"]
    assert chief.post(back.partition("?")[0] + "/approve").status_code == 303
    assert fields_of(rule_text(house, FILE), 2) == fields_of(added.content, 2)


def test_a_form_posted_unchanged_says_so_and_changes_nothing(as_person, house):
    supervisor, before = as_person("李主任"), rule_text(house, FILE)
    for place, question in ((CONDITIONS, "?at=0"), (CONDITIONS, "?at=1"), (WORDS, "?group=密")):
        for door in ("try", "propose"):
            answer = supervisor.post(
                f"{place}/{door}", data=as_data([*sent_by(supervisor, place, question), ("note", "试")])
            )
            assert "没有可提交的内容" in ok(answer, 400)
    assert rule_text(house, FILE) == before and history(house, FILE) == ()


def test_every_mistake_is_told_at_its_field_and_what_was_typed_stays(as_person, house):
    supervisor = as_person("李主任")
    wrong = {
        "name": ("", "请写名称"),
        "any": ("好", "只有一个字"),
        "minimum": ("viele", "这里要填一个数"),
        "regex": ("验证码.*", "没有写最多几次"),
        "window.first_turns": ("0", "至少是 1"),
        "after.any": ("你(有病", "括号要成对"),
        "after.within_s": ("0", "要大于 0 秒"),
        "before.none": ("请拨!", "听不到的字符"),
        "before.regex": ("", ""),
    }
    sent = sent_by(supervisor, CONDITIONS, "?at=0")
    wrong_values = with_values(sent, **{name: given for name, (given, _) in wrong.items()})
    for door in ("try", "propose"):
        page = ok(supervisor.post(f"{CONDITIONS}/{door}", data=as_data([*wrong_values, ("note", "试")])), 400)
        for name, (given, sentence) in wrong.items():
            if sentence:
                assert re.search(rf'id="fault-{re.escape(name)}">[^<]*{re.escape(sentence)}', page), (name, page)
            assert given in page
        assert dict(part_of(page, CONDITIONS)) == dict(wrong_values), "all of it stays"
    supervisor.cookies.set("lang", "en")
    page = ok(supervisor.post(f"{CONDITIONS}/try", data=as_data(wrong_values)), 400)
    assert "&#39;" not in page and "privacy.toml" not in page
    assert "a single hanzi would be found everywhere" in page and "A number is needed here." in page
    assert history(house, FILE) == ()


def test_a_new_condition_needs_words_and_a_name_of_its_own(as_person):
    supervisor = as_person("李主任")
    sent = sent_by(supervisor, CONDITIONS)
    page = ok(supervisor.post(f"{CONDITIONS}/try", data=as_data(with_values(sent, name="只说没说", none="退订"))), 400)
    assert re.search(r'id="fault-any">[^<]*至少要写一样', page)
    page = ok(
        supervisor.post(f"{CONDITIONS}/try", data=as_data(with_values(sent, name="客户报出验证码", any="退订吧"))), 400
    )
    assert re.search(r'id="fault-name">[^<]*已有同名的条件', page)
    page = ok(supervisor.post(f"{CONDITIONS}/try", data=as_data(with_values(sent, name="新的", any="好"))), 400)
    assert page.count('id="fault-') == 1, "what stands in for a mistake makes none"


def test_a_word_group_is_changed_added_and_removed(as_person, house):
    supervisor, chief = as_person("李主任"), as_person("陈副总")
    before = groups_of(rule_text(house, FILE))
    words = "\n".join((*before["密"][1:], "那个码"))
    page = proposed(supervisor, WORDS, with_values(sent_by(supervisor, WORDS, "?group=密"), words=words))
    assert "<ins>那个码</ins>" in page and f"<del>{before['密'][0]}</del>" in page
    text = approved(chief, house)
    assert groups_of(text)["密"] == tuple(words.split("\n"))
    proposed(supervisor, WORDS, with_values(sent_by(supervisor, WORDS), group="新组", words="一个\n两个"))
    assert groups_of(approved(chief, house))["新组"] == ("一个", "两个")
    used = ok(supervisor.post(f"{WORDS}/try", data=dict(taken_away(supervisor, WORDS, "?group=密"))), 400)
    assert "没有词组 <密>" in used, "a group that a phrase uses stays"
    proposed(supervisor, WORDS, taken_away(supervisor, WORDS, "?group=新组"))
    assert "新组" not in groups_of(approved(chief, house))
    for given, sentence in (
        ({"group": "a b", "words": "一个"}, 'id="fault-group">请写名称'),
        ({"group": "密", "words": "一个"}, 'id="fault-group">已有同名'),
        ({"group": "新组", "words": " "}, 'id="fault-words">至少要写一行'),
    ):
        page = ok(supervisor.post(f"{WORDS}/try", data={"new": "yes", **given}), 400)
        assert sentence in page and f'value="{given["group"]}"' in page


DOORS = (
    ("王敏", "get", f"{CONDITIONS}?at=0", 200),
    ("审计员", "get", f"{WORDS}?group=密", 200),
    ("华声外呼客服部", "get", f"{CONDITIONS}?at=0", 403),
    ("王敏", "post", f"{CONDITIONS}/try", 403),
    ("陈副总", "post", f"{WORDS}/propose", 403),
    ("李主任", "get", f"{CONDITIONS}?at=99", 404),
    ("李主任", "get", f"{CONDITIONS}?at=-1", 404),
    ("李主任", "get", f"{WORDS}?group=无", 404),
    ("李主任", "get", "/rules/packs/nothing/conditions", 404),
)


def test_who_may_and_what_is_there(as_person):
    people = {name: as_person(name) for name in {door[0] for door in DOORS}}
    for name, method, path, status in DOORS:
        assert getattr(people[name], method)(path).status_code == status, (name, method, path)
    page = people["王敏"].get(f"{CONDITIONS}?at=0").text
    assert "readonly" in page and "先在录音里试一试" not in page


def test_a_pack_without_conditions_gets_its_first(as_person, house):
    supervisor, place, file = as_person("李主任"), "/rules/packs/coldness/conditions", "phrases/coldness.toml"
    assert names_of(rule_text(house, file)) == ()
    sent = with_values(sent_by(supervisor, place), name="反复推说不知道", any="不知道的事", minimum="2")
    answer = supervisor.post(f"{place}/propose", data=as_data([*sent, ("note", "听到过")]))
    assert answer.headers["location"] == "/rules/packs/coldness?done=proposed"
    made = history(house, file)[0]
    assert as_person("陈副总").post(f"/rules/changes/{made.version_id}/approve").status_code == 303
    assert names_of(rule_text(house, file)) == ("反复推说不知道",)
    assert "话务员至少 2 次说“不知道的事”" in ok(supervisor.get("/rules/packs/coldness"))


def test_what_is_typed_is_text_and_nothing_else(as_person, house):
    supervisor = as_person("李主任")
    sent = sent_by(supervisor, CONDITIONS)
    for name in ("<script>alert(1)</script>", "换行\x00", "很" * 41):
        page = supervisor.post(f"{CONDITIONS}/try", data=as_data(with_values(sent, name=name, any="<b>退订")))
        assert page.status_code == 400 and "<script>alert" not in page.text and "<b>" not in page.text
    assert supervisor.post(f"{CONDITIONS}/try", data={"at": "x", "op": "remove"}).status_code == 409
    assert history(house, FILE) == ()


def test_a_form_that_was_overtaken_takes_nothing_back(as_person, house):
    supervisor, chief = as_person("李主任"), as_person("陈副总")
    old = sent_by(supervisor, CONDITIONS, "?at=0")
    other, gone = sent_by(supervisor, CONDITIONS, "?at=1"), taken_away(supervisor, CONDITIONS, "?at=0")
    proposed(supervisor, CONDITIONS, with_values(old, minimum="2"))
    before = approved(chief, house)
    mine = with_values(old, any="您的验证码")
    for door in ("try", "propose"):
        raw = supervisor.post(f"{CONDITIONS}/{door}", data=as_data([*mine, ("note", "试")]))
        page = ok(raw, 409)
        assert "文件在您打开之后已经改了" in page and "<ins>2</ins>" in page
        assert "现在是 " in page, "what stands there today beside what was typed"
        again = dict(part_of(raw.text, CONDITIONS))
        assert (again["any"], again["minimum"]) == ("您的验证码", "2"), "the other's field is as it stands now"
        assert ok(supervisor.post(f"{CONDITIONS}/{door}", data=as_data([*gone, ("note", "试")])), 409)
    assert (rule_text(house, FILE), len(history(house, FILE))) == (before, 2)
    proposed(supervisor, CONDITIONS, with_values(other, minimum="3"))
    text = approved(chief, house)
    assert [fields_of(text, at)["minimum"] for at in (0, 1)] == ["2", "3"], "another condition is no hindrance"
    proposed(supervisor, CONDITIONS, list(again.items()))
    text = approved(chief, house)
    assert (fields_of(text, 0)["any"], fields_of(text, 0)["minimum"]) == ("您的验证码", "2")


def test_words_that_were_overtaken_take_nothing_back(as_person, house):
    supervisor, chief = as_person("李主任"), as_person("陈副总")
    old, gone = sent_by(supervisor, WORDS, "?group=密"), taken_away(supervisor, WORDS, "?group=密")
    words = dict(old)["words"]
    proposed(supervisor, WORDS, with_values(old, words=f"{words}\n那个码"))
    before = approved(chief, house)
    for sent in (with_values(old, words=f"{words}\n这个码"), gone, [one for one in old if one[0] != "opened"]):
        for door in ("try", "propose"):
            page = ok(supervisor.post(f"{WORDS}/{door}", data=as_data([*sent, ("note", "试")])), 409)
            assert "文件在您打开之后已经改了" in page and "、那个码" in page
    assert "这个码" in ok(supervisor.post(f"{WORDS}/try", data=as_data(with_values(old, words="这个码"))), 409)
    assert (rule_text(house, FILE), len(history(house, FILE))) == (before, 2)


@pytest.mark.parametrize("name", ["", "\0", "a\nb", "<script>", "x.y", "'''", "]", "没有的", "很" * 41])
def test_a_group_that_is_not_there_is_neither_changed_nor_made(as_person, house, name):
    supervisor = as_person("李主任")
    for op in ("", "remove"):
        sent = {**dict(sent_by(supervisor, WORDS)), "new": "", "group": name, "words": "一个", "op": op, "note": "试"}
        for door in ("try", "propose"):
            page = supervisor.post(f"{WORDS}/{door}", data=sent)
            assert page.status_code == 409 and "<script>" not in page.text
    new = {"new": "yes", "group": name, "words": "一个", "note": "试"}
    assert supervisor.post(f"{WORDS}/propose", data=new).status_code == (303 if name == "没有的" else 400)
    assert len(history(house, FILE)) == (2 if name == "没有的" else 0)


def test_a_place_that_is_none_is_no_new_condition(as_person, house):
    supervisor = as_person("李主任")
    sent = with_values(sent_by(supervisor, CONDITIONS), name="新的", any="退订吧", note="试")
    for at in ("-1", "x", "١", "9" * 30, "99"):
        for was in ("", "x"):
            for door in ("try", "propose"):
                answer = supervisor.post(f"{CONDITIONS}/{door}", data=as_data(with_values(sent, at=at, was=was)))
                assert answer.status_code == 409, (at, was)
    assert supervisor.post(f"{CONDITIONS}/propose", data=as_data(with_values(sent, was="x"))).status_code == 409
    assert history(house, FILE) == ()


def test_a_forged_choice_and_quotes_are_told_in_chinese(as_person):
    supervisor = as_person("李主任")
    wrong = {"severity": "x", "role": "x", "any": "'''", "none": "a'b", "before.role": "'"}
    sent = with_values(sent_by(supervisor, CONDITIONS, "?at=0"), **wrong)
    page = ok(supervisor.post(f"{CONDITIONS}/try", data=as_data(sent)), 400)
    for name, sentence in (
        ("severity", "请在列表里选择"),
        ("role", "请在列表里选择"),
        ("any", "听不到的字符"),
        ("none", "听不到的字符"),
    ):
        assert re.search(rf'id="fault-{re.escape(name)}">[^<]*{sentence}', page), (name, page)
    assert "privacy.toml" not in page and "must be" not in page and "hanzi" not in page


def test_conditions_in_a_browser(browser_page, tmp_path):
    for width in (1280, 390):
        page = browser_page("李主任", width=width)
        page.goto(PACK)
        page.locator(".conditions").last.screenshot(path=tmp_path / f"list-{width}.png")
        assert serious(page) == []
        page.click("a[aria-label='改 客户报出验证码']")
        page.screenshot(path=tmp_path / f"form-{width}.png", full_page=True)
        assert serious(page) == []
        page.fill("textarea[name='any']", "好")
        page.fill("input[name='before.within_s']", "lang")
        page.click("button.primary")
        page.wait_for_selector("[id='fault-before.within_s']")
        page.screenshot(path=tmp_path / f"wrong-{width}.png", full_page=True)
        assert serious(page) == []
        page.fill("textarea[name='any']", "您好")
        page.fill("input[name='before.within_s']", "60")
        page.click("button.primary")
        page.wait_for_selector("#found")
        page.screenshot(path=tmp_path / f"tried-{width}.png", full_page=True)
        assert serious(page) == []
        page.goto(f"{WORDS}?group=给")
        page.screenshot(path=tmp_path / f"group-{width}.png", full_page=True)
        assert serious(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
