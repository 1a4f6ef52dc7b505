"""What services refuse, in the words of a page: a sentence by the error's class. What has none here is told in its own words, below `OTHERWISE`."""

from collections.abc import Callable, Mapping

from pipeline.errors import CallqaError
from pipeline.review.decision import Unchanged
from pipeline.review.rights import Act, NoRight, OwnHand
from pipeline.services.explaining import NotClosed, NotDrawn
from pipeline.services.judging import AlreadyDecided, FoundAlready, JudgedAnew, NotHeard, NotHeardWhole, Undecided
from pipeline.store.appeals import AppealFinal, AppealLate, AppealThere, NothingLost
from pipeline.store.calibrations import SessionClosed
from pipeline.store.complaints import Answered, ComplaintFinal
from pipeline.store.deciding import Appealed, Replaced, SaysSo, ThereAlready, Withdrawn
from pipeline.store.pending import NotYours
from pipeline.web.dispute_words import DECISION_NAMES

OTHERWISE = "按目前的情况办不成，什么也没有保存。"
RECORDED = "这件投诉是您记录的，不能由您裁定，要由另一位主管来定。"
SENTENCES: Mapping[type[CallqaError], str] = {
    NoRight: "您的角色不能这样做。",
    OwnHand: "您已经参与过这件事，不能由您裁定，要由另一位主管来定。",
    Unchanged: "改判要选另一个问题类型，或者另一个严重程度。",
    NotHeard: "请先在本页播放这一处再判定。判定要有播放记录，只说“听过了”不算；没有 JavaScript 的浏览器不能记录播放。",
    FoundAlready: "系统已经标出这一处，请直接确认它。",
    NotYours: "已过十秒，判定已经生效，不能再撤销。",
    JudgedAnew: "这一通重新检查过，这一处已经变了，请刷新后再判。",
    Appealed: "这个判定已有申诉，由申诉裁定。",
    Replaced: "这个判定已被改判，请刷新后再看。",
    SaysSo: "判定已经是这样。",
    Withdrawn: "这一通已由运营商撤回，不再判定。",
    NothingLost: "这项判定没有扣分，不用申诉。",
    AppealThere: "这项判定已经申诉过。",
    AppealLate: "申诉期已过，这项判定不能再申诉。",
    AppealFinal: "已经有人裁定这件申诉，不再更改。",
    Answered: "这件投诉已经答复过，不能再答复。",
    ComplaintFinal: "已经有人裁定这件投诉，不再更改。",
    NotClosed: "这个月还没有关账，其中的通话还没有得分。",
    NotDrawn: "这一通没有抽到，没有得分。",
    SessionClosed: "这次校准已经结束。",
}


def plain_sentence(error: CallqaError) -> str | None:
    """The sentence of an error that needs no more than its class; not translated."""
    if isinstance(error, OwnHand) and error.act is Act.DECIDE_COMPLAINT:
        return RECORDED
    return next((SENTENCES[one] for one in type(error).__mro__ if one in SENTENCES), None)


def sentence_of(error: CallqaError, say: Callable[[str], str]) -> str | None:
    """The sentence of an error, translated by `say`; None where there is none."""
    if isinstance(error, (AlreadyDecided, ThereAlready)):
        said = error.said if isinstance(error, AlreadyDecided) else error.known
        what = say(DECISION_NAMES[said.decision])
        return say("已由 {person} 判定：{what}。您写的内容还在。").format(person=said.person, what=what)
    if isinstance(error, Undecided):
        return say("还有 {count} 处没有判定。").format(count=error.count)
    if isinstance(error, NotHeardWhole):
        return say("这一通没有标出问题，请听完再提交（已听 {share}%）。").format(share=round(error.share * 100))
    known = plain_sentence(error)
    return None if known is None else say(known)
