"""Manifests as vendors send them."""

import datetime
import hashlib
import zipfile
from collections.abc import Mapping
from pathlib import Path

import fsspec
import pytest
from openpyxl import Workbook

from pipeline.errors import ManifestError, UsageError
from pipeline.recordings import manifest as manifest_module
from pipeline.recordings import tables
from pipeline.recordings.manifest import read_manifest
from pipeline.records.call import AgentChannel, Manifest, ManifestRow, Outcome

SHA = "ab" * 32
HEADER = "call_id,vendor,project,agent,customer_number,started_at,duration_s,outcome,file,agent_channel,sha256"
CHINESE = "通话编号,外呼公司,项目,坐席,客户号码,开始时间,时长(秒),通话结果,录音文件,坐席声道,校验值"
GOOD = f"A1,红星外呼,vip-care,张三,13800138000,2026-01-05 09:03:00,62.5,success,d/a1.wav,left,{SHA}"
CELLS = dict(zip(HEADER.split(","), GOOD.split(","), strict=True))
NOW = datetime.datetime(2100, 1, 1, tzinfo=datetime.UTC)
UNANSWERED = {"outcome": "no_answer", "duration_s": "0", "file": "", "agent_channel": "", "sha256": ""}


def read(
    folder: Path, text: str | bytes, name: str = "calls.csv", zone: str = "Asia/Shanghai", now: datetime.datetime = NOW
) -> Manifest:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_manifest(str(path), zone, now)


def row(**changes: str) -> str:
    """The good row with some cells changed."""
    return ",".join('"' + cell.replace('"', '""') + '"' for cell in (CELLS | changes).values())


def only(manifest: Manifest) -> ManifestRow:
    assert manifest.rejected == ()
    ((_, one),) = manifest.rows
    return one


def test_a_good_row_is_read_whole(tmp_path: Path) -> None:
    data = f"{HEADER}\n{GOOD}\n"
    manifest = read(tmp_path, data)
    assert (manifest.drop, manifest.name) == (str(tmp_path), "calls.csv")
    assert manifest.sha256 == hashlib.sha256(data.encode()).hexdigest()
    assert manifest.rejected == ()
    assert manifest.rows == (
        (
            2,
            ManifestRow(
                call_id="A1",
                vendor="红星外呼",
                project="vip-care",
                agent="张三",
                customer_number="13800138000",
                started_at=datetime.datetime(2026, 1, 5, 1, 3, tzinfo=datetime.UTC),
                duration_ms=62_500,
                outcome=Outcome.SUCCESS,
                file="d/a1.wav",
                agent_channel=AgentChannel.LEFT,
                sha256=SHA,
            ),
        ),
    )


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_encodings_and_line_ends_make_no_difference(tmp_path: Path, encoding: str, end: str) -> None:
    one = only(read(tmp_path, f"{CHINESE}{end}{GOOD}{end}".encode(encoding)))
    assert (one.vendor, one.agent) == ("红星外呼", "张三")


@pytest.mark.parametrize(
    "header",
    [
        CHINESE,
        "通话ID,供应商,项目名称,话务员,被叫号码,通话开始时间,时长,结果,文件名,声道,校验码",
        "通话编号,公司,外呼项目,座席工号,电话号码,外呼时间,通话时长（秒）,外呼结果,录音,话务员声道,SHA-256",
        "Call ID,Vendor,Project,AGENT,Customer Number,Start Time,duration,Result,File,agent-channel,sha256",
    ],
)
def test_headers_go_by_many_names(tmp_path: Path, header: str) -> None:
    assert only(read(tmp_path, f"{header}\n{GOOD}")).call_id == "A1"


def test_columns_stand_in_any_order_and_further_ones_are_kept(tmp_path: Path) -> None:
    header = "备注,,sha256," + HEADER.removesuffix(",sha256")
    one = only(read(tmp_path, f'{header}\n"两行\n备注 ",x,,{GOOD.removesuffix("," + SHA)}\n'))
    assert one.sha256 is None
    assert one.extra == (("备注", "两行\n备注 "), ("column_2", "x"))


