"""Every Chinese sentence of the application has its English beside it."""

import ast
import re
from collections.abc import Mapping
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from jinja2.ext import babel_extract

import pipeline.web
from pipeline.export import words
from pipeline.web.pages import TEMPLATES
from pipeline.web.speech import TRANSLATIONS, speech_of

HANZI = re.compile(r"[一-鿿]")
CODE = Path(pipeline.web.__file__).parent


def english():
    with (TRANSLATIONS / "en.po").open("rb") as source:
        return read_po(source, locale="en")


def said_in_templates():
    for file in sorted(TEMPLATES.rglob("*.html")):
        with file.open("rb") as source:
            for _, _, message, _ in babel_extract(source, ["_", "gettext", "ngettext"], [], {"encoding": "utf-8"}):
                for one in message if isinstance(message, tuple) else (message,):
                    if one:
                        yield file.name, one


def said_in_contexts():
    """Words that are said with the sense they are meant in: pgettext("act", "推翻") is what to do, not what was done."""
    for file in sorted(TEMPLATES.rglob("*.html")):
        with file.open("rb") as source:
            for _, _, message, _ in babel_extract(source, ["pgettext"], [], {"encoding": "utf-8"}):
                yield file.name, *message


def said_in_code():
    """String literals with hanzi that are no docstrings, and the program's words that are used; parts of f-strings are not sentences."""
    for file in sorted(CODE.rglob("*.py")):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        docs = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        parts = {id(value) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for value in node.values}
        for node in ast.walk(tree):
            is_text = isinstance(node, ast.Constant) and isinstance(node.value, str)
            if is_text and HANZI.search(node.value) and id(node) not in docs | parts:
                yield file.name, node.value
            if isinstance(node, ast.ImportFrom) and node.module == words.__name__:
                for used in (getattr(words, one.name) for one in node.names):
                    known = used.values() if isinstance(used, Mapping) else used if isinstance(used, tuple) else ()
                    yield from ((file.name, one) for one in known if one)


def test_every_sentence_has_its_english():
    known = english()
    missing = sorted(
        {
            (place, one)
            for place, one in (*said_in_templates(), *said_in_code())
            if not (known.get(one) and known.get(one).string)
        }
    )
    assert not missing, "\n".join(f"{place}: {one}" for place, one in missing)


def test_every_word_in_a_sense_has_its_english():
    known, found = english(), [*said_in_contexts()]
    missing = [one for one in found if not ((entry := known.get(one[2], one[1])) and entry.string)]
    assert found and not missing
    kept = {(one.context, one.id) for one in known if one.context}
    assert kept == {(context, word) for _, context, word in found}


def test_no_sentence_is_translated_that_nobody_says():
    said = {one for _, one in (*said_in_templates(), *said_in_code())}
    assert not [
        one.id for one in english() if one.id and (one.id if isinstance(one.id, str) else one.id[0]) not in said
    ]


def test_placeholders_survive_translation():
    for one in english():
        if one.id and isinstance(one.id, str):
            assert sorted(re.findall(r"%\(\w+\)s|%s|\{\w*\}", one.id)) == sorted(
                re.findall(r"%\(\w+\)s|%s|\{\w*\}", one.string)
            ), one.id


def test_templates_say_no_chinese_that_cannot_be_translated():
    """Hanzi outside {{ }} and {% %} would stay Chinese in the English pages."""
    plain = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)
    for file in sorted(TEMPLATES.rglob("*.html")):
        left = plain.sub("", file.read_text(encoding="utf-8"))
        assert not HANZI.search(left), f"{file.name}: {HANZI.search(left)}"


@pytest.mark.parametrize("language", ["zh", "xx"])
def test_an_unknown_language_is_chinese(language):
    assert speech_of(language).gettext("登录") == "登录"
