"""A closed month to take along: the exported files in one archive, and the printable statement of a vendor."""

import shutil
import tempfile
from pathlib import Path

from fastapi import APIRouter
from fastapi.responses import FileResponse, HTMLResponse, Response
from starlette.background import BackgroundTask

from pipeline.services.exporting import export, statement_page
from pipeline.store.month_lines import closings, find_statement
from pipeline.store.policies import policy_of_version
from pipeline.store.tables import Did
from pipeline.store.visible import NotThere, visible_vendor
from pipeline.web.month import closing_of, month_of
from pipeline.web.visit import CallReading, HouseReading

router = APIRouter()
# A statement brings its own styles, those of its plots among them, and nothing else: no script, no picture, no request.
STATEMENT_POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'unsafe-inline'",
        "form-action 'none'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)


@router.get("/month/{month}/export.zip")
def export_archive(visit: HouseReading, month: str, revision: str = "") -> Response:
    """All files of a close: tables, workbook, statements, signed manifest."""
    wanted = month_of(month)
    with visit.reading() as session:
        closing = closing_of(closings(session, wanted), revision)
    if closing is None:
        raise NotThere(f"{wanted} is not closed")
    name = f"callqa-{wanted}-r{closing.revision}"
    made = Path(tempfile.mkdtemp(prefix="callqa-export-"))
    try:
        exported = export(visit.settings, visit.engine, closing, made / "files")
        packed = shutil.make_archive(str(made / "packed"), "zip", exported.folder)
    except BaseException:
        shutil.rmtree(made, ignore_errors=True)
        raise
    visit.tell(Did.EXPORTED, f"month {wanted}", f"r{closing.revision}, {len(exported.files)} files")
    return FileResponse(
        packed,
        media_type="application/zip",
        filename=f"{name}.zip",
        headers={"Cache-Control": "no-store"},
        background=BackgroundTask(shutil.rmtree, made, ignore_errors=True),
    )


@router.get("/statements/{number}")
def statement(visit: CallReading, number: str) -> Response:
    """The statement of a vendor's month, to read, print and sign; any of its numbers names it."""
    with visit.reading() as session:
        if (found := find_statement(session, number)) is None:
            raise NotThere(f"there is no statement {number}")
        closing, line = found
        vendor = visible_vendor(visit.person, line.vendor)
        content = statement_page(session, closing, vendor, policy_of_version(session, closing.policy), visit.zone)
    visit.tell(Did.READ, f"statement {number}", vendor)
    return HTMLResponse(content, headers={"Content-Security-Policy": STATEMENT_POLICY, "Cache-Control": "no-store"})
