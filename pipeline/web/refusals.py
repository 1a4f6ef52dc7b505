"""Why a request is not answered, each with its status. The sentence is what the page says (`web/app.py` translates it)."""

from collections.abc import Iterator
from contextlib import contextmanager

from pipeline.errors import CallqaError, DataError, StoreError, UsageError
from pipeline.records.person import Role
from pipeline.store.visible import NotThere
from pipeline.web.refusal_words import plain_sentence


class Refusal(CallqaError):
    """A request that is not answered; `status` is the HTTP status."""

    status = 400


class LoggedOut(Refusal):
    """Nobody is logged in, or the session has ended."""

    status = 401

    def __init__(self) -> None:
        super().__init__("请先登录。")


class Forbidden(Refusal):
    """Somebody is logged in whose role does not open this."""

    status = 403

    def __init__(self, role: Role) -> None:
        super().__init__("您的角色不能打开这一页。")
        self.role = role


class WrongToken(Refusal):
    """A form that does not come from a page of this session."""

    status = 403

    def __init__(self) -> None:
        super().__init__("这个表单不是从当前登录的页面发出的，请返回、刷新后再提交一次。")


class NoToken(Refusal):
    """A program that brings no token, or one that does not hold."""

    status = 401

    def __init__(self) -> None:
        super().__init__("令牌不对、已作废，或其用户已停用。请在请求头里带上有效的令牌：Authorization: Bearer callqa_…")


class NothingKnown(Refusal):
    """What was asked about is not there; the sentence is the service's own."""

    status = 404


class BadInput(Refusal):
    """What was filled in is no answer; the sentence says what to write instead."""


class Conflict(Refusal):
    """Things stand otherwise than the page showed from which the request came; nothing was written."""

    status = 409


@contextmanager
def refused_as(conflict: str, bad: str = "文字不能为空，最多 2000 字。") -> Iterator[None]:
    """Say a service's refusals in the sentences of a page: `conflict` where things stand otherwise and the refusal has no sentence of its own
    (`web/refusal_words.py`), `bad` for what was filled in.
    """
    try:
        yield
    except NotThere:
        raise
    except StoreError as error:
        raise Conflict(plain_sentence(error) or conflict) from error
    except (UsageError, DataError) as error:
        raise BadInput(bad) from error


class TooLarge(Refusal):
    """A request that is larger than any form here."""

    status = 413

    def __init__(self) -> None:
        super().__init__("提交的内容太大。附件最大 10 MB，其余表单最大 1 MB。")


class TooOften(Refusal):
    """Too many log-ins that failed."""

    status = 429

    def __init__(self) -> None:
        super().__init__("登录失败次数太多，请 15 分钟后再试。")
