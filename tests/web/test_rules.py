"""Rules and policy as people see and change them: by a form, tried, proposed, approved by another, and back."""

import re
from html import unescape
from html.parser import HTMLParser

import pytest

from pipeline.errors import DataError, StorageError
from pipeline.services.rule_files import rule_text
from pipeline.settings import SHIPPED_LEXICONS
from pipeline.store.engine import open_engine, reading
from pipeline.store.events import events
from pipeline.store.policies import policy_versions
from pipeline.store.rule_versions import rule_history
from pipeline.store.tables import CallRow
from pipeline.text.pack_editing import lines_of
from pipeline.web.refusals import BadInput
from pipeline.web.rule_words import refused_proposal

from .desk import calls_with

PACK = "/rules/packs/coldness"
FILE = "phrases/coldness.toml"
NOTE = {"note": "客户投诉里的说法"}


def ok(answer, status=200):
    assert answer.status_code == status, answer.text
    return unescape(answer.text)


def phrases(house):
    return [line.text for line in lines_of(rule_text(house, FILE))["phrases"]]


def history(house, file=FILE):
    with reading(open_engine(house.database_url)) as session:
        return rule_history(session, file)


def propose(client, words="不会要您转账的哦", **more):
    answer = client.post(f"{PACK}/propose", data={"op": "add", "key": "phrases", "text": words, **NOTE, **more})
    assert (answer.status_code, answer.headers.get("location")) == (303, f"{PACK}?done=proposed"), answer.text


def test_the_catalogue_has_every_rule_with_its_figures(as_person):
    page = ok(as_person("王敏").get("/rules"))
    for words in ("侵犯隐私", "把您收到的验证码念给我", "不得索要验证码", "缺少：致谢", "n=1"):
        assert words in page
    assert page.count("/rules/packs/") == 15


def test_a_pack_shows_its_phrases_conditions_and_exceptions_to_who_may_not_change_it(as_person):
    page = ok(as_person("审计员").get("/rules/packs/privacy"))
    assert "客户报出验证码" in page and "之后 20 秒内客户" in page
    assert '<form method="post" action="/rules' not in page
    assert "没有权限" in page


def test_a_phrase_is_tried_proposed_approved_and_counts(as_person, house):
    supervisor = as_person("李主任")
    tried = ok(supervisor.post(f"{PACK}/try", data={"op": "add", "key": "phrases", "text": "您好"}))
    new, gone = map(int, re.search(r"新发现 (\d+) 处，不再发现 (\d+) 处", tried).groups())
    assert (new > 5, gone) == (True, 0)
    assert re.search(r'href="/calls/\d+\?at=\d+"', tried)
    assert "您好" not in phrases(house) and history(house) == ()
    propose(supervisor)
    assert "不会要您转账的哦" not in phrases(house)
    found, proposed = sorted(history(house), key=lambda one: one.version_id)
    change = f"/rules/changes/{proposed.version_id}"
    assert "<ins>不会要您转账的哦</ins>" in ok(supervisor.get(change))
    assert supervisor.post(f"{change}/approve").status_code == 409, "nobody approves his own"
    chief = as_person("陈副总")
    assert change in ok(chief.get("/rules"))
    assert chief.post(f"{change}/approve").headers["location"] == f"{change}?done=approved"
    assert "不会要您转账的哦" in phrases(house)
    assert "现在生效" in ok(chief.get(change))
    assert chief.post(f"{change}/approve").status_code == 409, "once is enough"
    assert "不会要您转账的哦" not in (SHIPPED_LEXICONS / FILE).read_text("utf-8")
    with reading(open_engine(house.database_url)) as session:
        assert [one.person for one in events(session, subject=f"rules {FILE}")] == ["陈副总", "李主任"]
    # And back to how it was, which takes the same two people.
    assert supervisor.post(f"/rules/changes/{found.version_id}/return", data={"note": ""}).status_code == 400
    back = supervisor.post(f"/rules/changes/{found.version_id}/return", data={"note": "误伤太多"}).headers["location"]
    assert chief.post(back.partition("?")[0] + "/approve").status_code == 303
    assert phrases(house) == [line.text for line in lines_of(found.content)["phrases"]]