def test_a_manifest_may_have_no_commitments_and_no_calls(tmp_path: Path) -> None:
    header = HEADER.removesuffix(",sha256")
    assert only(read(tmp_path, f"{header}\n{GOOD.removesuffix(',' + SHA)}")).sha256 is None
    assert read(tmp_path, header).rows == ()


@pytest.mark.parametrize(
    ("written", "outcome"),
    [
        ("成功", Outcome.SUCCESS),
        ("SUCCESS", Outcome.SUCCESS),
        ("拒绝", Outcome.REFUSED),
        ("无人接听", Outcome.NO_ANSWER),
        ("no answer", Outcome.NO_ANSWER),
        ("回拨", Outcome.CALLBACK),
        ("预约回访", Outcome.CALLBACK),
        ("其他", Outcome.OTHER),
        (" 其它　", Outcome.OTHER),
    ],
)
def test_outcomes_go_by_many_names(tmp_path: Path, written: str, outcome: Outcome) -> None:
    changes = UNANSWERED if outcome is Outcome.NO_ANSWER else {}
    assert only(read(tmp_path, f"{HEADER}\n{row(**changes | {'outcome': written})}")).outcome is outcome


@pytest.mark.parametrize(
    ("written", "channel"),
    [("左", "left"), ("右声道", "right"), ("单声道", "mono"), ("Mono", "mono"), ("RIGHT", "right")],
)
def test_channels_go_by_many_names(tmp_path: Path, written: str, channel: str) -> None:
    assert only(read(tmp_path, f"{HEADER}\n{row(agent_channel=written)}")).agent_channel == channel


@pytest.mark.parametrize(
    ("written", "utc"),
    [
        ("2026-01-05T09:03:00", "2026-01-05T01:03:00"),
        ("2026-01-05 09:03", "2026-01-05T01:03:00"),
        ("2026/1/5 9:03:07", "2026-01-05T01:03:07"),
        ("2026-01-05T09:03:00.25", "2026-01-05T01:03:00.250"),
        ("2026-01-05T09:03:00Z", "2026-01-05T09:03:00"),
        ("2026-01-05T09:03:00-02:30", "2026-01-05T11:33:00"),
        ("20260105T090300", "2026-01-05T01:03:00"),
        ("2026-01-01 00:00:00", "2025-12-31T16:00:00"),
        ("2000-01-01T00:00:00Z", "2000-01-01T00:00:00"),
        ("2099-12-31T23:59:59Z", "2099-12-31T23:59:59"),
    ],
)
def test_times_are_read_to_utc(tmp_path: Path, written: str, utc: str) -> None:
    started_at = only(read(tmp_path, f"{HEADER}\n{row(started_at=written)}")).started_at
    assert started_at == datetime.datetime.fromisoformat(utc + "+00:00")
    assert started_at.tzinfo is datetime.UTC


def test_another_zone_is_taken_from_the_settings(tmp_path: Path) -> None:
    assert only(read(tmp_path, f"{HEADER}\n{GOOD}", zone="Europe/Berlin")).started_at.hour == 8
    for zone in ("Mars/Olympus", "../etc/passwd", ""):
        with pytest.raises(UsageError, match="is unknown"):
            read(tmp_path, f"{HEADER}\n{GOOD}", zone=zone)


@pytest.mark.parametrize(
    ("written", "ms"),
    [
        ("0", 0),
        ("62", 62_000),
        ("62.5", 62_500),
        ("0.0004", 0),
        ("0.0005", 1),
        ("086400", 86_400_000),
        ("86400.000", 86_400_000),
    ],
)
def test_durations_are_read_to_milliseconds(tmp_path: Path, written: str, ms: int) -> None:
    changes = {} if ms else UNANSWERED
    assert only(read(tmp_path, f"{HEADER}\n{row(**changes | {'duration_s': written})}")).duration_ms == ms


