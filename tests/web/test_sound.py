"""The sound of a call over HTTP: playable everywhere, one range at a time, for whom it is."""

import io
import json
import shutil

import pytest
import soundfile
from sqlalchemy import select, update

from pipeline.settings import load
from pipeline.store.tables import CallRow, Did, EventRow, PlayRow, RecordingRow
from pipeline.web.sound import voice_plot

from .conftest import Client, serving
from .desk import changes, rows


@pytest.fixture(scope="module")
def house(finished_house, tmp_path_factory):
    """One for all: every test hears a call of its own."""
    return load(shutil.copytree(finished_house, tmp_path_factory.mktemp("sound") / "house"))


@pytest.fixture(scope="module")
def site(house):
    with serving(house) as address:
        yield address


@pytest.fixture(scope="module")
def calls(house):
    return iter([call for (call,) in rows(house, select(RecordingRow.call_pk).order_by(RecordingRow.id).distinct())])


@pytest.fixture
def call_pk(calls):
    return next(calls)


@pytest.fixture(scope="module")
def one_call(house):
    return rows(house, select(RecordingRow.call_pk).order_by(RecordingRow.id.desc()).limit(1))[0][0]


@pytest.fixture(scope="module")
def client(site):
    with Client(site) as client:
        yield client.log_in("王敏")


def heard(house, call_pk):
    vendor, call_id = rows(house, select(CallRow.vendor, CallRow.call_id).where(CallRow.id == call_pk))[0]
    return select(EventRow.person).where(EventRow.did == Did.HEARD, EventRow.subject == f"call {vendor}/{call_id}")


def played(call_pk):
    return select(PlayRow.person, PlayRow.start_ms, PlayRow.end_ms).where(PlayRow.call_pk == call_pk)


def test_the_copy_is_pcm_in_stereo_at_the_recordings_rate(client, call_pk):
    answer = client.get(f"/calls/{call_pk}/audio")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "audio/wav")
    assert "no-store" in answer.headers["cache-control"]
    sound, rate = soundfile.read(io.BytesIO(answer.content), always_2d=True)
    assert rate == 8000
    peaks = client.get(f"/calls/{call_pk}/peaks").json()
    assert len(peaks["peaks"]) == sound.shape[1]
    assert peaks["duration_ms"] == len(sound) * 1000 // rate


def test_one_range_is_sent_and_names_what_it_is_of(client, call_pk):
    whole = client.get(f"/calls/{call_pk}/audio")
    size = len(whole.content)
    for asked, said, part in (
        ("bytes=0-", f"bytes 0-{size - 1}/{size}", whole.content),
        ("bytes=100-199", f"bytes 100-199/{size}", whole.content[100:200]),
        ("bytes=-10", f"bytes {size - 10}-{size - 1}/{size}", whole.content[-10:]),
        (f"bytes={size - 1}-{size + 500}", f"bytes {size - 1}-{size - 1}/{size}", whole.content[-1:]),
    ):
        answer = client.get(f"/calls/{call_pk}/audio", headers={"Range": asked, "If-Range": whole.headers["etag"]})
        assert (answer.status_code, answer.headers["content-range"], answer.content) == (206, said, part)
    other = client.get(f"/calls/{call_pk}/audio", headers={"Range": "bytes=0-9", "If-Range": '"another"'})
    assert (other.status_code, len(other.content)) == (200, size)


@pytest.mark.parametrize(
    "asked",
    [
        "bytes=0-1,5-9",
        "bytes=0-,0-,0-,0-",
        "bytes=9-5",
        "bytes=999999999-",
        "bytes=-0",
        "bytes=abc-",
        "bytes=0-9, 20-30",
        "frames=0-1",
        "bytes=" + "9" * 4000 + "-",
        "bytes=",
    ],
)
def test_forged_ranges_are_416(client, one_call, asked):
    answer = client.get(f"/calls/{one_call}/audio", headers={"Range": asked})
    assert answer.status_code == 416
    assert answer.headers["content-range"].startswith("bytes */")
    assert not answer.content


def test_head_says_how_long_it_is_and_is_no_hearing(client, call_pk, house):
    answer = client.head(f"/calls/{call_pk}/audio")
    assert (answer.status_code, answer.content) == (200, b"")
    assert int(answer.headers["content-length"]) > 100_000
    assert answer.headers["accept-ranges"] == "bytes"
    assert rows(house, heard(house, call_pk)) == []


def test_hearing_is_written_down_once_a_hearing(client, call_pk, house):
    for _ in range(3):
        client.get(f"/calls/{call_pk}/audio", headers={"Range": "bytes=0-99"})
    assert rows(house, heard(house, call_pk)) == [("王敏",)]


