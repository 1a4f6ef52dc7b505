from tests.store.conftest import engine, url

__all__ = ["engine", "url"]
