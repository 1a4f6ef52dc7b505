"""Entries of the ledger."""

from pipeline.ledger.chain import COLUMNS, columns_of
from pipeline.records.entry import Posted
from pipeline.services.objects import Json


def entry_json(posted: Posted) -> Json:
    """An entry: the columns as they are hashed, so that anybody can compute the hash again."""
    columns = dict(zip(COLUMNS, columns_of(posted.entry), strict=True))
    return {"number": posted.number, **columns, "previous": posted.previous, "sha256": posted.sha256}