def test_a_call_that_nobody_answered_has_no_recording(tmp_path: Path) -> None:
    one = only(read(tmp_path, f"{HEADER}\n{row(**UNANSWERED)}"))
    assert (one.file, one.agent_channel, one.connected) == ("", AgentChannel.MONO, False)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"outcome": "no_answer"}, "outcome no_answer with duration_s 62.5 and file 'd/a1.wav': a call that nobody"),
        ({"outcome": "无人接听", "duration_s": "25"}, "outcome no_answer with duration_s 25 and file 'd/a1.wav'"),
        ({"duration_s": "0"}, "outcome success with duration_s 0: a call that was answered lasts"),
        ({"outcome": "refused", "duration_s": "0.0004"}, "outcome refused with duration_s 0.0004"),
    ],
)
def test_a_row_that_would_hide_a_call_is_rejected(tmp_path: Path, changes: Mapping[str, str], reason: str) -> None:
    manifest = read(tmp_path, f"{HEADER}\n{row(**changes)}\n{row(call_id='B2')}\n")
    (rejected,) = manifest.rejected
    assert rejected.line == 2
    assert rejected.reason.startswith(reason)
    assert [one.call_id for _, one in manifest.rows] == ["B2"]


def test_rings_without_a_recording_and_the_shortest_answered_call_go_in(tmp_path: Path) -> None:
    assert only(read(tmp_path, f"{HEADER}\n{row(**UNANSWERED | {'duration_s': '25'})}")).connected is False
    assert only(read(tmp_path, f"{HEADER}\n{row(duration_s='0.001')}")).connected is True


def test_a_call_of_the_future_is_rejected(tmp_path: Path) -> None:
    moment = datetime.datetime(2026, 1, 5, 1, 3, tzinfo=datetime.UTC)
    edge = moment - datetime.timedelta(hours=6)
    assert only(read(tmp_path, f"{HEADER}\n{GOOD}", now=edge)).started_at == moment
    manifest = read(tmp_path, f"{HEADER}\n{GOOD}", now=edge - datetime.timedelta(seconds=1))
    assert manifest.rows == ()
    assert "started_at '2026-01-05 09:03:00' lies in the future" in manifest.rejected[0].reason


def test_the_clock_is_the_machine_s_where_none_is_given(tmp_path: Path) -> None:
    path = tmp_path / "calls.csv"
    path.write_text(f"{HEADER}\n{row(started_at='2099-12-31 00:00:00')}\n{row(call_id='B2')}", encoding="utf-8")
    manifest = read_manifest(str(path), "Asia/Shanghai")
    assert ([bad.line for bad in manifest.rejected], [line for line, _ in manifest.rows]) == ([2], [3])


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        *[
            ({field: empty}, f"{field} is missing")
            for field in list(CELLS)[:10]
            if field != "outcome"
            for empty in ("", " 　")
        ],
        ({"outcome": ""}, "outcome is missing"),
        ({"outcome": "no_answer", "agent": ""}, "agent is missing"),
        ({"outcome": "maybe"}, "outcome 'maybe' is none of"),
        ({"started_at": "yesterday"}, "started_at 'yesterday' is no date and time"),
        ({"started_at": "2026-02-30 09:00:00"}, "is no date and time"),
        ({"started_at": "2026-01-05 24:01:00"}, "is no date and time"),
        ({"started_at": "2026-01-05"}, "is no date and time"),
        ({"started_at": "05.01.2026 09:00"}, "is no date and time"),
        ({"started_at": "2026-01-05T09:00+99:00"}, "is no date and time"),
        ({"started_at": "1999-12-31T23:59:59Z"}, "is not in the years"),
        ({"started_at": "2100-01-01T00:00:00Z"}, "is not in the years"),
        ({"duration_s": "-1"}, "duration_s '-1' is no number of seconds"),
        ({"duration_s": "1e3"}, "is no number of seconds"),
        ({"duration_s": "nan"}, "is no number of seconds"),
        ({"duration_s": "00:01:02"}, "is no number of seconds"),
        ({"duration_s": "٣"}, "is no number of seconds"),
        ({"duration_s": "86400.001"}, "longer than a day"),
        ({"agent_channel": "middle"}, "agent_channel 'middle' is none of"),
        ({"sha256": SHA[:-1]}, "is not 64 hexadecimal digits"),
        ({"sha256": SHA[:-1] + "g"}, "is not 64 hexadecimal digits"),
        ({"file": "../other/a.wav"}, "leads out of the drop"),
        ({"file": "d/../../a.wav"}, "leads out of the drop"),
        ({"file": ".."}, "leads out of the drop"),
        ({"file": "."}, "leads out of the drop"),
        ({"file": "/etc/passwd"}, "leads out of the drop"),
        ({"file": "d\\a.wav"}, "has a backslash"),
        ({"file": "..\\a.wav"}, "has a backslash"),
        ({"file": "C:/a.wav"}, "is an address"),
        ({"file": "s3://bucket/a.wav"}, "is an address"),
        ({"file": "file:a.wav"}, "is an address"),
        ({"file": "a.zip::b.wav"}, "is an address"),
        ({"file": "a\0.wav"}, "file holds a control character"),
        ({"file": "好" * 86 + ".wav"}, "has a name that is too long"),
        ({"file": "d/" * 255 + "a.w"}, "file has 513 characters"),
        ({"call_id": "x" * 129}, "call_id has 129 characters, at most 128"),
        ({"agent": "张\x07三"}, "agent holds a control character"),
        ({"agent": "张\u202e三"}, "agent holds a control character"),
        ({"call_id": "A\n1"}, "call_id holds a control character"),
    ],
)
def test_a_bad_row_is_rejected_with_line_and_reason(tmp_path: Path, changes: Mapping[str, str], reason: str) -> None:
    manifest = read(tmp_path, f"{HEADER}\n{row(call_id='B1')}\n{row(**changes)}\n{row(call_id='B2')}\n")
    (rejected,) = manifest.rejected
    assert rejected.line == 3
    assert reason in rejected.reason
    assert "\n" not in rejected.reason
    assert rejected.raw == row(**changes)
    assert [one.call_id for _, one in manifest.rows] == ["B1", "B2"]


