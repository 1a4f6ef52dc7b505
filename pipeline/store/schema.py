"""The shape of the database and its revisions. Migrations only go forward; they ship inside the package.

A program never works on a database of another revision: an old one lacks columns, a newer one may mean something else by them.
"""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from pipeline.errors import StoreError
from pipeline.store.engine import WRITE, name, open_engine
from pipeline.store.refusals import explain

MIGRATIONS = Path(__file__).parent / "migrations"
# Any number: it only has to be the same for everybody who upgrades a PostgreSQL database.
UPGRADE_LOCK = 7_271_001


def upgrade(url: str) -> str:
    """Create the database, or bring it to this version's revision, in one transaction; returns the revision.

    Safe to run by several at once. Raises StoreError where the database is newer, unreachable or refuses.
    """
    engine = open_engine(url, create=True)
    try:
        with engine.execution_options(**{WRITE: True}).begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": UPGRADE_LOCK})
            _refuse_unknown(name(engine.url), _revision(connection))
            command.upgrade(configure(connection), "head")
    except DBAPIError as error:
        raise StoreError(explain(name(engine.url), error)) from error
    finally:
        engine.dispose()
    return newest()


def check_current(engine: Engine) -> None:
    """Raise StoreError, saying what to run, unless the database has exactly this version's revision."""
    try:
        with engine.connect() as connection:
            revision = _revision(connection)
    except DBAPIError as error:
        raise StoreError(explain(name(engine.url), error)) from error
    database = name(engine.url)
    if revision is None:
        raise StoreError(f"{database}: the database is empty, this version needs {newest()}: run `callqa init`")
    _refuse_unknown(database, revision)
    if revision != newest():
        raise StoreError(
            f"{database}: database is at revision {revision}, this version needs {newest()}: run `callqa init`"
        )


def check_whole(engine: Engine) -> None:
    """Raise StoreError where SQLite finds its file damaged. PostgreSQL looks after itself."""
    if engine.dialect.name != "sqlite":
        return
    database = name(engine.url)
    try:
        with engine.connect() as connection:
            said = str(connection.exec_driver_sql("PRAGMA quick_check(1)").scalar())
    except DBAPIError as error:
        raise StoreError(explain(database, error)) from error
    if said != "ok":
        raise StoreError(f"{database}: the database is damaged: put a copy back ({' '.join(said.split())})")


def newest() -> str:
    """The revision that this version of callqa needs."""
    return _scripts().get_current_head() or ""


def configure(connection: Connection | None = None) -> Config:
    """Alembic's settings, without any file: the migrations beside this module, on the connection given."""
    settings = Config()
    settings.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    settings.attributes["connection"] = connection
    return settings


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _refuse_unknown(database: str, revision: str | None) -> None:
    known = {script.revision for script in _scripts().walk_revisions()}
    if revision is not None and revision not in known:
        raise StoreError(
            f"{database}: database is at revision {revision}, which this version does not know (it needs {newest()}): "
            "install the newer callqa that made it"
        )


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(configure())
