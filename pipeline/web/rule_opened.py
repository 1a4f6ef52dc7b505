"""The text a form of the rules was made from: what another has had approved meanwhile is not taken back by a form that still shows the old.

opened at raised_db = 6      another's 7 is approved      posted with rate_max_cpm = 200 and raised_db = 6
not taken: the form once more, with 200 as it was typed and 7 as it stands today; posted again, it holds
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256

from fastapi import Request
from sqlalchemy.orm import Session
from starlette.datastructures import FormData

from pipeline.store.rule_versions import rule_history
from pipeline.text.toml_changes import Difference
from pipeline.web.rule_words import told_changes
from pipeline.web.sent import value

OPENED = "opened"


def mark_of(content: str) -> str:
    """What a form carries, in its field `opened`, of the text it was made from."""
    return sha256(content.encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Overtaken:
    """A form that was made from another text than the one that it would change now. `then`: that text; None where no version has it."""

    file: str
    then: str | None
    now: str

    def is_same(self, part_of: Callable[[str], object]) -> bool:
        """Whether the part that a form is about stands in both texts alike."""
        now = part_of(self.now)
        return self.then is not None and part_of(self.then) == now

    def kept(self, typed: Mapping[str, str], fields_of: Callable[[str], Mapping[str, str]]) -> dict[str, str]:
        """What was typed; a field that was left as it was shown has what stands there now."""
        if self.then is None:
            return dict(typed)
        then, now = fields_of(self.then), fields_of(self.now)
        return {name: now.get(name, "") if given == then.get(name, "") else given for name, given in typed.items()}

    def changes(self, request: Request) -> tuple[Difference, ...]:
        """What has changed since the form was opened, as far as that is known."""
        return () if self.then is None else told_changes(request, self.file, self.then, self.now)


def overtaken(session: Session, file: str, form: FormData, now: str) -> Overtaken | None:
    """How a form lags behind the text that it would change; None where it was made from that text."""
    mark = value(form, OPENED)
    if mark == mark_of(now):
        return None
    known = (one.content for one in rule_history(session, file) if mark_of(one.content) == mark)
    return Overtaken(file, next(known, None), now)
