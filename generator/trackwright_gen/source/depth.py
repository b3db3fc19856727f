"""Whether a text nests no deeper than a parser without a limit can follow: there LibCST ends the process."""

import re

DEEPEST = 200
"""As many brackets in each other as CPython's own tokenizer takes."""
_LONGEST_LINE = 20_000
_MOST_BRANCHES = 1_000
_BRACKETS = re.compile(r"[(\[{]|[)\]}]")
_PREFIXES = re.compile(rf"(?:[-+~][ \t]*|(?:not|await)[ \t]+|lambda[^:\n]{{0,20}}:[ \t]*){{{DEEPEST},}}")


def is_shallow(text: str) -> bool:
    """True if nothing nests deeper than DEEPEST and no line is endless; strings and comments count too.

    Only for texts that CPython has refused: one that looks deep and is not is then taken for no Python.
    """
    depth = 0
    for found in _BRACKETS.finditer(text):
        depth = depth + 1 if found[0] in "([{" else max(0, depth - 1)
        if depth > DEEPEST:
            return False
    branches = text.count("\nelif") + text.count(" elif ")
    lines_end = max(map(len, text.splitlines()), default=0) <= _LONGEST_LINE
    return lines_end and branches <= _MOST_BRANCHES and _PREFIXES.search(text) is None