@pytest.mark.parametrize(
    "changes",
    [
        {"call_id": "x" * 128},
        {"file": "好" * 83 + "ab.wav"},
        {"file": "d/" * 254 + "aaaa"},
        {"file": "a..b/c...wav"},
        {"file": "带 空格/录音(1).wav"},
        {"agent": "张　三"},
        {"vendor": "\ue000公司"},  # GB18030 maps rare characters into the private area
    ],
)
def test_unusual_rows_that_are_good(tmp_path: Path, changes: Mapping[str, str]) -> None:
    one = only(read(tmp_path, f"{HEADER}\n{row(**changes)}"))
    assert all(getattr(one, field) == cell for field, cell in changes.items())


def test_a_path_is_kept_without_needless_parts(tmp_path: Path) -> None:
    assert only(read(tmp_path, f"{HEADER}\n{row(file='./d//a.wav')}")).file == "d/a.wav"


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (GOOD + ",more", "12 columns, the header has 11"),
        (GOOD.removesuffix("," + SHA), "10 columns, the header has 11"),
        ("just words", "1 columns, the header has 11"),
        ('A2,"open quote' + GOOD[2:], "a quote that never closes"),
        ('"A2"x' + GOOD[2:], "not CSV"),
    ],
)
def test_a_line_that_is_no_row_is_rejected_alone(tmp_path: Path, line: str, reason: str) -> None:
    rows = "\n".join(row(call_id=f"B{at}") for at in range(30))
    manifest = read(tmp_path, f"{HEADER}\n{line}\n{rows}\n\n,,,,,,,,,,\n")
    (rejected,) = manifest.rejected
    assert (rejected.line, rejected.raw) == (2, line)
    assert reason in rejected.reason
    assert [line for line, _ in manifest.rows] == list(range(3, 33))


def test_two_stray_quotes_do_not_swallow_the_rows_between(tmp_path: Path) -> None:
    stray = GOOD.replace("张三", '"张三')
    lines = [
        HEADER,
        stray.replace("A1", "S1"),
        row(call_id="B1"),
        row(call_id="B2"),
        stray.replace("A1", "S2"),
        row(call_id="B3"),
    ]
    manifest = read(tmp_path, "\n".join(lines))
    assert [one.call_id for _, one in manifest.rows] == ["B1", "B2", "B3"]
    assert [rejected.line for rejected in manifest.rejected] == [2, 5]


