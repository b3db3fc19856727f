"""What a rule is: a code, a name that says what is wrong, a page, and a function from project to findings."""

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import ModuleType

from trackwright_gen.diagnostics import Diagnostic, Fix
from trackwright_gen.errors import ToolError
from trackwright_gen.location import Location
from trackwright_gen.source.jobs import Exemption
from trackwright_gen.source.project import SourceProject

DOCS = "https://trackwright.readthedocs.io/reference/rules"


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule found, before it is known which rule it was; `span` are the rows an exemption may stand on."""

    message: str
    location: Location
    span: tuple[int, int]
    task: str | None = None
    domain: str | None = None
    fix: Fix | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """What a run did, for rules that judge the exemptions: the codes it looked for, and what excused a finding."""

    codes: frozenset[str]
    used: frozenset[Exemption]


Check = Callable[[SourceProject], Iterator[Finding]]
RunCheck = Callable[[SourceProject, Run], Iterator[Finding]]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: its module declares CODE, NAME and `check` or `check_run`; its docstring is its page."""

    code: str
    name: str
    page: str
    check: Check | None
    default: bool
    check_run: RunCheck | None = None

    @property
    def summary(self) -> str:
        """What the rule finds, in one line."""
        return self.page.partition("\n")[0]

    @property
    def url(self) -> str:
        """Where the rule's page is published."""
        return f"{DOCS}/{self.name}"

    def diagnostic(self, finding: Finding) -> Diagnostic:
        """The finding as every output format receives it."""
        return Diagnostic(
            code=self.code,
            name=self.name,
            message=finding.message,
            location=finding.location,
            fix=finding.fix,
            task=finding.task,
            domain=finding.domain,
            url=self.url,
        )


def rule_of(module: ModuleType) -> Rule:
    """Read a rule's module.

    Raises:
        ToolError: the module is no complete rule.
    """
    check, check_run = getattr(module, "check", None), getattr(module, "check_run", None)
    try:
        if check is None and check_run is None:
            _ = module.check
        page = inspect.cleandoc(module.__doc__ or "")
        return Rule(module.CODE, module.NAME, page, check, getattr(module, "DEFAULT", True), check_run)
    except AttributeError as missing:
        raise ToolError(f"the rule module {module.__name__} is incomplete: {missing}") from missing