def test_a_phrase_is_changed_and_removed(as_person, house):
    supervisor = as_person("李主任")
    first, second, *_ = phrases(house)
    page = ok(supervisor.get(f"{PACK}?edit=phrases-0"))
    assert f'value="{first}"' in page
    was = re.search(r'name="was" value="(\w+)"', page).group(1)
    same = {"key": "phrases", "at": "0", "before": first, "was": was}
    answer = supervisor.post(
        f"{PACK}/propose", data={"op": "change", **same, "text": "换成这一句", "weak": "yes", **NOTE}
    )
    assert answer.status_code == 303
    removed = supervisor.post(
        f"{PACK}/propose", data={"op": "remove", "key": "phrases", "at": "1", "before": second, **NOTE}
    )
    assert removed.status_code == 303, "both go into one proposal"
    lines = lines_of(history(house)[0].content)["phrases"]
    assert (lines[0].text, lines[0].is_weak, lines[1].text == second) == ("换成这一句", True, False)
    page = ok(supervisor.get(PACK))
    assert "换成这一句" in page and "已经包含您提出的改动" in page
    moved = supervisor.post(f"{PACK}/try", data={"op": "change", **same, "text": "再换一句"})
    assert moved.status_code == 409 and "被改过或移动过" in moved.text


def test_a_form_that_shows_what_another_has_changed_takes_nothing_back(as_person, house):
    supervisor = as_person("李主任")
    first, *_ = phrases(house)
    was = re.search(r'name="was" value="(\w+)"', supervisor.get(f"{PACK}?edit=phrases-0").text).group(1)
    stale = {"op": "change", "key": "phrases", "at": "0", "before": first, "text": first, "was": was, **NOTE}
    assert supervisor.post(f"{PACK}/propose", data={**stale, "weak": "yes"}).status_code == 303
    for values in ({"severity": "minor"}, {"weak": "yes"}):
        again = supervisor.post(f"{PACK}/propose", data={**stale, **values})
        assert again.status_code == 409 and "被改过或移动过" in again.text, values
    assert lines_of(history(house)[0].content)["phrases"][0].is_weak


def test_what_holds_for_all_phrases_is_not_taken_back_by_a_form_opened_before(as_person, house):
    supervisor = as_person("李主任")
    page = supervisor.get(PACK).text
    was = re.search(r'value="grounds"><input type="hidden" name="was" value="(\w+)"', page).group(1)
    stale = {"op": "grounds", "was": was, **NOTE}
    assert supervisor.post(f"{PACK}/propose", data={**stale, "exceptions": "不会…"}).status_code == 303
    assert supervisor.post(f"{PACK}/propose", data={**stale, "severity": "minor"}).status_code == 409


WRONG_PHRASES = (
    ({"text": "你(有病"}, "括号要成对"),
    ({"text": "好"}, "只有一个字"),
    ({"text": "   "}, "请写词条"),
    ({"text": "要!问"}, "有听不到的字符"),
    ({"text": "全新的话", "severity": "deadly"}, "严重程度请在列表里选择"),
    ({"text": "全新的话", "exceptions": "您…说……"}, "中间不能有"),
    ({"op": "drop", "text": "全新的话"}, "从词库页面"),
    ({"text": "全新的话", "since": "gestern"}, "日期请写成"),
)


def test_what_is_wrong_is_said_and_what_was_typed_stays(as_person):
    supervisor = as_person("李主任")
    for given, sentence in WRONG_PHRASES:
        answer = supervisor.post(f"{PACK}/try", data={"op": "add", "key": "phrases", **given})
        assert answer.status_code == 400 and sentence in unescape(answer.text), given
        if given["text"].strip() and not {"op", "since"} & set(given):
            assert f'value="{given["text"]}"' in unescape(answer.text), given


def test_html_in_a_phrase_or_a_note_is_text(as_person, house):
    supervisor = as_person("李主任")
    page = supervisor.post(f"{PACK}/try", data={"op": "add", "text": "<b>你好呀</b>"})
    assert page.status_code == 400 and "<b>" not in page.text
    propose(supervisor, note="<script>alert(1)</script>")
    assert "<script>alert" not in supervisor.get(f"/rules/changes/{history(house)[0].version_id}").text


def test_a_rejected_proposal_says_why_and_is_over(as_person, house):
    propose(as_person("李主任"))
    number = history(house)[0].version_id
    chief = as_person("陈副总")
    assert chief.post(f"/rules/changes/{number}/reject", data={"why": " "}).status_code == 400
    assert chief.post(f"/rules/changes/{number}/reject", data={"why": "太宽"}).status_code == 303
    assert "太宽" in ok(chief.get(f"/rules/changes/{number}"))
    assert as_person("李主任").post(f"/rules/changes/{number}/withdraw").status_code == 409


