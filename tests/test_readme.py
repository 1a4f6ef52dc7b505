"""What the README says is so."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.checks.ruleset import load_ruleset
from pipeline.settings import CHECKOUT
from pipeline.web.menu import MENU
from tests.flows.conftest import Callqa

README = (CHECKOUT / "README.md").read_text(encoding="utf-8")
BOTH = README + (CHECKOUT / "README.zh-CN.md").read_text(encoding="utf-8")


GROUPS = (  # commands that have commands of their own
    *(
        "lexicon",
        "script",
        "user",
        "policy",
        "vendor",
        "review",
        "feedback",
        "frame",
        "counts",
        "appeal",
        "warning",
        "exit-case",
        "statement",
    ),
)


def commands():
    """(command, options) of every callqa line in the code blocks of both."""
    for line in dict.fromkeys(BOTH.splitlines()):
        words = shlex.split(line.partition("#")[0], posix=False) if line.startswith("    callqa ") else []
        words = [w for w in words if w not in ("callqa", "-C", "work")]
        if words:
            command = words[: 1 + (words[0] in GROUPS)]
            yield pytest.param(command, [w for w in words if w.startswith("--")], id=" ".join(command))


def shape(line):
    """A line of output with its figures and paths taken out."""
    return re.sub(r"\S*/\S*", "PATH", re.sub(r"\d+", "N", line)).strip()


@pytest.mark.parametrize(("command", "options"), list(commands()))
def test_commands_and_their_options_exist(command, options, tmp_path):
    help_text = Callqa(tmp_path)(*command, "--help")
    for option in options:
        assert option in help_text


def test_named_places_exist():
    for name in set(re.findall(r"`((?:pipeline|flows|models|lexicons|tests)/[\w/.-]*)`", BOTH)):
        assert (CHECKOUT / name).exists(), name
    for target in re.findall(r"\]\(([^)#]+)\)", BOTH):
        assert (CHECKOUT / target).exists(), target


def test_pages_are_called_what_the_menu_calls_them():
    tables = [line for line in BOTH.splitlines() if line.startswith("| ")]
    named = [name for line in tables for name in re.findall(r"“([^”]+)”", line.split("|")[2])]
    assert named and set(named) <= {item.title for item in MENU}


def test_make_targets_exist():
    makefile = (CHECKOUT / "Makefile").read_text(encoding="utf-8")
    for target in set(re.findall(r"\bmake (\w+)", BOTH)):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


def shown():
    """File and text of each code block of the README that names its file."""
    return dict(re.findall(r"```\w+\n# (\S+)\n(.*?)```", README, re.DOTALL))


@pytest.fixture
def copied(tmp_path):
    """A copy of what a rule is made of, for blocks to be written into."""
    for folder in ("pipeline", "lexicons", "tests"):
        shutil.copytree(CHECKOUT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    unneeded = shutil.ignore_patterns("demo-asr", "text", "recipe")
    shutil.copytree(CHECKOUT / "models", tmp_path / "models", ignore=unneeded)
    shutil.copy(CHECKOUT / "pyproject.toml", tmp_path)
    return tmp_path


def put_after(file, mark, line):
    """Write a line behind the first one that begins with `mark`."""
    text = file.read_text(encoding="utf-8")
    at = re.search(rf"^{re.escape(mark)}.*\n", text, re.MULTILINE).end()
    file.write_text(text[:at] + line + text[at:], encoding="utf-8")


def test_a_phrase_is_one_line(copied):
    sentence = "那是您自己的选择"

    def found():
        return [hit.phrase.key for hit in load_ruleset(copied / "lexicons").phrases.find(sentence)]

    assert found() == []
    put_after(copied / "lexicons/phrases/coldness.toml", "phrases = [", shown()["lexicons/phrases/coldness.toml"])
    assert found() == ["phrase.coldness"]


def test_a_rule_is_one_file_one_line_and_one_test(copied):
    blocks = shown()
    test = "tests/checks/tone/test_talk_share.py"
    (copied / test).write_text(blocks[test], encoding="utf-8")

    def tested():
        return subprocess.run(
            [sys.executable, "-m", "pytest", "-q", test, "-p", "no:cacheprovider"],
            cwd=copied,
            env={**os.environ, "PYTHONPATH": str(copied)},
            capture_output=True,
            text=True,
        )

    assert "1 failed" in tested().stdout
    rule = "pipeline/checks/tone/talk_share.py"
    (copied / rule).write_text(blocks[rule], encoding="utf-8")
    put_after(copied / "pipeline/checks/catalogue.py", "_RULES = (", blocks["pipeline/checks/catalogue.py"])
    done = tested()
    assert "1 passed" in done.stdout, done.stdout + done.stderr


@pytest.mark.slow
def test_the_demo_prints_what_the_readme_shows(tmp_path):
    shown = README.partition("<!-- demo -->")[2].partition("<!-- /demo -->")[0]
    lines = [line for line in shown.splitlines() if re.match(r"\s*([123]\. |6\. .* closed|Done in )", line)]
    assert len(lines) == 6
    work = Path(tmp_path / "demo")
    printed = {shape(line) for line in Callqa(tmp_path)("demo", work, "--calls", 6, "--seed", 3).splitlines()}
    for line in lines:
        assert shape(line) in printed, line
