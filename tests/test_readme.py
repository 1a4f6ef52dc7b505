"""What the README says is so."""

import re
import shlex
from pathlib import Path

import pytest

from pipeline.settings import CHECKOUT
from tests.flows.conftest import Callqa

README = (CHECKOUT / "README.md").read_text(encoding="utf-8")


GROUPS = ("lexicon", "script")  # commands that have commands of their own


def commands():
    """(command, options) of every callqa line in the README's code blocks."""
    for line in README.splitlines():
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
    for name in set(re.findall(r"`((?:pipeline|flows|models|lexicons|tests)/[\w/.-]*)`", README)):
        assert (CHECKOUT / name).exists(), name
    for target in re.findall(r"\]\(([^)#]+)\)", README):
        assert (CHECKOUT / target).exists(), target


def test_make_targets_exist():
    makefile = (CHECKOUT / "Makefile").read_text(encoding="utf-8")
    for target in set(re.findall(r"\bmake (\w+)", README)):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


@pytest.mark.slow
def test_the_demo_prints_what_the_readme_shows(tmp_path):
    shown = README.partition("<!-- demo -->")[2].partition("<!-- /demo -->")[0]
    lines = [line for line in shown.splitlines() if re.match(r"\s*(\d\. |Done in )", line)]
    assert len(lines) == 4
    work = Path(tmp_path / "demo")
    printed = {shape(line) for line in Callqa(tmp_path)("demo", work, "--calls", 6, "--seed", 3).splitlines()}
    for line in lines:
        assert shape(line) in printed, line
