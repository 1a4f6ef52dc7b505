"""Objects for programs: what commands print with `--json` and the read side answers with, made once so that both say the same.

Keys are added, never renamed.
"""

Json = dict[str, object]
