"""Migrations of the database, forward only. Run by `schema.upgrade`."""
