"""Whether a night can be worked through at all: looked at before anything is drawn, so that nothing is drawn for nothing."""

import shutil

from pipeline.errors import StorageError
from pipeline.services.drawing import policy_of
from pipeline.settings import Settings

PREFECT_MB = 50


def check_ready(settings: Settings) -> None:
    """Space, policy, lexicons, model. Raises StorageError, LexiconError or ModelError; the model stays loaded for the night."""
    # What hears takes seconds to import: only who is about to hear pays for it.
    from flows.night import inspector_for

    check_space(settings)
    policy_of(settings)
    inspector_for(settings.root)


def check_space(settings: Settings) -> int:
    """The MiB free in the working folder. Raises StorageError where `keep_free_mb`, or what Prefect's own files take, is not free."""
    free_mb, needed_mb = shutil.disk_usage(settings.root).free >> 20, max(settings.keep_free_mb, PREFECT_MB)
    if free_mb < needed_mb:
        raise StorageError(
            f"{settings.root}: only {free_mb} MB free, {needed_mb} MB must stay: free some space or set keep_free_mb "
            f"({PREFECT_MB} MB are always needed)"
        )
    return free_mb