def test_others_calls_and_calls_without_a_recording_are_not_there(as_person, house, call_pk):
    vendor = rows(house, select(CallRow.vendor).where(CallRow.id == call_pk))[0][0]
    other = next(name for name in ("华声外呼", "远达呼叫") if name != vendor)
    own, foreign = as_person(f"{vendor}客服部"), as_person(f"{other}客服部")
    for what in ("audio", "peaks", "voice"):
        assert own.get(f"/calls/{call_pk}/{what}").status_code == 200
        assert foreign.get(f"/calls/{call_pk}/{what}").status_code == 404
        assert own.get(f"/calls/999999/{what}").status_code == 404
        assert as_person("管理员").get(f"/calls/{call_pk}/{what}").status_code == 403
    assert foreign.post(f"/calls/{call_pk}/played", data={"played": "[]"}).status_code == 404


def test_a_recording_that_is_gone_is_not_there(client, house, call_pk):
    sha256 = rows(house, select(RecordingRow.sha256).where(RecordingRow.call_pk == call_pk))[0][0]
    (house.archive_path / "sha256" / sha256[:2] / sha256[2:]).unlink()
    assert client.get(f"/calls/{call_pk}/audio").status_code == 404
    page = client.get(f"/calls/{call_pk}")
    assert page.status_code == 200
    assert "录音已不在档案中" in page.text


def test_a_recording_that_was_altered_is_not_played(client, house, call_pk):
    sha256 = rows(house, select(RecordingRow.sha256).where(RecordingRow.call_pk == call_pk))[0][0]
    file = house.archive_path / "sha256" / sha256[:2] / sha256[2:]
    file.chmod(0o640)
    file.write_bytes(file.read_bytes()[:-1] + b"x")
    assert client.get(f"/calls/{call_pk}/audio").status_code == 404


def test_voices_have_a_value_a_second_as_data_plot_and_table(client, call_pk):
    found = client.get(f"/calls/{call_pk}/voice", headers={"Accept": "application/json"}).json()
    seconds = client.get(f"/calls/{call_pk}/peaks").json()["duration_ms"] / 1000
    assert abs(len(found["level_dbfs"]) - seconds) <= 1
    assert {len(series) for series in found.values() if series} == {len(found["level_dbfs"])}
    assert any(found["pitch_hz"]) and any(found["rate_cpm"])
    page = client.get(f"/calls/{call_pk}/voice")
    assert page.text.count("<tr>") == len(found["level_dbfs"]) + 1
    assert "<html" in page.text and "data-plot" in page.text
    fragment = client.get(f"/calls/{call_pk}/voice", headers={"HX-Request": "true", "Accept": "*/*"})
    assert "<html" not in fragment.text and "data-plot" in fragment.text


def test_a_line_has_one_colour_in_all_plots_and_stands_in_the_legend():
    alone = {
        "level_dbfs": [-20.0],
        "customer_level_dbfs": None,
        "pitch_hz": [200.0],
        "rate_cpm": [250.0],
        "silence": [0.1],
    }
    plots = [voice_plot(voices, str) for voices in (alone, alone | {"customer_level_dbfs": [-30.0]})]
    assert [plot["legend"]["data"] for plot in plots] == [["客服", "双方"], ["客服", "客户", "双方"]]
    lines = {(line["name"], line["color"]) for plot in plots for line in plot["series"]}
    assert len(lines) == len({name for name, _ in lines}) == len({colour for _, colour in lines}) == 3


def test_what_was_played_is_believed_as_far_as_time_has_passed(client, house, call_pk):
    told = json.dumps([[0, 1500], [1000, 2500]])
    assert client.post(f"/calls/{call_pk}/played", data={"played": told}).status_code == 400, "nobody has opened it"
    client.get(f"/calls/{call_pk}")
    assert client.post(f"/calls/{call_pk}/played", data={"played": told}).status_code == 204
    assert rows(house, played(call_pk)) == [("王敏", 0, 2500)]
    forged = client.post(f"/calls/{call_pk}/played", data={"played": "[[0, 60000]]"})
    assert forged.status_code == 400
    assert "播放记录" in forged.text
    for wrong in (
        "[[5,1]]",
        "[[-5,1]]",
        "{",
        "[1]",
        "[[1,2,3]]",
        '"x"',
        '[["a","b"]]',
        "9" * 30_000,
        "[[0,1e999]]",
        "[" * 9000,
    ):
        assert client.post(f"/calls/{call_pk}/played", data={"played": wrong}).status_code in (400, 422)
    assert len(rows(house, played(call_pk))) == 1


def test_what_lies_behind_the_end_was_not_played(client, house, call_pk):
    changes(house, update(CallRow).where(CallRow.id == call_pk).values(duration_ms=1000))
    client.get(f"/calls/{call_pk}")
    assert client.post(f"/calls/{call_pk}/played", data={"played": "[[90000000, 90001000]]"}).status_code == 204
    assert rows(house, played(call_pk)) == []
