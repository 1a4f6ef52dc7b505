"""What the policy says of reviewing: how many of the calls that a reviewer is handed check on the machine, and how many on the other reviewers."""

from dataclasses import dataclass

from pipeline.policy.section import Section

WHOLE_BP = 10_000


@dataclass(frozen=True, slots=True)
class ReviewPolicy:
    """Of the calls that somebody is handed, `control_bp` basis points are ones in which nothing was found, `second_bp` ones that another has judged.

    A call that somebody has left on his desk for `desk_minutes` is free for the others.
    """

    control_bp: int = 500
    second_bp: int = 500
    desk_minutes: int = 30


# Of versions that were approved before there was such a section.
UNSAID = ReviewPolicy()


def read_review(section: Section) -> ReviewPolicy:
    """[review]."""
    control_bp = section.whole("control_bp", 0, WHOLE_BP)
    policy = ReviewPolicy(
        control_bp, section.whole("second_bp", 0, WHOLE_BP - control_bp), section.whole("desk_minutes", 1, 1440)
    )
    section.done()
    return policy
