"""Key figures in a simulated call: what the content says of money is confirmed with the same figure or, as a fault, never said again.

content  每月三十八元，三百分钟      confirmation  我跟您核对一下，畅享套餐，月租三十八元
                                   as a fault    我跟您核对一下，套餐是畅享套餐，尾号一二三四
"""

from collections.abc import Sequence
from dataclasses import replace

from pipeline.simulation.scene import Scene

_MONEY = ("price", "amount")
FAULT = "script.key_figure"


def with_figures(scene: Scene) -> Scene:
    """The scene with one content to tell and those confirmations that go with it."""
    contents, confirmations = scene.words.agent["content"], scene.words.agent["confirmation"]
    if FAULT in scene.faults:
        contents = tuple(line for line in contents if money(line))
        confirmations = tuple(line for line in confirmations if not money(line))
    told = scene.chance.choice(contents)
    if FAULT not in scene.faults and money(told):
        confirmations = _repeating(confirmations, money(told), scene.words.agent["figure_again"])
    words = replace(scene.words, agent={**scene.words.agent, "content": (told,), "confirmation": confirmations})
    return replace(scene, words=words)


def money(phrasing: str) -> frozenset[str]:
    """The slots of a phrasing that say an amount of money."""
    return frozenset(slot for slot in _MONEY if f"{{{slot}}}元" in phrasing or f"{{{slot}}}块" in phrasing)


def _repeating(confirmations: Sequence[str], told: frozenset[str], again: Sequence[str]) -> tuple[str, ...]:
    """Confirmations that say an amount told; where none does, those that say no other, with it added."""
    repeating = tuple(line for line in confirmations if money(line) & told)
    added = (f"{line}，{more}" for line in confirmations if not money(line) for more in again if money(more) & told)
    return repeating or tuple(added)
