"""Every exception of callqa, one tree.

    CallqaError            one line for the user: what, where, what to do
    ├── UsageError         the command or its settings are wrong             exit 2
    └── DataError          something in the data or the surroundings         exit 1
        ├── ManifestError  a manifest that cannot be read at all
        ├── AudioError     a recording that cannot be judged; carries the quarantine reason
        ├── ModelError     a speech model that is absent or broken
        ├── LexiconError   a lexicon, script or policy file that is wrong, with file and place
        ├── StoreError     the database: too old, unreachable, refused
        ├── StorageError   files: disk full, not writable, a URI that does not answer
        └── StaleLease     somebody else holds the work now; nothing was written

A bad row of a manifest or a silent recording is a value in the records, not an exception.
"""


class CallqaError(Exception):
    """What went wrong in one line; `exit_code` is what the command line ends with."""

    exit_code = 1


class UsageError(CallqaError):
    """The command line or the settings are wrong."""

    exit_code = 2


class DataError(CallqaError):
    """Something in the data or the surroundings is wrong."""


class ManifestError(DataError):
    """A manifest that cannot be read at all."""


class AudioError(DataError):
    """A recording that cannot be judged. `reason` is a stable word for counting, such as `not_audio`."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


class ModelError(DataError):
    """A speech model that is absent or broken."""


class LexiconError(DataError):
    """A lexicon, script or policy file that is wrong; the message names file, place and reason, `keys` the way to it where it is in a table."""

    def __init__(self, message: str, keys: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.keys = keys


class StoreError(DataError):
    """The database is too old, unreachable or refuses."""


class StorageError(DataError):
    """A disk that is full, a folder that is not writable, a URI that does not answer."""


class StaleLease(DataError):
    """Another worker holds the work now; nothing was written."""
