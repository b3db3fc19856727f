"""One measured figure beside what it shall be: every script here gives its own as a list of these."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """What was measured, and its bound, if one was set before."""

    what: str
    """In words that end with what it is a multiple of: `a sweep, times the same on 2,000 rows`."""
    value: float
    least: float | None = None
    most: float | None = None
    unit: str = ""
    """Of the few that are no ratios."""

    @property
    def target(self) -> str:
        """The bound in words."""
        if self.least is not None:
            return f"at least {self.least:g}{self.unit}"
        return f"at most {self.most:g}{self.unit}" if self.most is not None else ""

    @property
    def verdict(self) -> str:
        """Whether it was reached; nothing without a bound."""
        if self.least is None and self.most is None:
            return ""
        kept = (self.least is None or self.value >= self.least) and (
            self.most is None or self.value <= self.most
        )
        return "met" if kept else "**missed**"


def missed(figures: Iterable[Figure]) -> list[Figure]:
    """Those that did not reach their bounds."""
    return [figure for figure in figures if figure.verdict == "**missed**"]
