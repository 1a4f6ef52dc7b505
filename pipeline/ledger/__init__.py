"""The ledger: entries, their chain, warnings, rectification, exits, grades, points, and the close of a month."""
