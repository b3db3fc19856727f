"""A source file's bytes as text and back: coding cookie, byte-order mark and line ends stay what they are."""

import io
import re
import tokenize

LINE_END = re.compile(r"\r\n|\r|\n")
"""What ends a row for Python's parser; `str.splitlines` knows more line ends than it."""


def encoding_of(data: bytes) -> str:
    """The encoding that a file declares, `utf-8-sig` for one with a byte-order mark.

    Raises:
        SyntaxError: the cookie names no encoding, or contradicts the mark.
    """
    return tokenize.detect_encoding(io.BytesIO(data).readline)[0]


def decoded(data: bytes) -> str:
    """A file's text, without its byte-order mark, its line ends untouched.

    Raises:
        SyntaxError, UnicodeDecodeError, LookupError: the bytes are not what the file declares.
    """
    return data.decode(encoding_of(data))


def newline_of(text: str) -> str:
    """The line end that a text uses first."""
    found = LINE_END.search(text)
    return found[0] if found else "\n"
