"""What a form about a pack says, and the pack as it would be after it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Annotated

import tomlkit
from fastapi import Form

from pipeline.records.finding import Severity
from pipeline.text.pack_editing import (
    LISTS,
    Edit,
    Line,
    LineMoved,
    edited,
    lines_of,
    plain_texts,
    typed,
    typed_lines,
    with_grounds,
)
from pipeline.web.numbers import number_of
from pipeline.web.refusals import BadInput
from pipeline.web.rule_opened import mark_of

LIST_NAMES = {
    "phrases": "话务员一说就算",
    "after_first_refusal": "客户拒绝一次以后说才算",
    "only_after_refusal": "客户拒绝两次以后说才算",
}
_OPERATIONS = ("add", "change", "remove", "grounds")
_LONGEST = 500


def grounds_mark(content: str) -> str:
    """The mark of what a pack says of all of its phrases."""
    table = tomlkit.parse(content).unwrap()
    return mark_of(repr((table.get("severity"), plain_texts(table.get("exceptions")))))


@dataclass(frozen=True, slots=True)
class PackForm:
    """One change of a pack: a line added, changed or removed, or what holds for all of its lines (`grounds`).

    `at` and `before` say which line is meant; `exceptions` has one a line. `was`: the mark of what is changed, as the form showed it.
    """

    op: Annotated[str, Form()] = "add"
    key: Annotated[str, Form()] = "phrases"
    at: Annotated[str, Form()] = ""
    before: Annotated[str, Form()] = ""
    text: Annotated[str, Form()] = ""
    weak: Annotated[str, Form()] = ""
    severity: Annotated[str, Form()] = ""
    exceptions: Annotated[str, Form()] = ""
    was: Annotated[str, Form()] = ""

    def applied(self, content: str, version: int) -> str:
        """The pack's text after it. Raises BadInput, LineMoved where what it changes is no longer as it was shown, and as `edited`."""
        if self.op not in _OPERATIONS or self.key not in LISTS or (self.at and number_of(self.at) is None):
            raise BadInput("请从词库页面上的表单提交。")
        if self.severity and self.severity not in set(Severity):
            raise BadInput("严重程度请在列表里选择。")
        if self.op == "grounds":
            if self.was != grounds_mark(content):
                raise LineMoved("what holds for all phrases has been changed")
            return with_grounds(content, self.severity, typed_lines(self.exceptions), version)
        edit = self._edit()
        if self.op == "change" and self.was not in {
            mark_of(repr(line)) for line in lines_of(content).get(self.key, ())
        }:
            raise LineMoved(f"{self.before!r} has been changed")
        return edited(content, edit, version)

    def _edit(self) -> Edit:
        at = int(self.at) if self.at and self.op != "add" else None
        if self.op == "remove":
            return Edit(self.key, at, self.before, None)
        line = Line(typed(self.text), bool(self.weak), self.severity, typed_lines(self.exceptions))
        if not line.text or len(line.text) > _LONGEST:
            raise BadInput("请写词条，最多 500 个字。")
        return Edit(self.key, at, self.before, line)

    def fields(self) -> list[tuple[str, str]]:
        """All of it, to be sent once more."""
        return [(one.name, getattr(self, one.name)) for one in fields(self)]

    def beginning(self, lines: Mapping[str, Sequence[Line]]) -> "PackForm":
        """The form as it is shown: one that names a line and says nothing of it yet begins with what the line says."""
        some, at = lines.get(self.key, ()), number_of(self.at)
        if self.op != "change" or self.text or at is None or at >= len(some):
            return self if self.op in ("add", "change") and self.text else PackForm()
        line = some[at]
        weak = "yes" if line.is_weak else ""
        return replace(
            self,
            before=line.text,
            was=mark_of(repr(line)),
            text=line.text,
            weak=weak,
            severity=line.severity,
            exceptions="\n".join(line.exceptions),
        )
