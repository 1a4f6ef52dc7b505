"""Where the rules of an installation lie: the shipped ones until a change is approved, then its own; hand-made changes are left alone."""

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from pipeline.errors import LexiconError, StorageError, StoreError
from pipeline.records.rule_version import RuleState
from pipeline.services.rule_changes import approve_change, propose_change, text_to_change
from pipeline.services.rule_files import follow_approved, rule_names, rule_text, write_rules
from pipeline.settings import SHIPPED_LEXICONS, Settings
from pipeline.store.engine import open_engine, writing
from pipeline.store.events import events
from pipeline.store.rule_versions import (
    RuleConflict,
    open_proposal,
    reject_rules,
    rule_history,
    withdraw_rules,
)
from pipeline.store.schema import upgrade
from pipeline.text.pack_editing import Edit, Line, edited, version_of
from tests.heard import CHIEF, MARKETING, REVIEWER, SECOND, SUPERVISOR

NOW = datetime(2026, 4, 1, 2, tzinfo=UTC)
FILE = "phrases/privacy.toml"


@pytest.fixture
def settings(tmp_path):
    made = Settings(tmp_path / "work", database=f"sqlite:///{tmp_path}/callqa.db")
    made.root.mkdir()
    upgrade(made.database_url)
    return made


@pytest.fixture
def engine(settings):
    opened = open_engine(settings.database_url)
    yield opened
    opened.dispose()


def shipped():
    """Hashes of all shipped files."""
    return {file: hashlib.sha256(file.read_bytes()).hexdigest() for file in SHIPPED_LEXICONS.rglob("*.toml")}


def with_line(text, words):
    return edited(text, Edit("phrases", None, "", Line(words)), version_of(text) + 1)


def propose(settings, engine, words, person=SUPERVISOR, now=NOW):
    with writing(engine) as session:
        text = with_line(text_to_change(session, settings, FILE, person), words)
        return propose_change(session, settings, FILE, text, "客户投诉", person, now)


def test_the_first_approved_change_makes_a_copy_and_leaves_the_shipped_files_alone(settings, engine):
    before = shipped()
    made = propose(settings, engine, "短信念给我听")
    assert settings.lexicons_path == SHIPPED_LEXICONS
    approve_change(settings, engine, made.version_id, CHIEF, NOW)
    assert settings.lexicons_path == settings.root / "lexicons"
    assert "短信念给我听" in rule_text(settings, FILE)
    assert shipped() == before
    assert {file.relative_to(SHIPPED_LEXICONS) for file in before} == {
        file.relative_to(settings.lexicons_path) for file in settings.lexicons_path.rglob("*.toml")
    }
    assert [file.name for file in settings.root.iterdir()] == ["lexicons"]
    assert "privacy" in rule_names(settings, "phrases")


def test_nobody_approves_his_own_and_roles_are_kept(settings, engine):
    made = propose(settings, engine, "短信念给我听")
    for person, why in (
        (SUPERVISOR, "cannot decide it too"),
        (REVIEWER, "cannot approve"),
        (MARKETING, "cannot approve"),
    ):
        with pytest.raises(StoreError, match=why):
            approve_change(settings, engine, made.version_id, person, NOW)
    with pytest.raises(StoreError, match="cannot propose"):
        propose(settings, engine, "别的说法听听", REVIEWER)
    assert approve_change(settings, engine, made.version_id, SECOND, NOW).state is RuleState.APPROVED
    with pytest.raises(RuleConflict, match="approved already"):
        approve_change(settings, engine, made.version_id, CHIEF, NOW)


def test_one_goes_on_with_ones_own_proposal_and_nobody_elses(settings, engine):
    first = propose(settings, engine, "短信念给我听")
    with pytest.raises(RuleConflict, match="李主任"):
        propose(settings, engine, "别的说法听听", SECOND)
    second = propose(settings, engine, "别的说法听听")
    assert "短信念给我听" in second.content and "别的说法听听" in second.content
    assert version_of(second.content) == version_of(rule_text(settings, FILE)) + 2
    with writing(engine) as session:
        states = {one.version_id: one.state for one in rule_history(session, FILE)}
        assert (states[first.version_id], states[second.version_id]) == (RuleState.REPLACED, RuleState.PROPOSED)
        assert withdraw_rules(session, second.version_id, SUPERVISOR, NOW).state is RuleState.WITHDRAWN
        assert open_proposal(session, FILE) is None
    third = propose(settings, engine, "第三种说法呢", SECOND)
    with writing(engine) as session:
        assert reject_rules(session, third.version_id, "太宽", SUPERVISOR, NOW).decision == "太宽"
    assert settings.lexicons_path == SHIPPED_LEXICONS


