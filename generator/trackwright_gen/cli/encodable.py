"""Text as the terminal can show it: names may come from paths of odd bytes, or from escapes that no encoding has."""

import sys


def encodable(text: str) -> str:
    """The text as it is, or with `?` for what standard output cannot say."""
    encoding, errors = sys.stdout.encoding or "utf-8", getattr(sys.stdout, "errors", None) or "strict"
    try:
        text.encode(encoding, errors)
    except UnicodeEncodeError:
        return text.encode(encoding, "replace").decode(encoding)
    return text
