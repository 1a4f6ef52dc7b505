"""What a file beside an appeal is: its content says so."""

import pytest

from pipeline.errors import UsageError
from pipeline.review.attachment import LARGEST_BYTES, attachment

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20
WAVE = b"RIFF\x24\0\0\0WAVEfmt " + b"\0" * 20


@pytest.mark.parametrize(
    ("name", "content", "media_type", "kept_as"),
    [
        ("证明.pdf", b"%PDF-1.7\n", "application/pdf", "证明.pdf"),
        ("说明.exe", b"%PDF-1.7\n", "application/pdf", "说明.pdf"),
        ("截图.PNG", PNG, "image/png", "截图.png"),
        ("照片.jpeg", b"\xff\xd8\xff\xe0\0\x10JFIF", "image/jpeg", "照片.jpg"),
        ("录音.wav", WAVE, "audio/wav", "录音.wav"),
        ("录音", b"\xff\xfb\x90\x64\0\0", "audio/mpeg", "录音.mp3"),
        ("录音.mp3", b"ID3\x04\0\0", "audio/mpeg", "录音.mp3"),
        ("录音.amr", b"#!AMR\n\x04", "audio/amr", "录音.amr"),
        ("录音.ogg", b"OggS\0\x02", "audio/ogg", "录音.ogg"),
        ("录音.m4a", b"\0\0\0\x20ftypM4A \0\0\0\0", "audio/mp4", "录音.m4a"),
        ("说明.txt", "这句话是客户说的\n".encode(), "text/plain", "说明.txt"),
        ("说明.txt", "这句话是客户说的\r\n".encode("gb18030"), "text/plain", "说明.txt"),
        ("页面.html", b"<script>alert(1)</script>", "text/plain", "页面.txt"),
        ("../../etc/pass wd.txt", "在".encode(), "text/plain", "pass wd.txt"),
        ('a"\r\nSet-Cookie: x.pdf', b"%PDF-1.4", "application/pdf", "a___Set-Cookie_ x.pdf"),
        (".pdf", b"%PDF-1.4", "application/pdf", "pdf.pdf"),
        ("///", b"%PDF-1.4", "application/pdf", "附件.pdf"),
        ("长" * 300 + ".pdf", b"%PDF-1.4", "application/pdf", "长" * 80 + ".pdf"),
    ],
)
def test_a_file_is_what_its_content_says_and_is_named_so(name, content, media_type, kept_as):
    kept = attachment(name, content)
    assert (kept.media_type, kept.name, kept.content) == (media_type, kept_as, content)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("录音.wav", b"MZ\x90\0\x03\0\0\0"),
        ("证明.pdf", b"PK\x03\x04\x14\0"),
        ("影片.wav", b"RIFF\x24\0\0\0AVI LIST"),
        ("说明.txt", "客户说的".encode("utf-16")),
        ("说明.txt", b"\x81"),
        ("说明.txt", b" \r\n "),
        ("图.svg", b"<svg\0onload=x>"),
    ],
)
def test_other_files_are_refused_whatever_they_are_called(name, content):
    with pytest.raises(UsageError, match="neither sound nor PDF"):
        attachment(name, content)


def test_an_empty_one_and_one_byte_too_many():
    with pytest.raises(UsageError, match="is empty"):
        attachment("a.pdf", b"")
    whole = b"%PDF-" + b"0" * (LARGEST_BYTES - 5)
    assert attachment("a.pdf", whole).content == whole
    with pytest.raises(UsageError, match="at most 10,000,000"):
        attachment("a.pdf", whole + b"0")
