"""Registering the calls of a manifest.

A call is known by vendor and call_id. The same row again is a no-op; a differing row for a known call is a conflict, kept with both contents and
never an overwrite. Where one manifest differs with itself about a new call, the row with the smallest content hash is taken, so that the order
of the rows decides nothing. A call is late when its day has been drawn from already.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from pipeline.records.call import CallState, Manifest, ManifestRow
from pipeline.records.draw import DrawKind
from pipeline.store.contents import Content, columns_of, content_of, row_of
from pipeline.store.engine import chunks, lock_against_writers
from pipeline.store.tables import CallRow, ConflictRow, DrawRow, DrawState, DropRow, ManifestFileRow, RejectionRow

ZONE = "Asia/Shanghai"

_Name = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Conflict:
    """A row that differs from the call it names; both contents as JSON."""

    line: int
    vendor: str
    call_id: str
    kept: str
    offered: str


@dataclass(frozen=True, slots=True)
class Registered:
    """What became of a manifest's rows: accepted + same + len(conflicts) + rejected = all of them."""

    accepted: int
    same: int
    conflicts: tuple[Conflict, ...]
    rejected: int


@dataclass(frozen=True, slots=True)
class _Offer:
    line: int
    row: ManifestRow
    content: Content

    @property
    def name(self) -> _Name:
        return self.row.vendor, self.row.call_id


@dataclass(frozen=True, slots=True)
class _Known:
    call_pk: int
    content_sha256: str


def register_manifest(session: Session, manifest: Manifest, now: datetime, zone: str = ZONE) -> Registered:
    """Register all rows of a manifest. Run again, it changes nothing and counts the accepted rows as the same."""
    # Two manifests that bring one new call at once would otherwise both find it unknown.
    lock_against_writers(session, ManifestFileRow.__tablename__)
    offers = sorted(
        (_Offer(line, row, content_of(row)) for line, row in manifest.rows),
        key=lambda offer: (offer.content.sha256, offer.line),
    )
    before = _known_calls(session, offers)
    new: dict[_Name, _Offer] = {}
    for offer in offers:
        if offer.name not in before:
            new.setdefault(offer.name, offer)
    file, first_time = _manifest_file(session, manifest, now)
    _insert_calls(session, file.id, tuple(new.values()), now, ZoneInfo(zone))
    known = before | _known_calls(session, tuple(new.values()))
    differing = [offer for offer in offers if known[offer.name].content_sha256 != offer.content.sha256]
    result = Registered(
        accepted=len(new),
        same=len(offers) - len(new) - len(differing),
        conflicts=_keep_conflicts(session, file.id, differing, known),
        rejected=len(manifest.rejected),
    )
    if first_time:
        _keep_result(session, file, manifest, result)
    return result


def _known_calls(session: Session, offers: Sequence[_Offer]) -> dict[_Name, _Known]:
    ids: dict[str, set[str]] = {}
    for offer in offers:
        ids.setdefault(offer.row.vendor, set()).add(offer.row.call_id)
    known: dict[_Name, _Known] = {}
    for vendor, vendor_ids in ids.items():
        query = select(CallRow.id, CallRow.call_id, CallRow.row_sha256).where(CallRow.vendor == vendor)
        for chunk in chunks(sorted(vendor_ids)):
            for call_pk, call_id, sha256 in session.execute(query.where(CallRow.call_id.in_(chunk))):
                known[vendor, call_id] = _Known(call_pk, sha256)
    return known


def _manifest_file(session: Session, manifest: Manifest, now: datetime) -> tuple[ManifestFileRow, bool]:
    """The manifest's row, and whether it is new: one file, name and drop is registered once."""
    drop = session.scalar(select(DropRow).where(DropRow.location == manifest.drop))
    if drop is None:
        drop = DropRow(location=manifest.drop)
        session.add(drop)
        session.flush()
    same = select(ManifestFileRow).where(
        ManifestFileRow.drop_id == drop.id,
        ManifestFileRow.name == manifest.name,
        ManifestFileRow.sha256 == manifest.sha256,
    )
    if (file := session.scalar(same)) is not None:
        return file, False
    file = ManifestFileRow(
        drop_id=drop.id, name=manifest.name, sha256=manifest.sha256, registered_at=now,
        accepted=0, same=0, conflicts=0, rejected=0,
    )  # fmt: skip
    session.add(file)
    session.flush()
    return file, True


def _insert_calls(session: Session, manifest_id: int, offers: Sequence[_Offer], now: datetime, zone: ZoneInfo) -> None:
    drawn_from = _drawn_nights(session, {offer.row.vendor for offer in offers})
    rows = []
    for offer in offers:
        day = offer.row.started_at.astimezone(zone).date()
        rows.append(
            columns_of(offer.row)
            | {
                "manifest_id": manifest_id,
                "line": offer.line,
                "row_sha256": offer.content.sha256,
                "day": day,
                "connected": offer.row.connected,
                "late": (offer.row.vendor, offer.row.project, day) in drawn_from,
                "state": CallState.NOT_SAMPLED,
                "registered_at": now,
            }
        )
    if rows:
        session.execute(insert(CallRow), rows)


def _drawn_nights(session: Session, vendors: set[str]) -> set[tuple[str, str, date]]:
    query = select(DrawRow.vendor, DrawRow.project, DrawRow.day).where(
        DrawRow.vendor.in_(vendors), DrawRow.kind == DrawKind.RANDOM, DrawRow.state == DrawState.DRAWN
    )
    return {(vendor, project, day) for vendor, project, day in session.execute(query)}


def _keep_conflicts(
    session: Session, manifest_id: int, differing: Sequence[_Offer], known: Mapping[_Name, _Known]
) -> tuple[Conflict, ...]:
    """Report every differing row, and keep each content that was not kept before."""
    conflicts = []
    for offer in sorted(differing, key=lambda offer: offer.line):
        call = session.get_one(CallRow, known[offer.name].call_pk)
        kept = content_of(row_of(call)).text
        conflicts.append(Conflict(offer.line, call.vendor, call.call_id, kept, offer.content.text))
        already = select(ConflictRow.id).where(
            ConflictRow.call_pk == call.id, ConflictRow.offered_sha256 == offer.content.sha256
        )
        if session.scalar(already) is None:
            session.add(
                ConflictRow(
                    manifest_id=manifest_id, line=offer.line, call_pk=call.id, kept=kept,
                    offered=offer.content.text, offered_sha256=offer.content.sha256,
                )
            )  # fmt: skip
    return tuple(conflicts)


def _keep_result(session: Session, file: ManifestFileRow, manifest: Manifest, result: Registered) -> None:
    file.accepted = result.accepted
    file.same = result.same
    file.conflicts = len(result.conflicts)
    file.rejected = result.rejected
    rows = [
        {"manifest_id": file.id, "position": position, "line": row.line, "reason": row.reason, "raw": row.raw}
        for position, row in enumerate(manifest.rejected)
    ]
    if rows:
        session.execute(insert(RejectionRow), rows)
