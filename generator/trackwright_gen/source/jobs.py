"""A background job as it was found: where and how it is declared, whether it is tracked, and by what evidence."""

import ast
import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from trackwright_gen.location import Location
from trackwright_gen.source.scopes import Module, Scope
from trackwright_gen.source.values import Value


@dataclass(frozen=True, slots=True)
class Option:
    """A keyword argument of a declaration, with the scope it is evaluated in."""

    name: str
    value: ast.expr
    scope: Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """One job as its framework's reader found it, before anyone asked whether it is tracked."""

    framework: str
    name: str
    qualified_name: str
    module: Module
    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Call
    declared_by: str
    is_async: bool
    bind: bool
    body: Scope | None
    """The function or class that does the work, where it is known."""
    through: tuple[Value, ...]
    """What the declaration goes through: decorators, wrappers, base classes."""
    options: tuple[Option, ...] = ()


@dataclass(frozen=True, slots=True)
class Evidence:
    """A place that speaks for tracking, and what it does."""

    path: Path
    line: int
    what: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a job is tracked, and why."""

    tracked: bool
    evidence: tuple[Evidence, ...]
    domain: str | None
    reached: frozenset[str] = frozenset()
    """Statuses that the body, or what runs around it, moves a row to."""
    in_own_table: bool = False
    """True if the project records the work in a table of its own making: ours has no rules for it."""
    declared: bool = False
    """True if the declaration itself speaks for tracking: nothing has to be done by hand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exemption:
    """A comment that excuses findings: why, for how long, by whom."""

    kind: Literal["exempt", "temporary", "external", "noqa"]
    codes: tuple[str, ...]
    """Empty: all codes (a bare noqa)."""
    line: int
    column: int = 1
    end_column: int = 1
    path: Path | None = None
    """Where it is written."""
    reason: str | None = None
    approved_by: str | None = None
    ticket: str | None = None
    until: dt.date | None = None
    adapts: str | None = None

    def covers(self, code: str, today: dt.date) -> bool:
        """True if the comment excuses a code today."""
        return (not self.codes or code in self.codes) and (self.until is None or self.until >= today)


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A background job of the project, as `trackwright tasks` lists it."""

    framework: str
    name: str
    qualified_name: str
    location: Location
    """The job's name in its definition, or the call that declares it."""
    span: tuple[int, int]
    """First and last row of the declaration's head, decorators included."""
    declared_by: str
    is_async: bool
    bind: bool
    tracked: bool
    evidence: tuple[Evidence, ...]
    domain: str | None
    exemption: Exemption | None
    declaration: Declaration
    verdict: Verdict

    @property
    def tracked_by_hand(self) -> bool:
        """True if the body moves its row itself."""
        return self.tracked and not self.verdict.declared and not self.verdict.in_own_table

    def option(self, name: str) -> Option | None:
        """A keyword argument of the declaration."""
        return next((each for each in self.declaration.options if each.name == name), None)
