"""All checks over one heard call: claims become findings, with what the catalogue knows of their rule.

A finding counts only where it may stand by itself: a known speaker, words heard as written or by sound, enough confidence, more than a
notice. A rule that fails is named in `failed`: that call was not judged by it, which is not the same as no fault.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from pipeline.checks import audio, script, tone
from pipeline.checks.audio import duplicate
from pipeline.checks.catalogue import entry
from pipeline.checks.check import CallFacts, HeardCall, check, load_rules
from pipeline.checks.outcome.after_optout import RULE as AFTER_OPTOUT
from pipeline.checks.outcome.after_optout import after_optout
from pipeline.checks.outcome.contradicted import contradicted
from pipeline.checks.outcome.optout import heard_optouts
from pipeline.checks.outcome.out_of_hours import out_of_hours
from pipeline.checks.outcome.unsupported_success import unsupported_success
from pipeline.checks.phrases.check import find_phrases
from pipeline.checks.ruleset import Ruleset
from pipeline.checks.script.elements import missing_claims
from pipeline.checks.script.scripted import Scripted, hold_against, script_check
from pipeline.checks.tone.attitude import attitudes
from pipeline.records.attitude import Attitude
from pipeline.records.finding import Claim, Element, Finding, Match, PartSpan, Severity
from pipeline.records.optout import OptOut
from pipeline.records.turn import Speaker

_OUTCOME_VERSION, _CONSENT_VERSION, _OPTOUT_VERSION = 1, 4, 2

load_rules(audio)
load_rules(script)
load_rules(tone)


@dataclass(frozen=True, slots=True)
class CheckResult:
    """`failed` holds (rule, message) of checks that could not be carried out; `optouts` are what other calls to the number are judged by; `parts`
    lie where the script's parts are heard, `attitudes` are information.
    """

    findings: tuple[Finding, ...]
    elements: tuple[Element, ...]
    failed: tuple[tuple[str, str], ...] = ()
    optouts: tuple[OptOut, ...] = ()
    parts: tuple[PartSpan, ...] = ()
    attitudes: tuple[Attitude, ...] = ()


def run_checks(call: HeardCall, ruleset: Ruleset) -> CheckResult:
    """Every rule over a call. Raises UsageError where the call's project has no script."""
    held_to = ruleset.script(call.facts.project)
    findings: list[Finding] = []
    failed: list[tuple[str, str]] = []
    held: list[Scripted] = []
    optouts: list[OptOut] = []
    heard: list[Attitude] = []

    def carry_out(name: str, version: int, claims: Callable[[], Iterable[Claim]]) -> None:
        try:
            findings.extend(_finding(claim, name, version, ruleset) for claim in claims())
        except Exception as error:  # one broken rule must not take the others' findings with it
            failed.append((name, f"{type(error).__name__}: {error}"))

    def check_script() -> Iterable[Claim]:
        if held_to is not None:
            held.append(hold_against(held_to, call, ruleset))
            yield from missing_claims(held[0].elements, held_to, call)

    def hear_optouts() -> Iterable[Claim]:
        optouts.extend(heard_optouts(call, ruleset))
        return ()

    def hear_attitudes() -> Iterable[Claim]:
        heard.extend(attitudes(call, ruleset.manners, ruleset.attitude))
        return ()

    for rule in check:
        carry_out(rule.rule, rule.version, lambda rule=rule: rule.run(call, ruleset.standard))  # type: ignore[misc]
    carry_out("phrase", 1, lambda: find_phrases(call, ruleset))
    carry_out("attitude", 1, hear_attitudes)
    carry_out("script", held_to.version if held_to else 1, check_script)
    for scripted in held:  # none where there is no script, or where holding the call against it failed
        for rule_of_script in script_check:
            run = rule_of_script.run
            carry_out(rule_of_script.rule, rule_of_script.version, lambda run=run, scripted=scripted: run(scripted))  # type: ignore[misc]
    carry_out("outcome.unsupported_success", _CONSENT_VERSION, lambda: unsupported_success(call, ruleset))
    carry_out("outcome.contradicted", _OUTCOME_VERSION, lambda: contradicted(call, ruleset))
    carry_out("call.out_of_hours", _OUTCOME_VERSION, lambda: out_of_hours(call, ruleset))
    carry_out(AFTER_OPTOUT, _OPTOUT_VERSION, hear_optouts)
    elements, parts = (held[0].elements, held[0].parts) if held else ((), ())
    return CheckResult(tuple(findings), elements, tuple(failed), tuple(optouts), parts, tuple(heard))


def check_against_others(facts: CallFacts, ruleset: Ruleset) -> tuple[Finding, ...]:
    """The rules that rest on what was heard in other calls. Run apart from the rest, because those calls may be heard later than this one."""
    claims = after_optout(facts, ruleset)
    return tuple(_finding(claim, AFTER_OPTOUT, _OPTOUT_VERSION, ruleset) for claim in claims)


def duplicate_finding(first_call_id: str, first_vendor: str, vendor: str, ruleset: Ruleset) -> Finding:
    """What is found in a call whose recording was handed in for an earlier call already."""
    claim = duplicate.duplicate(first_call_id, first_vendor, vendor)
    return _finding(claim, duplicate.RULE, duplicate.VERSION, ruleset)


def _finding(claim: Claim, name: str, version: int, ruleset: Ruleset) -> Finding:
    known = entry(claim.rule or name)
    pack = ruleset.pack(known.rule)
    severity = claim.severity or known.severity
    return Finding(
        known.rule,
        pack.version if pack else version,
        known.category,
        severity,
        known.plan,
        claim.speaker,
        claim.span,
        claim.text,
        claim.matched,
        claim.match,
        round(claim.confidence, 3),
        claim.explanation,
        _counts(claim, severity, ruleset.standard.speaker_confidence),
    )


def _counts(claim: Claim, severity: Severity, least_confidence: float) -> bool:
    return (
        claim.speaker is not Speaker.UNKNOWN
        and claim.match is not Match.NEAR
        and severity is not Severity.NOTICE
        and claim.confidence >= least_confidence
    )
