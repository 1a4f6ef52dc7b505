"""The store: SQLAlchemy tables, Alembic migrations, repositories."""
