"""Checks: forbidden phrases, script structure, voice."""
