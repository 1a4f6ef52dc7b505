"""Tables that people import: all encodings, every fault with its line."""

from pathlib import Path

import pytest
from openpyxl import Workbook

from pipeline.errors import DataError
from pipeline.services.tables import Column, read_table

COLUMNS = (Column("vendor", ("外呼公司",)), Column("calls"), Column("note", ("备注",), optional=True))


def cells(file: Path) -> list[dict[str, str]]:
    return [dict(row.cells) for row in read_table(file, COLUMNS)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_every_encoding_reads_the_same(tmp_path: Path, encoding: str, end: str) -> None:
    file = tmp_path / "t.csv"
    file.write_bytes(end.join(["外呼公司, Calls ,备注", "华声, 7 ,好", "", "远达,0,"]).encode(encoding))
    assert cells(file) == [
        {"vendor": "华声", "calls": "7", "note": "好"},
        {"vendor": "远达", "calls": "0", "note": ""},
    ]
    assert [row.place for row in read_table(file, COLUMNS)] == [f"{file} line 2", f"{file} line 4"]


def test_a_workbook_reads_as_a_csv(tmp_path: Path) -> None:
    book = Workbook()
    for row in (("calls", "外呼公司"), (7, "华声")):
        book.active.append(row)
    book.save(tmp_path / "t.xlsx")
    assert cells(tmp_path / "t.xlsx") == [{"vendor": "华声", "calls": "7", "note": ""}]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "line 1 is no header (nothing there)"),
        ("vendor,calls,size\n", "unknown column 'size'; known: vendor, calls, note"),
        ("vendor,vendor,calls\n", "column vendor is there twice"),
        ("vendor\n", "missing columns: calls"),
        ("vendor,calls\n华声,7\n华声,7,8\n", "line 3: 3 columns, the header has 2"),
        ("vendor,calls\n=cmd(),7\n", "line 2: '=cmd()' is a formula; write the value itself"),
        ("vendor,calls\n@SUM(A1),7\n", "line 2: '@SUM(A1)' is a formula"),
        ('vendor,calls\n"华声,7\n', "line 2: a quote that never closes"),
    ],
)
def test_what_cannot_be_read_is_named_with_its_line(tmp_path: Path, content: str, said: str) -> None:
    file = tmp_path / "t.csv"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(DataError) as refused:
        read_table(file, COLUMNS)
    assert str(refused.value).startswith(str(file))
    assert said in str(refused.value)


def test_an_absent_file_and_a_folder_are_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"absent\.csv: cannot be read: No such file"):
        read_table(tmp_path / "absent.csv", COLUMNS)
    with pytest.raises(DataError, match="cannot be read: Is a directory"):
        read_table(tmp_path, COLUMNS)