DOORS = (
    ("华声外呼客服部", "get", "/rules", 403),
    ("王敏", "get", PACK, 200),
    ("管理员", "get", "/rules/policy", 200),
    ("王敏", "post", f"{PACK}/try", 403),
    ("陈副总", "post", f"{PACK}/propose", 403),
    ("王敏", "post", "/rules/changes/1/approve", 403),
    ("李主任", "post", "/rules/policy/131fa94efbce/approve", 403),
    ("王敏", "post", "/rules/policy/propose", 403),
    ("李主任", "get", "/rules/packs/nothing", 404),
    ("李主任", "get", "/rules/packs/..%2Fpolicy", 404),
    ("李主任", "get", "/rules/scripts/nothing", 404),
    ("李主任", "get", "/rules/changes/999", 404),
    ("李主任", "post", "/rules/changes/999/withdraw", 404),
    ("李主任", "get", "/rules/policy/000000000000", 404),
    ("李主任", "get", "/rules/policy?begin=000000000000", 404),
    ("陈副总", "post", "/rules/policy/000000000000/approve", 404),
)


def test_who_may_and_what_is_there(as_person):
    people = {name: as_person(name) for name in {door[0] for door in DOORS}}
    for name, method, path, status in DOORS:
        assert getattr(people[name], method)(path).status_code == status, (name, method, path)


class Form(HTMLParser):
    """The fields of one form, with the values that a browser would send."""

    def __init__(self, action):
        super().__init__()
        self.action, self.inside, self.sent = action, False, []
        self.name = self.text = self.chosen = None

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        if tag == "form":
            self.inside = given.get("action") == self.action
        elif not self.inside or not (given.get("name") or tag == "option"):
            return
        elif tag == "input" and (given.get("type") not in ("checkbox", "radio") or "checked" in given):
            self.sent.append((given["name"], given.get("value", "")))
        elif tag == "textarea":
            self.name, self.text = given["name"], ""
        elif tag == "select":
            self.name, self.chosen = given["name"], None
        elif tag == "option" and (self.chosen is None or "selected" in given):
            self.chosen = given.get("value", "")

    def handle_data(self, data):
        if self.text is not None:
            self.text += data

    def handle_endtag(self, tag):
        if tag == "form":
            self.inside = False
        elif self.inside and tag == "textarea":
            self.sent.append((self.name, self.text))
            self.text = None
        elif self.inside and tag == "select":
            self.sent.append((self.name, self.chosen or ""))


def form_of(page, action):
    form = Form(action)
    form.feed(page)
    assert form.sent, action
    return form.sent


def with_values(sent, **values):
    """The form with other values; a list replaces all fields of the name."""
    rest = [(name, value) for name, value in sent if name not in values]
    return rest + [(name, one) for name, some in values.items() for one in (some if isinstance(some, list) else [some])]


def as_data(sent):
    data = {}
    for name, value in sent:
        data.setdefault(name, []).append(value)
    return data


def test_a_script_is_changed_by_its_form(as_person, house):
    supervisor = as_person("李主任")
    sent = form_of(supervisor.get("/rules/scripts/telemarketing").text, "/rules/scripts/telemarketing/try")
    unchanged = supervisor.post("/rules/scripts/telemarketing/try", data=as_data(sent))
    assert "没有可提交的内容" in ok(unchanged, 400)
    new = with_values(sent, **{"required.thanks": "", "limits.call_s": "240", "answers.0.name": ""})
    page = supervisor.post("/rules/scripts/telemarketing/try", data=as_data(new)).text
    assert "<ins>240</ins>" in page
    again = form_of(page, "/rules/scripts/telemarketing/propose")
    answer = supervisor.post("/rules/scripts/telemarketing/propose", data=as_data(with_values(again, note="时长下调")))
    assert answer.status_code == 303, answer.text
    made = history(house, "scripts/telemarketing.toml")[0]
    assert "call_s = 240" in made.content and "thanks = " not in made.content
    assert as_person("陈副总").post(f"/rules/changes/{made.version_id}/approve").status_code == 303
    assert rule_text(house, "scripts/telemarketing.toml") == made.content
    assert "240" in ok(as_person("王敏").get("/rules/scripts/telemarketing"))


