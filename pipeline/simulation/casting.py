"""Who calls whom, when, for which project, over which line: everything about a simulated call but its words and its sound."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from pipeline.records.call import AgentChannel, Outcome
from pipeline.simulation import slots, voice
from pipeline.simulation.codecs import known
from pipeline.simulation.dialogues import SHIPPED, wordings
from pipeline.simulation.faults import AFTER_OPTOUT, Deck, Rates, outcomes, projects
from pipeline.simulation.scene import Scene
from pipeline.simulation.telephone import Circuit
from pipeline.simulation.voice import Person

VENDORS = ("华声外呼", "远达呼叫", "明信通信", "金铃客服", "天语传声", "百应外呼", "星桥通信", "和众呼叫")
_AGENTS_A_VENDOR = 6
_ZONE = ZoneInfo("Asia/Shanghai")
_USUAL_OUTCOMES = (Outcome.SUCCESS,) * 4 + (Outcome.REFUSED,) * 3 + (Outcome.CALLBACK,) * 2 + (Outcome.OTHER,)
# With the codecs that are always mono this makes about 15 % of all calls mono.
_MIXED_SHARE = 0.07
_KNOWS_SPEAKERS = "mulaw"
_LOW_DBFS, _LOUD_DBFS, _CLIPPING_DBFS, _BEFORE_RAISING_DBFS = (-45, -42), (-1, 1), (-5, -3.5), (-30, -28)


@dataclass(frozen=True, slots=True)
class Agent:
    """A person at a vendor: manifest code, spoken name, voice."""

    vendor: str
    name_code: str
    surname: str
    given: str
    person: Person


@dataclass(frozen=True, slots=True)
class Plan:
    """One call as decided before it is spoken."""

    call_id: str
    file: str
    agent: Agent
    customer: Person
    customer_number: str
    started_at: datetime
    codec: str
    mono: bool
    channel: AgentChannel
    circuit: Circuit
    scene: Scene
    sound_seed: int


def rosters(seed: int, vendors: int) -> tuple[tuple[Agent, ...], ...]:
    """The agents of each vendor; the same people whatever is simulated with them."""
    return tuple(tuple(_agent(seed, vendor, number) for number in range(_AGENTS_A_VENDOR)) for vendor in range(vendors))


def _agent(seed: int, vendor: int, number: int) -> Agent:
    chance = random.Random(f"{seed} agent {vendor} {number}")
    code = f"A{(vendor + 1) * 100 + chance.randint(0, 9) * 10 + number:04}"
    return Agent(VENDORS[vendor], code, slots.surname(chance), slots.given_name(chance), voice.agent(chance))


def plan_call(
    index: int,
    chance: random.Random,
    deck: Deck,
    rates: Rates,
    agents: Sequence[Sequence[Agent]],
    day: date,
    codecs: Sequence[str],
    snr_db: float | None,
    folder: Path = SHIPPED,
    is_last: bool = False,
) -> Plan:
    """Decide one call, its words from `folder`; the deck's state is all that comes from the calls before it.

    A number that was called in spite of an opt-out gets that opt-out in the next call planned, a day earlier; the last call has none.
    """
    codec = chance.choice(codecs)
    opted_out = deck.owed
    mono = known(codec).mono_only or chance.random() < _MIXED_SHARE
    if opted_out:
        # Whose wish it was must be heard.
        codec, mono, day = _KNOWS_SPEAKERS, False, day - timedelta(days=1)
    faults = () if opted_out else deck.draw(codec, mono, is_last)
    agent = chance.choice(agents[index % len(agents)])
    number = opted_out or f"199000{chance.randrange(100_000):05}"
    deck.owed = number if AFTER_OPTOUT in faults else None
    started_at = _moment(chance, day, "call.out_of_hours" in faults)
    call_id = f"{day:%Y%m%d}{index + 1:05}"
    possible = (Outcome.REFUSED,) if opted_out else outcomes(faults)
    return Plan(
        call_id=call_id,
        file=f"{day:%Y%m%d}/{agent.vendor}/{call_id}{known(codec).suffix}",
        agent=agent,
        customer=voice.customer(chance, agent.person),
        customer_number=number,
        started_at=started_at,
        codec=codec,
        mono=mono,
        channel=AgentChannel.MONO if mono else chance.choice((AgentChannel.LEFT,) * 5 + (AgentChannel.RIGHT,)),
        circuit=_circuit(chance, faults, snr_db),
        scene=Scene(
            words=wordings(chance.choice(projects(faults)), folder),
            outcome=chance.choice([o for o in _USUAL_OUTCOMES if o in possible]),
            slots=slots.filled(
                chance, agent.surname + agent.given, agent.surname, agent.name_code[1:], number, started_at.hour
            ),
            faults=faults,
            chance=chance,
            near_miss=not faults and chance.random() < rates.near_miss,
            # On a mono recording nobody can tell whose words these are.
            rude_customer=not faults and not mono and chance.random() < rates.rude_customer,
            asked=not faults and chance.random() < rates.asked,
            opts_out=opted_out is not None,
        ),
        sound_seed=chance.getrandbits(63),
    )


def _moment(chance: random.Random, day: date, out_of_hours: bool) -> datetime:
    """Within 9 to 12 and 14 to 19 o'clock, or before 7 and after 22."""
    first, last = chance.choice(((6, 7), (22, 23)) if out_of_hours else ((9, 12), (14, 19)))
    midnight = datetime.combine(day, time(), _ZONE)
    return midnight + timedelta(seconds=chance.randrange(first * 3600, last * 3600))


def _circuit(chance: random.Random, faults: Sequence[str], snr_db: float | None) -> Circuit:
    level, drive = (-26.0, -21.0), "clean"
    for fault, band, driven in (
        ("voice.level_low", _LOW_DBFS, "clean"),
        ("voice.level_high", _LOUD_DBFS, "soft"),
        ("voice.clipped", _CLIPPING_DBFS, "hard"),
        ("voice.raised", _BEFORE_RAISING_DBFS, "clean"),
    ):
        if fault in faults:
            level, drive = band, driven
    return Circuit(
        agent_dbfs=chance.uniform(*level),
        customer_dbfs=chance.uniform(-29, -21),
        snr_db=chance.uniform(25, 45) if snr_db is None else snr_db,
        echo_db=chance.uniform(-40, -30) if chance.random() < 0.35 else None,
        echo_ms=chance.randint(20, 80),
        drive=drive,
    )
