from datetime import date

import pytest

from pipeline.web.numbers import day_of, number_of
from pipeline.web.refusals import BadInput

LONG = "9" * 19


@pytest.mark.parametrize(
    ("text", "day"), [("", None), (" 2026-03-30 ", date(2026, 3, 30)), ("2000-01-01", date(2000, 1, 1))]
)
def test_a_day(text, day):
    assert day_of(text) == day


@pytest.mark.parametrize("text", ["gestern", "2026-02-30", "1999-12-31", "9001-01-01", "9999-12-31"])
def test_no_day(text):
    with pytest.raises(BadInput, match="2026-03-30"):
        day_of(text)


@pytest.mark.parametrize(("text", "number"), [("7", 7), ("999999999", 999_999_999), ("1000000000", None), ("٧", None)])
def test_a_number(text, number):
    assert number_of(text) == number


def test_at_the_edges_of_numbers_and_days_pages_refuse_instead_of_failing(as_person):
    client = as_person("李主任")
    for question in (
        "/audit?last=9999-12-31",
        "/queue?day=0001-01-01",
        f"/queue?after={LONG}.1",
        f"/queue?after=1.{LONG}",
        "/runs?day=9999-12-31",
        "/search?q=好&last=9999-12-31",
    ):
        assert client.get(question).status_code == 400, question
    for name in (LONG, f"entry {LONG}", f"finding {LONG}", f"verdict {'9' * 5000}"):
        assert client.get("/explain", params={"name": name}).status_code == 404, name[:40]
    for nowhere in (
        f"/calls/{LONG}", f"/calls/{LONG}/parts", f"/calls/{LONG}/audio", f"/cases/{LONG}", f"/calibration/{LONG}", "/cases/0",
        f"/rules/changes/{LONG}",
    ):  # fmt: skip
        assert client.get(nowhere).status_code == 404, nowhere
    assert client.get(f"/rules/packs/privacy?edit=phrases-{LONG}").status_code == 200


def test_so_do_forms(as_person):
    client = as_person("李主任")
    for address, form in (
        ("/rules/packs/privacy/try", {"text": "不会的哦", "since": "9999-12-31"}),
        ("/rules/packs/privacy/try", {"op": "remove", "at": LONG}),
        ("/cases/rectifications", {"vendor": "x", "demand": "重训", "warning": LONG}),
    ):
        assert client.post(address, data=form).status_code == 400, address
    for nowhere in (
        f"/queue/{LONG}/back",
        f"/cases/{LONG}/suspend",
        f"/cases/warnings/{LONG}/void",
        f"/pending/{LONG}/undo",
    ):
        assert client.post(nowhere).status_code == 404, nowhere
