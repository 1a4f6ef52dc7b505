"""Changing rules by people who do not write TOML: read, proposed, approved by somebody else, written, and back again.

with writing(engine) as session:
    made = propose_change(session, settings, "phrases/privacy.toml", text, "客户投诉里的新说法", person, now)
approve_change(settings, engine, made.version_id, another, now)       # in the file from now on; the next night judges by it
"""

from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from pipeline.checks.ruleset import parse_pack, parse_script, parse_standard
from pipeline.checks.standard_editing import refuse_faults
from pipeline.errors import DataError
from pipeline.records.person import Person
from pipeline.records.rule_version import RuleVersion
from pipeline.services.rule_files import PACKS, SCRIPTS, STANDARD, rule_text, write_rules
from pipeline.settings import Settings
from pipeline.store.engine import writing
from pipeline.store.events import record_event
from pipeline.store.rule_versions import Proposal, approve_rules, find_version, open_proposal, propose_rules
from pipeline.store.tables import Did
from pipeline.text.lexicon import table_of

_LONGEST_NOTE = 2000


def text_to_change(session: Session, settings: Settings, file: str, person: Person) -> str:
    """What somebody goes on from: his own open proposal, else the file that counts."""
    earlier = open_proposal(session, file)
    if earlier is not None and earlier.proposed_by == person.name:
        return earlier.content
    return rule_text(settings, file)


def check_rules(settings: Settings, file: str, content: str) -> None:
    """Raise LexiconError, with line, key and reason, where a text would be no pack, script or standard."""
    table = table_of(Path(file), content)
    folder = file.partition("/")[0]
    if folder == PACKS:
        parse_pack(table, settings.lexicons_path)
    elif folder == SCRIPTS:
        parse_script(table, settings.lexicons_path)
    elif file == STANDARD:
        parse_standard(table)
        refuse_faults(table)
    else:
        raise DataError(f"{file}: neither a phrase pack, a script nor the standard")


def propose_change(
    session: Session, settings: Settings, file: str, content: str, note: str, person: Person, now: datetime
) -> RuleVersion:
    """Record a proposal for a pack, a script or the standard. Raises LexiconError where it would be wrong, and as `propose_rules`."""
    if not note.strip() or len(note) > _LONGEST_NOTE:
        raise DataError(f"say why it is proposed, in at most {_LONGEST_NOTE} characters")
    check_rules(settings, file, content)
    proposal = Proposal(file, rule_text(settings, file), content, note.strip())
    made = propose_rules(session, proposal, person, now)
    record_event(session, person, Did.CHANGED, f"rules {file}", now, f"proposed as version {made.version_id}")
    return made


def approve_change(settings: Settings, engine: Engine, version_id: int, person: Person, now: datetime) -> RuleVersion:
    """Approve a proposal and write its file. Raises as `approve_rules`, LexiconError where other files make it wrong now, StorageError."""
    with writing(engine) as session:
        wanted = find_version(session, version_id)
        found = "" if wanted is None else rule_text(settings, wanted.file)
        if wanted is not None:
            check_rules(settings, wanted.file, wanted.content)
        made = approve_rules(session, version_id, found, person, now)
        record_event(session, person, Did.CHANGED, f"rules {made.file}", now, f"approved version {version_id}")
    # In the database first: what is lost here is written by the next night (`follow_approved`).
    write_rules(settings, made.file, made.content)
    return made