def test_a_note_of_two_lines_keeps_the_line_numbers_right(tmp_path: Path) -> None:
    manifest = read(tmp_path, f'{HEADER},note\n{row(call_id="B1")},"one\ntwo"\n{row(call_id="B2", outcome="?")},x\n')
    assert [line for line, _ in manifest.rows] == [2]
    assert [rejected.line for rejected in manifest.rejected] == [4]


def test_a_broken_byte_spoils_its_line_alone(tmp_path: Path) -> None:
    lines = [f"{HEADER}", row(call_id="B1"), row(call_id="B2"), row(call_id="B3")]
    data = [line.encode() for line in lines]
    data[2] = data[2].replace("张三".encode(), b"\xe5\xbc")
    for head in (b"", b"\xef\xbb\xbf"):
        manifest = read(tmp_path, head + b"\n".join(data))
        assert [one.call_id for _, one in manifest.rows] == ["B1", "B3"]
        assert [(bad.line, bad.reason) for bad in manifest.rejected] == [(3, "bytes that are no text")]


def test_rows_of_one_call_all_go_in_for_the_store_to_judge(tmp_path: Path) -> None:
    rows = [row(), row(), row(outcome="refused", duration_s="9"), row(vendor="另一家"), row(outcome="?")]
    manifest = read(tmp_path, "\n".join([HEADER, *rows]))
    assert [line for line, _ in manifest.rows] == [2, 3, 4, 5]
    assert [bad.line for bad in manifest.rejected] == [6]


def test_every_line_is_accounted_for(tmp_path: Path) -> None:
    rows = [row(call_id=f"B{at}", outcome="success" if at % 3 else "?") for at in range(300)]
    manifest = read(tmp_path, "\n".join([HEADER, *rows]))
    lines = sorted([line for line, _ in manifest.rows] + [bad.line for bad in manifest.rejected])
    assert lines == list(range(2, 302))


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "is empty"),
        (b"\n  \r\n", "is empty"),
        (b"\xff\xfe" + HEADER.encode("utf-16-le"), "unknown encoding|no header line"),
        (bytes(range(128, 256)) * 20, "unknown encoding|no header line"),
        (GOOD.encode(), "no header line; it must begin with call_id,vendor"),
        (b'"open', "line 1 is no header"),
        (
            HEADER.replace("agent,", "").replace("file,", "").encode(),
            r"missing columns: agent \(话务员\), file \(文件\)$",
        ),
        (f"{HEADER},通话编号".encode(), "there twice: call_id"),
        (f"{HEADER},note,note".encode(), "there twice: note"),
        (b"PK\x03\x04 no zip", "no .xlsx workbook"),
        (b"\xd0\xcf\x11\xe0" + bytes(600), "an old .xls workbook"),
    ],
)
def test_a_file_that_is_no_manifest_ends_in_one_line(tmp_path: Path, data: bytes, message: str) -> None:
    with pytest.raises(ManifestError, match=message) as raised:
        read(tmp_path, data)
    assert "\n" not in str(raised.value)
    assert "calls.csv" in str(raised.value)


def test_places_without_a_manifest(tmp_path: Path) -> None:
    for location, message in (
        (str(tmp_path), "is a folder"),
        (str(tmp_path / "absent.csv"), "cannot be read: No such file"),
        ("a\0b.csv", "cannot be read"),
        ("memory://nowhere/calls.csv", "cannot be read"),
        ("nonsense://nowhere/calls.csv", "cannot be reached"),
    ):
        with pytest.raises(ManifestError, match=message):
            read_manifest(location, "Asia/Shanghai")


def test_a_manifest_beyond_the_limit_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = f"{HEADER}\n{GOOD}\n"
    monkeypatch.setattr(manifest_module, "MAX_MANIFEST_BYTES", len(data.encode()))
    assert read(tmp_path, data).rows
    with pytest.raises(ManifestError, match="split it by day"):
        read(tmp_path, data + " ")