def test_a_script_that_was_overtaken_takes_nothing_back(as_person, house):
    supervisor, place, file = as_person("李主任"), "/rules/scripts/telemarketing", "scripts/telemarketing.toml"
    old = form_of(supervisor.get(place).text, f"{place}/try")
    first = with_values(old, **{"limits.call_s": "240", **NOTE})
    assert supervisor.post(f"{place}/propose", data=as_data(first)).status_code == 303
    made = history(house, file)[0]
    assert as_person("陈副总").post(f"/rules/changes/{made.version_id}/approve").status_code == 303
    late = with_values(old, jargon="某个生僻词", **NOTE)
    for door in ("try", "propose"):
        raw = supervisor.post(f"{place}/{door}", data=as_data(late))
        page = ok(raw, 409)
        assert "文件在您打开之后已经改了" in page and "<ins>240</ins>" in page
        again = form_of(raw.text, f"{place}/try")
        assert (dict(again)["jargon"], dict(again)["limits.call_s"]) == ("某个生僻词", "240")
    assert (rule_text(house, file), len(history(house, file))) == (made.content, 2)
    assert supervisor.post(f"{place}/propose", data=as_data([*again, *NOTE.items()])).status_code == 303
    content = history(house, file)[0].content
    assert "call_s = 240" in content and "某个生僻词" in content


WRONG_SCRIPTS = (
    ({"limits.call_s": "bald"}, "时限请填整数"),
    ({"limits.call_s": "２４０"}, "时限请填整数"),
    ({"limits.call_s": "0"}, "要大于零"),
    ({"required.thanks": "outcomes", "required.thanks.on": []}, "请至少勾一种结果"),
    ({"answers.0.answer": ""}, "没有写答法"),
    ({"cues.thanks": "谢(谢您"}, "括号要成对"),
    ({"order": ["callback_time", "thanks"], "required.thanks": ""}, "不在本脚本要求的要素里"),
)


def test_a_wrong_script_is_said_on_its_page(as_person):
    supervisor = as_person("李主任")
    sent = form_of(supervisor.get("/rules/scripts/telemarketing").text, "/rules/scripts/telemarketing/try")
    for values, sentence in WRONG_SCRIPTS:
        answer = supervisor.post("/rules/scripts/telemarketing/try", data=as_data(with_values(sent, **values)))
        assert answer.status_code == 400 and sentence in unescape(answer.text), values
        assert "要素：什么时候要说" in answer.text


def test_the_policy_is_proposed_and_approved_by_the_vice_president(as_person, house):
    supervisor = as_person("李主任")
    raw = supervisor.get("/rules/policy").text
    page = unescape(raw)
    for words in ("抽检比例", "P-42", "整改期限", "缺少：问候", "服务禁语（整类）"):
        assert words in page
    sent = form_of(raw, "/rules/policy/propose")
    assert "没有改动任何数值" in ok(
        supervisor.post("/rules/policy/propose", data=as_data(with_values(sent, note="试"))), 400
    )
    wrong = as_data(with_values(sent, **{"sampling.share_bp": "12.5", "warning.score_line": "101", "note": "试"}))
    page = ok(supervisor.post("/rules/policy/propose", data=wrong), 400)
    assert "警告的得分线：101 不在允许的范围 0 到 100 之内" in page
    assert 'name="sampling.share_bp" value="12.5"' in page, "what was typed stands there still"
    taken = as_data(with_values(sent, **{"sampling.share_bp": "12.5", "note": "试", "from_month": "2026-03"}))
    assert "已经关账" in ok(supervisor.post("/rules/policy/propose", data=taken), 409)
    good = as_data(
        with_values(
            sent, **{"sampling.share_bp": "12.5", "posting.by_machine": [], "note": "多抽一些", "from_month": "2026-06"}
        )
    )
    answer = supervisor.post("/rules/policy/propose", data=good)
    assert answer.status_code == 303, answer.text
    address = answer.headers["location"].partition("?")[0]
    page = ok(supervisor.get(address))
    assert "<del>10 %</del> → <ins>12.5 %</ins>" in page
    assert "<del>非时段外呼</del>" in page
    chief = as_person("陈副总")
    assert chief.post(f"{address}/approve").headers["location"] == f"{address}?done=approved"
    assert chief.post(f"{address}/approve").status_code == 409
    with reading(open_engine(house.database_url)) as session:
        made = next(one for one in policy_versions(session) if one.version == address.rpartition("/")[2])
    assert (made.proposed_by, made.approved_by, str(made.from_month)) == ("李主任", "陈副总", "2026-06")
    # Back to the one before, from a later month.
    begun = supervisor.get(f"/rules/policy?begin={house_version(house)}").text
    again = as_data(with_values(form_of(begun, "/rules/policy/propose"), note="恢复", from_month="2026-07"))
    assert supervisor.post("/rules/policy/propose", data=again).status_code == 303


