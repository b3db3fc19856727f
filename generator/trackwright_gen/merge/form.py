"""The outer form of a user's text file: newlines and byte-order mark, kept across a merge."""

from dataclasses import dataclass

_MARK = "\ufeff"


@dataclass(frozen=True, slots=True)
class Form:
    """How a file writes its lines."""

    newline: str = "\n"
    marked: bool = False

    @classmethod
    def of(cls, text: str) -> "Form":
        """The form of a text: that of its first line."""
        first, found, _ = text.partition("\n")
        newline = "\r\n" if found and first.endswith("\r") else "\n"
        return cls(newline, text.startswith(_MARK))

    def plain(self, text: str) -> str:
        """The text as the generator writes it."""
        return text.removeprefix(_MARK).replace("\r\n", "\n")

    def applied(self, text: str) -> str:
        """A plain text in this form."""
        return (_MARK if self.marked else "") + text.replace("\n", self.newline)
