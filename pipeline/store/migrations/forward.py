"""Why there is no way back."""

from typing import NoReturn

from pipeline.errors import StoreError


def refuse_downgrade() -> NoReturn:
    """Raise StoreError: dropping columns would drop evidence."""
    raise StoreError(
        "a callqa database is never downgraded, evidence would be lost: put back the copy made before the upgrade"
    )