def test_a_policy_form_that_another_proposal_overtook_is_shown_once_more(as_person):
    supervisor = as_person("李主任")
    stale = form_of(supervisor.get("/rules/policy").text, "/rules/policy/propose")
    first = with_values(stale, **{"sampling.share_bp": "12.5", "note": "多抽一些", "from_month": "2026-06"})
    assert supervisor.post("/rules/policy/propose", data=as_data(first)).status_code == 303
    second = with_values(stale, **{"warning.score_line": "61", "note": "严一些", "from_month": "2026-06"})
    answer = supervisor.post("/rules/policy/propose", data=as_data(second))
    page = ok(answer, 409)
    assert "政策又有了新的版本" in page and 'name="warning.score_line" value="61"' in page
    once_more = with_values(form_of(answer.text, "/rules/policy/propose"), note="严一些", from_month="2026-06")
    assert supervisor.post("/rules/policy/propose", data=as_data(once_more)).status_code == 303


def test_the_policy_takes_digits_and_months_that_can_be_counted_on(as_person, house):
    supervisor, before = as_person("李主任"), house_versions(house)
    sent = form_of(supervisor.get("/rules/policy").text, "/rules/policy/propose")
    for name, given in (
        ("sampling.share_bp", "1_0"),
        ("sampling.share_bp", "１０"),
        ("sampling.share_bp", "1e1"),
        ("sampling.share_bp", "9" * 400),
        ("warning.score_line", "6_0"),
        ("warning.score_line", "６０"),
    ):
        values = with_values(sent, **{name: given, "note": "试", "from_month": "2026-06"})
        page = ok(supervisor.post("/rules/policy/propose", data=as_data(values)), 400)
        assert f'name="{name}" value="{given}"' in page and f"“{given}”不是这里能填的数" in page
        assert f'id="fault-{name}">这里要填一个数。' in page, "told at the field"
    for month in ("9999-12", "9001-01", "1999-12", "0001-01", "２０２６-06"):
        values = with_values(sent, **{"sampling.share_bp": "12.5", "note": "试", "from_month": month})
        assert "请写从哪个月起" in ok(supervisor.post("/rules/policy/propose", data=as_data(values)), 400)
    assert house_versions(house) == before


def house_versions(house):
    with reading(open_engine(house.database_url)) as session:
        return [one.version for one in policy_versions(session)]


def house_version(house):
    with reading(open_engine(house.database_url)) as session:
        return policy_versions(session)[0].version


def test_rules_in_a_browser_without_javascript_and_on_a_telephone(browser_page):
    page = browser_page("李主任", width=390, java_script_enabled=False)
    page.goto(PACK)
    page.fill("#form input[name=text]", "你爱怎么想怎么想吧")
    page.click("#form button.primary")
    page.wait_for_selector("#found")
    page.fill("textarea[name=note]", "试")
    page.click(f"form[action='{PACK}/propose'] button")
    assert page.inner_text(".done").startswith("已提交")
    for path in ("/rules", PACK, "/rules/scripts/survey", "/rules/policy", "/search?q=您好"):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, path


def test_what_was_accepted_is_no_draft_any_more(browser_page, house):
    page = browser_page("李主任")
    page.goto(PACK)
    page.fill("#form input[name=text]", "你爱怎么想怎么想吧")
    page.goto("/rules")
    page.goto(PACK)
    assert page.input_value("#form input[name=text]") == "你爱怎么想怎么想吧", "a draft waits"
    page.click("#form button.primary")
    page.fill("textarea[name=note]", "客户投诉里的说法")
    page.click(f"form[action='{PACK}/propose'] button")
    page.wait_for_url("**?done=proposed")
    page.goto(PACK)
    assert page.input_value("#form input[name=text]") == ""
    call = calls_with(house, findings=1)[0]
    with reading(open_engine(house.database_url)) as session:
        row = session.get_one(CallRow, call)
        name = f"{row.vendor}/{row.call_id}"
    page.goto("/calibration")
    page.fill("input[name=title]", "四月校准")
    page.fill("textarea[name=calls]", name)
    page.click("form[action='/calibration'] button")
    page.wait_for_url("**?done=opened")
    page.goto("/calibration")
    assert page.input_value("textarea[name=calls]") == ""


def test_trouble_with_files_is_not_called_a_missing_reason():
    with pytest.raises(StorageError), refused_proposal(None):
        raise StorageError("the disk is full")
    with pytest.raises(BadInput, match="请写明改动理由"), refused_proposal(None):
        raise DataError("say why")
