"""All rules, discovered; and which of them a run uses."""

import difflib
from collections.abc import Iterable
from functools import cache

from trackwright_gen.errors import ToolError, ToolErrors
from trackwright_gen.lint import rules as rules_package
from trackwright_gen.lint.rule import Rule, rule_of
from trackwright_gen.registry import discover


@cache
def all_rules() -> tuple[Rule, ...]:
    """Every rule, in the order of the codes."""
    found = [rule_of(module) for module in discover(rules_package)]
    return tuple(sorted(found, key=lambda rule: rule.code))


def find_rule(text: str) -> Rule:
    """A rule by its code or name.

    Raises:
        ToolError: there is none.
    """
    for rule in all_rules():
        if text.upper() == rule.code or text.lower() == rule.name:
            return rule
    raise _unknown(text, "rule")


def select_rules(
    *, select: Iterable[str] | None, extend_select: Iterable[str] = (), ignore: Iterable[str] = ()
) -> tuple[Rule, ...]:
    """The rules of a run: a longer selector wins over a shorter one, `ignore` over `select` of equal length.

    Raises:
        ToolErrors: selectors that name no rule, all at once.
    """
    wanted = tuple(select) if select is not None else None
    more, unwanted = tuple(extend_select), tuple(ignore)
    wrong = [
        _unknown(each, "selector") for each in (*(wanted or ()), *more, *unwanted) if not _matching(each)
    ]
    if wrong:
        raise ToolErrors(wrong)
    return tuple(rule for rule in all_rules() if _is_on(rule, wanted, more, unwanted))


def _is_on(
    rule: Rule, wanted: tuple[str, ...] | None, more: tuple[str, ...], unwanted: tuple[str, ...]
) -> bool:
    by_default = 0 if wanted is None and rule.default else -1
    positive = max((by_default, *(_strength(each, rule) for each in (*(wanted or ()), *more))))
    negative = max((-1, *(_strength(each, rule) for each in unwanted)))
    return positive > negative


def _strength(selector: str, rule: Rule) -> int:
    """How exactly a selector names a rule; -1 if it does not."""
    if selector.upper() == "ALL":
        return 1
    if selector.lower() == rule.name:
        return len(rule.code)
    return len(selector) if rule.code.startswith(selector.upper()) else -1


def _matching(selector: str) -> bool:
    return bool(selector) and any(_strength(selector, rule) >= 0 for rule in all_rules())


def _unknown(text: str, kind: str) -> ToolError:
    known = [name for rule in all_rules() for name in (rule.code, rule.name)]
    near = difflib.get_close_matches(text, known, n=1)
    hint = f"did you mean {near[0]!r}?" if near else "`trackwright rules` lists them all"
    return ToolError(f"unknown {kind} {text!r}", hint=hint)
