"""Search in all transcripts, by words and by sound; every search is written down with what was looked for."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from pipeline.records.project import BusinessType
from pipeline.records.turn import Speaker
from pipeline.store.facts import registered_projects
from pipeline.store.offered import vendors_with_calls
from pipeline.store.search import Hit, Piece, count_turns, find_turns
from pipeline.store.search_index import Filters
from pipeline.store.tables import Did
from pipeline.text.masking import mask
from pipeline.text.terms import LONGEST_QUERY, Likeness, sought
from pipeline.web.numbers import Before, day_of
from pipeline.web.pages import page
from pipeline.web.refusals import BadInput
from pipeline.web.visit import Searching, Visit

router = APIRouter()
SPEAKER_NAMES = {Speaker.AGENT: "话务员", Speaker.CUSTOMER: "客户", Speaker.UNKNOWN: "说话人不明"}
LIKENESS_NAMES = {Likeness.WORDS: "原词", Likeness.SAME_SOUND: "读音相同", Likeness.SIMILAR_SOUND: "读音相近"}
_A_PAGE, _MOST_COUNTED = 30, 200
_OUTER, _INNER = 36, 60
_ASKED = ("q", "how", "vendor", "project", "agent", "speaker", "first", "last")


@dataclass(frozen=True, slots=True)
class Asked:
    """What is in the form. `how`: words or sound."""

    q: str = ""
    how: str = "words"
    vendor: str = ""
    project: str = ""
    agent: str = ""
    speaker: str = ""
    first: str = ""
    last: str = ""

    @property
    def filters(self) -> Filters:
        """Which turns are looked at. Raises BadInput."""
        if self.speaker and self.speaker not in set(Speaker):
            raise BadInput("说话人请在列表里选择。")
        return Filters(
            self.vendor or None,
            self.project.strip() or None,
            self.agent.strip() or None,
            Speaker(self.speaker) if self.speaker else None,
            day_of(self.first),
            day_of(self.last),
        )


@dataclass(frozen=True, slots=True)
class Line:
    """A hit as the page shows it: long turns cut around what was found."""

    hit: Hit
    pieces: tuple[Piece, ...]
    likeness: Likeness


@router.get("/search")
def search(request: Request, visit: Searching, asked: Annotated[Asked, Depends()], before: Before = None) -> Response:
    """The form, and what was found."""
    filters, wanted = asked.filters, sought(asked.q, by_sound=asked.how == "sound")
    if asked.q.strip() and not wanted.wordings:
        raise BadInput("检索的内容里没有可以听到的字，请输入汉字、字母、数字或拼音。")
    with visit.reading() as session:
        found = find_turns(session, visit.person, wanted, filters, below=before, size=_A_PAGE)
        counted = count_turns(session, visit.person, wanted, filters, _MOST_COUNTED)
        vendors = vendors_with_calls(session, visit.person)
        projects = sorted({*BusinessType, *registered_projects(session)})
    if wanted.wordings:
        _tell(visit, asked)
    return page(
        visit, request, "search.html", asked=asked, lines=[_line(hit) for hit in found.hits], counted=counted,
        most=_MOST_COUNTED, is_searched=bool(wanted.wordings), next_before=found.next_below, is_first=before is None,
        vendors=[(one, one) for one in vendors], projects=projects, longest=LONGEST_QUERY, speaker_names=SPEAKER_NAMES,
        likeness_names=LIKENESS_NAMES, address={key: getattr(asked, key) for key in _ASKED if getattr(asked, key)},
    )  # fmt: skip


def _tell(visit: Visit, asked: Asked) -> None:
    """Write the search down; a number that names a person stays out of the audit trail, too."""
    given = [f"{key}={mask(getattr(asked, key))}" for key in _ASKED if getattr(asked, key)]
    visit.tell(Did.READ, "search", " ".join(given))


def _line(hit: Hit) -> Line:
    likenesses = [piece.likeness for piece in hit.pieces if piece.likeness]
    return Line(hit, tuple(_shortened(hit.pieces)), max(likenesses, key=list(Likeness).index, default=Likeness.WORDS))


def _shortened(pieces: Sequence[Piece]) -> Iterator[Piece]:
    """Pieces of what was not looked for, cut down to what stands near what was."""
    for at, piece in enumerate(pieces):
        text, is_first, is_last = piece.text, at == 0, at == len(pieces) - 1
        if piece.likeness is not None or len(text) <= (_OUTER if is_first or is_last else _INNER):
            yield piece
        elif is_first:
            yield Piece("…" + text[-_OUTER:], None)
        elif is_last:
            yield Piece(text[:_OUTER] + "…", None)
        else:
            yield Piece(text[: _INNER // 2] + "…" + text[-_INNER // 2 :], None)
