"""Texts of errors and reasons as any database takes them, whatever a body raised."""

ERROR_LENGTH = 10_000
"""Characters of an error message that a row keeps."""


def describe(error: BaseException) -> str:
    """`Type: message` of an error, storable; also of one whose str() fails."""
    name = type(error).__name__
    try:
        text = str(error)
    except Exception as unreadable:  # noqa: BLE001 -- a user's __str__ may raise anything; the text says what
        text = f"<its text cannot be read: {type(unreadable).__name__}>"
    return storable(f"{name}: {text[:ERROR_LENGTH]}" if text else name)


def storable(text: str) -> str:
    """A text without what PostgreSQL refuses (NUL, lone surrogates: written as escapes), cut to its length."""
    encoded = text[:ERROR_LENGTH].encode("utf-8", "backslashreplace").decode()
    return encoded.replace("\x00", "\\x00")[:ERROR_LENGTH]
