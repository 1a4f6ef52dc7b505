"""The read side for programs: what the pages show, as JSON under /api/v1, for whoever is logged in or brings a token. It changes nothing.

A token acts as its person: the same roles, the same scoping, the same masking. `schema.py` describes all of it.
"""
