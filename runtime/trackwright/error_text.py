"""Texts of errors and reasons as any database takes them, whatever a body raised, without its secrets."""

import re
from collections.abc import Callable

ERROR_LENGTH = 10_000
"""Characters of an error message that a row keeps."""

Redact = Callable[[str], str]
_MASK = "***"
_IN_URL = re.compile(r"(://[^\s/:@]*:)[^\s/@]+@")
_ASSIGNED = re.compile(
    r"(?i)(\b(?:password|passwd|pwd)[\"']?\s*[=:]\s*[\"']?|\b(?:token|secret|api[-_]?key)=)[^\s\"'&,;)}\]]+"
)


class _Redaction:
    hook: Redact | None = None


_redaction = _Redaction()


def redact_errors(hook: Redact | None) -> None:
    """Let a function of yours take secrets out of every error text before trackwright stores or logs it.

    It holds for the whole process, whichever way a text comes: bodies, hand-written tasks, the worker's main
    process, errors told by hand. Celery itself logs the error with its traceback, as it was raised: that is for a
    `logging.Filter`. Passwords in URLs, and what is assigned to `password`, `token`, `secret` or
    `api_key`, are masked before it is asked. Call it where your Celery app is made, so that workers do too.

    Args:
        hook: receives a text of at most 20,000 characters and gives it as it may be kept. Should it raise, the row
            keeps only that it did. None: no function.
    """
    _redaction.hook = hook


def redacted(text: str) -> str:
    """A text without what looks like a secret, and without what the project's own function takes out."""
    masked = _ASSIGNED.sub(rf"\1{_MASK}", _IN_URL.sub(rf"\1{_MASK}@", text))
    if _redaction.hook is None:
        return masked
    try:
        return str(_redaction.hook(masked))
    except Exception as broken:  # noqa: BLE001 -- the text must not get through because the function failed
        return f"<its text is withheld: the redaction raised {type(broken).__name__}>"


def describe(error: BaseException) -> str:
    """`Type: message` of an error, storable and redacted; also of one whose str() fails."""
    name = type(error).__name__
    try:
        text = str(error)
    except Exception as unreadable:  # noqa: BLE001 -- a user's __str__ may raise anything; the text says what
        text = f"<its text cannot be read: {type(unreadable).__name__}>"
    # Redacted before it is cut: half of a secret would no longer look like one.
    return storable(f"{name}: {redacted(text[: 2 * ERROR_LENGTH])}" if text else name)


def storable(text: str) -> str:
    """A text without what PostgreSQL refuses (NUL, lone surrogates: written as escapes), cut to its length."""
    encoded = text[:ERROR_LENGTH].encode("utf-8", "backslashreplace").decode()
    return encoded.replace("\x00", "\\x00")[:ERROR_LENGTH]
