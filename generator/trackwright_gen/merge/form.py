"""The outer form of a user's text file: newlines, the last one and a byte-order mark, kept across a merge."""

from dataclasses import dataclass

_MARK = "\ufeff"


@dataclass(frozen=True, slots=True)
class Form:
    """How a file writes its lines.

    Attributes:
        newline: what its lines end with.
        marked: whether it begins with a byte-order mark.
        unended: whether its last line lacks the newline that the generated text has.
    """

    newline: str = "\n"
    marked: bool = False
    unended: bool = False

    @classmethod
    def of(cls, text: str, *, ends: bool = True) -> "Form":
        """The form of a text, by its first line and its last; `ends`: a newline at the end is what is generated."""
        first, found, _ = text.partition("\n")
        newline = "\r\n" if found and first.endswith("\r") else "\n"
        has_text = bool(text.removeprefix(_MARK))
        return cls(newline, text.startswith(_MARK), ends and has_text and not text.endswith("\n"))

    def plain(self, text: str) -> str:
        """The text as the generator writes it."""
        plain = text.removeprefix(_MARK).replace("\r\n", "\n")
        return f"{plain}\n" if self.unended else plain

    def applied(self, text: str) -> str:
        """A plain text in this form."""
        own = text.removesuffix("\n") if self.unended else text
        return (_MARK if self.marked else "") + own.replace("\n", self.newline)
