"""The draw: which calls of a frozen list are heard. Pure, seeded, and replayable by anybody in any language:

1. Freeze: sort the calls by the UTF-8 bytes of their id; write each as a JSON array `["id","agent","outcome",duration_ms,late]` without
   spaces, non-ASCII characters as they are, as JavaScript's `JSON.stringify` does; end each line with a line feed. SHA-256 of those bytes is
   the frame's hash.
2. Size: n = max(minimum, share of the frame rounded up), at most the whole frame.
3. Strata and their samples: see `strata.py`.
4. Inside a stratum the calls stand in the order of SHA-256(seed ‖ call_id) in hex, both as UTF-8; the first n_h are drawn. That is a simple
   random sample without replacement, so each call of the stratum has the probability n_h / N_h exactly.
5. The formal sample (P-42) is the first `formal_calls` of all drawn calls in the order of SHA-256("formal" ‖ seed ‖ call_id); its probability
   is that of the draw times formal / drawn.

The seed comes from the operating system at draw time. SHA-256(seed) is written down before, the seed after, so nobody can choose it. A
targeted draw (定向抽检) names its calls: no seed, no strata, and the probability 0/1 by convention, "none": it can never weigh in an estimate.
"""

import hashlib
import json
import os
from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime
from itertools import pairwise

from pipeline.records.draw import Draw, DrawKind, DrawnCall, FrameCall, Plan
from pipeline.sampling.strata import stratify

SEED_BYTES = 32
TARGETED = "targeted"


def new_seed() -> str:
    """A seed nobody can foresee: 64 hex digits from the operating system."""
    return os.urandom(SEED_BYTES).hex()


def commit_to(seed: str) -> str:
    """The commitment that is written before the seed: its SHA-256 in hex."""
    return _sha256(seed)


def freeze(calls: Sequence[FrameCall]) -> str:
    """The SHA-256 of the canonical list, the same for any order of the calls. Raises ValueError where a call stands in it twice."""
    ordered = sorted(calls, key=lambda call: call.call_id)
    for before, call in pairwise(ordered):
        if before.call_id == call.call_id:
            raise ValueError(f"call {call.call_id!r} stands twice in the frame")
    lines = [[call.call_id, call.agent, call.outcome.value, call.duration_ms, call.late] for call in ordered]
    return _sha256("".join(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n" for line in lines))


def name_draw(vendor: str, project: str, day: date, mark: str) -> str:
    """The id of a draw, made once: the day and a short hash of whose draw it is and of its commitment (or list of named calls)."""
    return f"D{day:%Y%m%d}-{_sha256(json.dumps([vendor, project, mark], ensure_ascii=False))[:12]}"


def sample_size(plan: Plan, frame_size: int) -> int:
    """How many of a frame are drawn."""
    if plan.minimum_calls < 1:
        raise ValueError(f"a plan draws at least one call, got minimum_calls = {plan.minimum_calls}")
    share = -(-frame_size * plan.share_bp // 10_000)
    return min(frame_size, max(plan.minimum_calls, share))


def make_draw(
    vendor: str, project: str, day: date, calls: Sequence[FrameCall], plan: Plan, seed: str, made_at: datetime
) -> Draw:
    """Draw from a frame. The result depends on nothing but the arguments, and not on the order of the calls."""
    frame_sha256 = freeze(calls)
    drawn = tuple(_draw(calls, sample_size(plan, len(calls)), plan, seed)) if calls else ()
    commitment = commit_to(seed)
    return Draw(
        draw_id=name_draw(vendor, project, day, commitment),
        vendor=vendor,
        project=project,
        day=day,
        kind=DrawKind.RANDOM,
        frame_sha256=frame_sha256,
        seed=seed,
        seed_sha256=commitment,
        plan=plan,
        drawn=tuple(sorted(drawn, key=lambda call: call.call_id)),
        made_at=made_at,
    )


def make_targeted_draw(
    vendor: str, project: str, day: date, calls: Sequence[FrameCall], policy_version: str, made_at: datetime
) -> Draw:
    """Draw named calls on purpose (定向抽检). `made_at` is part of the id: the same calls may be looked at again later."""
    frame_sha256 = freeze(calls)
    return Draw(
        draw_id=name_draw(vendor, project, day, f"{frame_sha256} {made_at.isoformat()}"),
        vendor=vendor,
        project=project,
        day=day,
        kind=DrawKind.TARGETED,
        frame_sha256=frame_sha256,
        seed="",
        seed_sha256="",
        plan=Plan(minimum_calls=0, share_bp=0, formal_calls=0, policy_version=policy_version, duration_bands_ms=()),
        drawn=tuple(
            DrawnCall(call_id, TARGETED, 0, 1, formal=False) for call_id in sorted(call.call_id for call in calls)
        ),
        made_at=made_at,
    )


def replay(draw: Draw, calls: Sequence[FrameCall]) -> tuple[str, ...]:
    """Draw again from the frozen frame and say what differs; empty = the draw is what it claims to be."""
    differences = []
    if (found := freeze(calls)) != draw.frame_sha256:
        differences.append(f"frame: sha256 is {found}, the draw was made from {draw.frame_sha256}")
    if draw.kind is DrawKind.TARGETED:
        again = make_targeted_draw(draw.vendor, draw.project, draw.day, calls, draw.plan.policy_version, draw.made_at)
    else:
        if commit_to(draw.seed) != draw.seed_sha256:
            differences.append(f"seed: its sha256 is {commit_to(draw.seed)}, committed was {draw.seed_sha256}")
        again = make_draw(draw.vendor, draw.project, draw.day, calls, draw.plan, draw.seed, draw.made_at)
    return (*differences, *_compare(draw.drawn, again.drawn))


def _draw(calls: Sequence[FrameCall], size: int, plan: Plan, seed: str) -> Iterator[DrawnCall]:
    strata = stratify(calls, size, plan.duration_bands_ms)
    chosen = {stratum.label: _first(stratum.call_ids, stratum.sample, seed) for stratum in strata}
    formal = set(_first([call_id for ids in chosen.values() for call_id in ids], plan.formal_calls, f"formal{seed}"))
    for stratum in strata:
        for call_id in chosen[stratum.label]:
            yield DrawnCall(call_id, stratum.label, stratum.sample, len(stratum.call_ids), call_id in formal)


def _first(call_ids: Collection[str], count: int, salt: str) -> list[str]:
    return sorted(call_ids, key=lambda call_id: (_sha256(salt + call_id), call_id))[:count]


def _compare(stored: Sequence[DrawnCall], again: Sequence[DrawnCall]) -> Iterator[str]:
    before = {call.call_id: call for call in stored}
    after = {call.call_id: call for call in again}
    for call_id in sorted(before.keys() | after.keys()):
        if call_id not in after:
            yield f"{call_id}: drawn, but the replay does not draw it"
        elif call_id not in before:
            yield f"{call_id}: not drawn, but the replay draws it"
        elif before[call_id] != after[call_id]:
            yield f"{call_id}: {_describe(before[call_id])}, the replay says {_describe(after[call_id])}"


def _describe(call: DrawnCall) -> str:
    formal = ", formal" if call.formal else ""
    return f"{call.stratum} {call.probability_num}/{call.probability_den}{formal}"


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()