def test_a_manifest_lies_at_a_uri_too(tmp_path: Path) -> None:
    with fsspec.open("memory://drop/2026-01-05/calls.csv", "wb") as file:
        file.write(f"{HEADER}\n{GOOD}\n".encode())
    manifest = read_manifest("memory://drop/2026-01-05/calls.csv", "Asia/Shanghai")
    assert (manifest.drop, manifest.name, len(manifest.rows)) == ("memory://drop/2026-01-05", "calls.csv", 1)
    read(tmp_path, f"{HEADER}\n{GOOD}\n")
    assert read_manifest(f"file://{tmp_path}/calls.csv", "Asia/Shanghai").drop == str(tmp_path)


def write_workbook(path: Path, rows: list[list[object]]) -> Path:
    book = Workbook()
    for one in rows:
        book.active.append(one)
    book.create_sheet("说明").append(["not looked at"])
    book.save(path)
    return path


def test_a_workbook_is_read_with_its_own_kinds_of_cells(tmp_path: Path) -> None:
    when = datetime.datetime(2026, 1, 5, 9, 3)
    rows: list[list[object]] = [
        [*CHINESE.split(","), None, "备注"],
        [1001, "红星外呼", "vip-care", 7, 13800138000, when, 62.5, "成功", "a.wav", "左", SHA, None, "好"],
        [],
        [
            1002.0,
            "红星外呼",
            "vip-care",
            7,
            13800138000.0,
            "2026-01-05 09:03",
            datetime.time(0, 1, 5),
            "拒绝",
            "b.wav",
            "右",
        ],
        [1003, "红星外呼", "vip-care", 7, 13800138000, "soon", 5, "拒绝", "b.wav", "右"],
        [1004, "红星外呼", "vip-care", 7, 13800138000, when, 5, "拒绝", "b.wav", "右", None, None, None, "beyond"],
        [1005, "红星外呼", "vip-care", 7, 13800138000, when.date(), 5, "拒绝", "b.wav", "右"],
    ]
    manifest = read_manifest(str(write_workbook(tmp_path / "calls.xlsx", rows)), "Asia/Shanghai")
    assert [(line, one.call_id, one.customer_number, one.duration_ms, one.extra) for line, one in manifest.rows] == [
        (2, "1001", "13800138000", 62_500, (("column_12", ""), ("备注", "好"))),
        (4, "1002", "13800138000", 65_000, (("column_12", ""), ("备注", ""))),
    ]
    assert manifest.rows[0][1].started_at == manifest.rows[1][1].started_at
    assert [(bad.line, bad.reason.split(" ")[0]) for bad in manifest.rejected] == [
        (5, "started_at"),
        (6, "14"),
        (7, "started_at"),
    ]


@pytest.mark.parametrize("data", [b"not a workbook", b"PK\x03\x04" + bytes(100)])
def test_a_workbook_that_is_none_ends_in_one_line(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(ManifestError, match=r"calls\.xlsx: is no \.xlsx workbook"):
        read(tmp_path, data, "calls.xlsx")


def test_a_workbook_cut_short_and_an_empty_one(tmp_path: Path) -> None:
    whole = write_workbook(tmp_path / "calls.xlsx", [CHINESE.split(",")]).read_bytes()
    with pytest.raises(ManifestError, match=r"is no \.xlsx workbook"):
        read(tmp_path, whole[: len(whole) // 2], "calls.xlsx")
    write_workbook(tmp_path / "calls.xlsx", [])
    with pytest.raises(ManifestError, match="no header"):
        read_manifest(str(tmp_path / "calls.xlsx"), "Asia/Shanghai")


def test_a_workbook_that_unpacks_without_end_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "_MAX_UNPACKED_BYTES", 8 << 20)
    path = tmp_path / "calls.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as bomb, bomb.open("xl/worksheets/sheet1.xml", "w") as sheet:
        for _ in range(9):
            sheet.write(bytes(1 << 20))
    assert path.stat().st_size < 1 << 17
    with pytest.raises(ManifestError, match="bytes unpacked"):
        read_manifest(str(path), "Asia/Shanghai")
