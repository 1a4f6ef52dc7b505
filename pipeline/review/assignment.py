"""In which order calls are heard whole: by a hash of the draw's seed and the call, whatever was found in them.

However far reviewers get, what they have heard is a random part of the sample, and nobody can choose the calls that are heard. A person who hears
a call whole does so before he looks at what the machine found in it.
"""

import hashlib


def hearing_rank(seed: str, vendor: str, call_id: str) -> str:
    """What calls are sorted by; the draw's seed was not known to anybody before the draw."""
    return hashlib.sha256("\0".join((seed, vendor, call_id)).encode()).hexdigest()
