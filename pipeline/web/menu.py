"""What the navigation shows to whom. A page that somebody cannot open is not in his."""

from dataclasses import dataclass

from pipeline.records.person import Role
from pipeline.web.visit import CENTRE, HOUSE

_CENTRE = frozenset(CENTRE)
_READING = frozenset({*HOUSE, Role.AUDITOR})


@dataclass(frozen=True, slots=True)
class Item:
    """A line of the navigation: where it leads, what it is called, who sees it."""

    path: str
    title: str
    roles: frozenset[Role]


MENU = (
    Item("/queue", "复核队列", _CENTRE),
    Item("/vendor", "我的公司", frozenset({Role.VENDOR})),
    Item("/month", "月度看板", _READING),
    Item("/cases", "警告与退出", _READING),
    Item("/appeals", "申诉", frozenset({Role.SUPERVISOR, Role.REVIEWER, Role.AUDITOR, Role.VENDOR})),
    Item("/complaints", "投诉与抽查", frozenset({Role.SUPERVISOR, Role.REVIEWER, Role.AUDITOR, Role.VENDOR})),
    Item("/quality", "质检质量", _READING),
    Item("/coaching", "辅导", _READING | {Role.VENDOR}),
    Item("/search", "全文检索", _CENTRE | {Role.AUDITOR}),
    Item("/calibration", "校准", _CENTRE),
    Item("/rules", "规则与政策", _READING | {Role.ADMINISTRATOR}),
    Item("/draws", "定向抽检", frozenset({Role.SUPERVISOR, Role.AUDITOR})),
    Item("/retention", "留存与销毁", frozenset({Role.SUPERVISOR, Role.AUDITOR})),
    Item("/runs", "运行", _CENTRE | {Role.AUDITOR, Role.ADMINISTRATOR}),
    Item("/audit", "操作记录", frozenset({Role.SUPERVISOR, Role.AUDITOR, Role.ADMINISTRATOR})),
    Item("/users", "用户", frozenset({Role.ADMINISTRATOR})),
)


def menu_for(role: Role) -> tuple[Item, ...]:
    """The lines that a role sees, in their order; the first is its home."""
    return tuple(item for item in MENU if role in item.roles)


def home_of(role: Role) -> str:
    """Where somebody begins."""
    return menu_for(role)[0].path
