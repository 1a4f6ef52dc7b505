"""What axe finds on a page that keeps somebody from using it."""

from pathlib import Path

_AXE = Path(__file__).with_name("axe.min.js").read_text("utf-8")


def serious(page):
    """(rule, the first piece of the page that breaks it) of each serious or critical finding."""
    page.wait_for_load_state()
    page.evaluate(_AXE)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
    return [(one["id"], one["nodes"][0]["html"][:160]) for one in found if one["impact"] in ("serious", "critical")]
