"""verify and ledger, as people and programs run them."""

import json
import shutil
import sqlite3
from hashlib import sha256
from pathlib import Path

import pytest
from typer.testing import CliRunner

from flows.cli import app
from flows.commands.setup import initialise
from pipeline.errors import CallqaError
from pipeline.services.drawing import open_store
from pipeline.settings import Settings
from pipeline.store.engine import writing
from pipeline.store.ledger import post
from tests.ledger.text import entries

MARCH = """
    2026-03-05  violation   华声外呼 telemarketing  call 0007  phrase.taunt major near  12.0-14.5  -10 points  "你真笨"  by 王敏/reviewer
    2026-03-06  violation   远达呼叫 survey         call 0009  -5 points
    2026-03-07  adjustment  远达呼叫 survey         -120.50 yuan
    2026-04-01  close       - -  for 2026-03
"""
APRIL = """
    2026-04-02  reversal    华声外呼 telemarketing  reverses 1  +10 points  [reversal 1]
    2026-04-03  violation   华声外呼 telemarketing  call 0012  -10 points  [verdict 2]
"""


@pytest.fixture
def work(tmp_path: Path) -> Settings:
    settings = initialise(tmp_path / "work")
    add(settings, MARCH)
    return settings


def add(settings: Settings, ledger: str) -> None:
    engine = open_store(settings)
    with writing(engine) as session:
        post(session, entries(ledger))
    engine.dispose()


def run(settings: Settings, *arguments: object, exits: int = 0) -> str:
    done = CliRunner().invoke(app, ["-C", str(settings.root), *map(str, arguments)])
    assert done.exit_code == exits, done.output
    return done.stdout


def verified(settings: Settings, *arguments: object, exits: int = 0) -> dict[str, object]:
    found: dict[str, object] = json.loads(run(settings, "verify", "--json", *arguments, exits=exits))
    assert found["whole"] is (exits == 0)
    return found


def problems(settings: Settings, *arguments: object) -> list[tuple[str, int, int]]:
    found = verified(settings, *arguments, exits=1)["problems"]
    assert isinstance(found, list)
    return [(one["fault"], one["first"], one["last"]) for one in found]


def alter(settings: Settings, *statements: str) -> None:
    """As somebody who has the database file."""
    with sqlite3.connect(settings.root / "callqa.db") as database:
        for name in ("entries_no_update", "entries_no_delete", "entries_in_place"):
            database.execute(f"DROP TRIGGER IF EXISTS {name}")
        for statement in statements:
            database.execute(statement)
    database.close()


def checkpoint_lines(settings: Settings) -> list[str]:
    return (settings.checkpoints_path / "ledger.jsonl").read_text().splitlines()


def test_a_whole_ledger_is_told_and_signed_once(work: Settings) -> None:
    assert "4 entries: every hash fits; nothing had been signed before" in run(work, "verify")
    assert len(checkpoint_lines(work)) == 1
    found = verified(work)
    assert (found["entries"], found["checkpoints"], found["signed_to"], found["problems"]) == (4, 1, 4, [])
    assert len(checkpoint_lines(work)) == 1, "nothing came since"
    add(work, APRIL)
    run(work, "verify")
    assert len(checkpoint_lines(work)) == 2
    said = run(work, "verify")
    assert "6 entries: every hash fits, so do closed months and what was signed of them, 2 times by key" in said


def test_an_empty_ledger_is_whole_and_signs_nothing(tmp_path: Path) -> None:
    settings = initialise(tmp_path / "work")
    assert verified(settings)["entries"] == 0
    assert not settings.checkpoints_path.exists()
    with pytest.raises(CallqaError, match="nothing to sign"):
        app(["-C", str(settings.root), "ledger", "sign"], standalone_mode=False)


def test_an_altered_amount_is_named_and_not_signed_over(work: Settings) -> None:
    run(work, "verify")
    add(work, APRIL)
    alter(work, "UPDATE entries SET amount_fen = -50 WHERE number = 3")
    said = run(work, "verify", exits=1)
    assert "entry 3: edited: its columns do not give its hash" in said
    assert "6 entries: 1 problems; the ledger is NOT what it was" in said
    assert problems(work) == [("edited", 3, 3)]
    assert len(checkpoint_lines(work)) == 1


def test_a_tail_cut_off_is_found(work: Settings) -> None:
    run(work, "ledger", "sign")
    alter(work, "DELETE FROM entries WHERE number > 2")
    assert problems(work) == [("cut_off", 3, 4)]
    with pytest.raises(CallqaError, match=r"contradicts what was signed of entry 4 .* nothing was signed"):
        app(["-C", str(work.root), "ledger", "sign"], standalone_mode=False)


def test_a_ledger_made_anew_is_found(work: Settings) -> None:
    run(work, "ledger", "sign")
    alter(work, "DELETE FROM entries")
    add(work, MARCH.replace("-120.50 yuan", "-0.50 yuan"))
    assert problems(work) == [("rewritten", 1, 4)]


def test_checkpoints_taken_away_are_missed_while_the_key_is_there(work: Settings) -> None:
    run(work, "ledger", "sign")
    (work.checkpoints_path / "ledger.jsonl").unlink()
    assert problems(work) == [("checkpoint", 0, 0)]


def test_key_and_checkpoints_made_anew_do_not_pass_against_copies_kept_elsewhere(
    work: Settings, tmp_path: Path
) -> None:
    run(work, "ledger", "sign")
    kept = tmp_path / "kept"
    shutil.copytree(work.checkpoints_path, kept)
    public = Path(shutil.copy(work.keys_path / "ledger.pub", tmp_path / "kept.pub"))
    shutil.rmtree(work.checkpoints_path)
    shutil.rmtree(work.keys_path)
    alter(work, "DELETE FROM entries WHERE number = 4")
    run(work, "verify")
    assert verified(work)["signed_to"] == 3
    assert problems(work, "--checkpoints", kept, "--public-key", public) == [("cut_off", 4, 4)]
    assert problems(work, "--public-key", public) == [("checkpoint", 0, 0)]


def test_verifying_against_copies_signs_nothing(work: Settings, tmp_path: Path) -> None:
    run(work, "ledger", "sign")
    add(work, APRIL)
    assert verified(work, "--checkpoints", work.checkpoints_path)["entries"] == 6
    assert len(checkpoint_lines(work)) == 1


def test_entries_are_listed_by_what_they_are(work: Settings) -> None:
    add(work, APRIL)
    listed = run(work, "ledger", "list")
    assert "华声外呼" in listed and "-120.50" in listed

    def numbers(*arguments: object) -> list[int]:
        return [one["number"] for one in json.loads(run(work, "ledger", "list", "--json", *arguments))]

    assert numbers() == [1, 2, 3, 4, 5, 6]
    assert numbers("--month", "2026-04") == [5, 6]
    assert numbers("--vendor", "远达呼叫") == [2, 3]
    assert numbers("--project", "telemarketing", "--kind", "violation") == [1, 6]
    assert numbers("--after", 2, "--limit", 2) == [3, 4]
    assert run(work, "ledger", "list", "--vendor", "nobody").strip() == "no such entries"


def test_a_listed_entry_holds_all_that_is_hashed(work: Settings) -> None:
    first, second, *_ = json.loads(run(work, "ledger", "list", "--json"))
    columns = [second["previous"], second["number"]]
    columns += [value for name, value in second.items() if name not in ("number", "previous", "sha256")]
    line = json.dumps(columns, ensure_ascii=False, separators=(",", ":"))
    assert second["previous"] == first["sha256"]
    assert second["sha256"] == sha256(line.encode()).hexdigest()
