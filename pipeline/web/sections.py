"""The parts of the application, each a router, and what runs beside the requests."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import APIRouter
from sqlalchemy import Engine

from pipeline.settings import Settings
from pipeline.web import (
    appeals,
    audit,
    calibration,
    call,
    cases,
    coaching,
    complaints,
    deciding,
    explanations,
    me,
    month,
    month_files,
    quality,
    queue,
    retention,
    rule_changes,
    rule_conditions,
    rule_packs,
    rule_policy,
    rule_scripts,
    rule_standard,
    rules,
    runs,
    search,
    sound,
    targeted,
    users,
    vendor,
    vendors,
)
from pipeline.web.api import schema
from pipeline.web.beside import beside

ROUTERS: tuple[APIRouter, ...] = (
    me.router,
    queue.router,
    call.router,
    sound.router,
    targeted.router,
    deciding.router,
    quality.router,
    calibration.router,
    coaching.router,
    month.router,
    month_files.router,
    explanations.router,
    cases.router,
    search.router,
    rules.router,
    rule_packs.router,
    rule_conditions.router,
    rule_policy.router,
    rule_scripts.router,
    rule_standard.router,
    rule_changes.router,
    vendor.router,
    appeals.router,
    complaints.router,
    vendors.router,
    runs.router,
    audit.router,
    users.router,
    retention.router,
    schema.router,
    *schema.READ_SIDE,
)


@asynccontextmanager
async def background(settings: Settings, engine: Engine) -> AsyncIterator[None]:
    """What runs as long as the application does."""
    async with beside(settings, engine):
        yield
