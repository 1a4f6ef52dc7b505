"""The fixtures of the store's tests: a real database, SQLite or PostgreSQL."""

from tests.store.conftest import engine, url

__all__ = ["engine", "url"]