def test_a_wrong_pack_is_not_proposed(settings, engine):
    with writing(engine) as session:
        for text, error in (
            ("rule = [", LexiconError),
            (with_line(rule_text(settings, FILE), "你(有病"), LexiconError),
            (rule_text(settings, FILE), StoreError),
        ):
            with pytest.raises(error):
                propose_change(session, settings, FILE, text, "客户投诉", SUPERVISOR, NOW)
        assert rule_history(session, FILE) == ()


def test_what_a_crash_left_unwritten_is_written_later_and_only_once(settings, engine, monkeypatch):
    made = propose(settings, engine, "短信念给我听")

    def full(*_):
        raise StorageError("the disk is full")

    monkeypatch.setattr("pipeline.services.rule_changes.write_rules", full)
    with pytest.raises(StorageError):
        approve_change(settings, engine, made.version_id, CHIEF, NOW)
    assert settings.lexicons_path == SHIPPED_LEXICONS
    assert follow_approved(settings, engine) == (FILE,)
    assert rule_text(settings, FILE) == made.content
    assert follow_approved(settings, engine) == ()


def test_another_machine_follows_over_several_versions(settings, engine, tmp_path):
    other = replace(settings, root=tmp_path / "other")
    other.root.mkdir()
    for number, words in enumerate(("短信念给我听", "别的说法听听")):
        made = propose(settings, engine, words, now=NOW + timedelta(hours=number))
        approve_change(settings, engine, made.version_id, CHIEF, NOW)
    assert follow_approved(other, engine) == (FILE,)
    assert rule_text(other, FILE) == rule_text(settings, FILE)


def test_a_file_changed_by_hand_is_left_alone_and_becomes_part_of_the_history(settings, engine):
    made = propose(settings, engine, "短信念给我听")
    approve_change(settings, engine, made.version_id, CHIEF, NOW)
    by_hand = with_line(rule_text(settings, FILE), "手写的一句话")
    write_rules(settings, FILE, by_hand)
    assert follow_approved(settings, engine) == ()
    next_one = propose(settings, engine, "别的说法听听")
    with writing(engine) as session:
        found = next(one for one in rule_history(session, FILE) if one.version_id == next_one.base_id)
    assert (found.state, found.proposed_by, found.content, found.base_id) == (
        RuleState.FOUND,
        None,
        by_hand,
        made.version_id,
    )
    write_rules(settings, FILE, with_line(by_hand, "又是手写的"))
    with pytest.raises(RuleConflict, match="changed after the proposal"):
        approve_change(settings, engine, next_one.version_id, CHIEF, NOW)


def test_lexicons_that_are_set_are_written_where_they_are(settings, engine, tmp_path):
    import shutil

    shutil.copytree(SHIPPED_LEXICONS, tmp_path / "shared")
    shared = replace(settings, lexicons=str(tmp_path / "shared"))
    made = propose(shared, engine, "短信念给我听")
    approve_change(shared, engine, made.version_id, CHIEF, NOW)
    assert "短信念给我听" in (tmp_path / "shared" / FILE).read_text("utf-8")
    assert not (settings.root / "lexicons").exists()


def test_the_checkout_itself_is_no_working_folder_to_write_into(engine):
    checkout = Settings(SHIPPED_LEXICONS.parent)
    before = shipped()
    with pytest.raises(StorageError, match="never changed"):
        write_rules(checkout, FILE, "rule = 1")
    assert shipped() == before


def test_who_proposed_and_approved_is_in_the_audit_trail(settings, engine):
    made = propose(settings, engine, "短信念给我听")
    approve_change(settings, engine, made.version_id, CHIEF, NOW)
    with writing(engine) as session:
        told = [(one.person, one.subject, one.detail) for one in events(session)]
    assert told == [
        ("陈副总", f"rules {FILE}", f"approved version {made.version_id}"),
        ("李主任", f"rules {FILE}", f"proposed as version {made.version_id}"),
    ]
