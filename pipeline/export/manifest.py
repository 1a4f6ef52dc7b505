"""`manifest.json`: what a month's folder holds, to the byte, from which place of the ledger, under which versions, and whose signature it bears.

The signature is on the manifest without itself, written as canonical JSON: keys sorted, no spaces, hanzi as they are. So a folder proves itself to
anybody who has the public key, and a file that was changed, added or taken away is named.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import DataError
from pipeline.export.files import TEMPORARY, sha256_of
from pipeline.records.closed import Closing

NAME = "manifest.json"
PURPOSE = "export"
FORMAT = 1

# Signs a message; the signature in hex.
Sign = Callable[[bytes], str]
IsSigned = Callable[[bytes, str], bool]


@dataclass(frozen=True, slots=True)
class Versions:
    """What the figures of the month were made with: this program, the policy of the close, the rulesets and models of its violations."""

    code: str
    policy: str
    rulesets: tuple[str, ...]
    models: tuple[str, ...]


def manifest_bytes(
    closing: Closing, folder: Path, names: Iterable[str], versions: Versions, key: str, sign: Sign
) -> bytes:
    """The manifest of files that lie in a folder; `key` is the id of the key that signs."""
    files = {
        name: {"sha256": sha256_of(folder / name), "bytes": (folder / name).stat().st_size} for name in sorted(names)
    }
    content: dict[str, object] = {
        "format": FORMAT,
        "month": str(closing.month),
        "revision": closing.revision,
        "closed_at": closing.closed_at.isoformat(timespec="seconds"),
        "lines_sha256": closing.sha256,
        "chain": {"entry": closing.entry, "sha256": closing.head},
        "versions": {
            "code": versions.code,
            "policy": versions.policy,
            "rulesets": list(versions.rulesets),
            "models": list(versions.models),
        },
        "files": files,
        "key": key,
    }
    content["signature"] = sign(_signed(content))
    return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode()


def read_manifest(folder: Path) -> Mapping[str, object] | None:
    """A folder's manifest; None where there is none. Raises DataError where the file is no manifest."""
    file = folder / NAME
    try:
        content = json.loads(file.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise DataError(f"{file}: cannot be read as a manifest ({error})") from error
    if not isinstance(content, dict) or content.get("format") != FORMAT or not isinstance(content.get("files"), dict):
        raise DataError(f"{file}: no manifest of format {FORMAT}")
    return content


def problems(folder: Path, is_signed: IsSigned) -> Iterator[str]:
    """All that is wrong with an exported folder: its signature, and each file that is changed, missing, or not in the manifest."""
    if (content := read_manifest(folder)) is None:
        yield f"{folder}: there is no {NAME}"
        return
    if not is_signed(_signed(content), str(content.get("signature"))):
        yield f"{folder / NAME}: the signature is not that of the key"
    files = content["files"]
    listed = dict(files) if isinstance(files, dict) else {}
    for name, said in listed.items():
        if not (folder / name).is_file():
            yield f"{folder / name}: is missing"
        elif sha256_of(folder / name) != said["sha256"]:
            yield f"{folder / name}: was changed"
    for name in files_in(folder):
        if name not in listed and name != NAME:
            yield f"{folder / name}: is not in the manifest"


def files_in(folder: Path) -> list[str]:
    """The files of one revision, by their names below the folder. Later revisions have folders of their own in it; what is being made is none yet."""
    return sorted(
        name.as_posix() for file in folder.rglob("*") if file.is_file() and _belongs(name := file.relative_to(folder))
    )


def _belongs(name: Path) -> bool:
    first = name.parts[0]
    is_revision = len(name.parts) > 1 and first.startswith("r") and first[1:].isdigit()
    return not is_revision and not any(part.startswith(TEMPORARY) for part in name.parts)


def _signed(content: Mapping[str, object]) -> bytes:
    unsigned = {key: value for key, value in content.items() if key != "signature"}
    return json.dumps(unsigned, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
