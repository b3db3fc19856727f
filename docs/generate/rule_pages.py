"""The lint rules: one page each, out of the docstring that the rule is held to, and a list of all."""

import re
from collections.abc import Mapping

from pieces import code, section, table

from trackwright_gen.lint.catalog import all_rules
from trackwright_gen.lint.problems import PROBLEMS
from trackwright_gen.lint.rule import Rule

GROUPS = {
    "1": "Tracking",
    "2": "Legacy",
    "3": "Tables",
    "4": "Execution",
    "5": "Dispatch",
    "9": "Exemptions",
}
INTRODUCTION = """\
What `trackwright lint` finds. The first digit of a code is the group: `--select TW1` takes all rules about tracking.
`trackwright explain CODE` prints a page.
"""


def pages() -> Mapping[str, str]:
    """A page for each rule and each problem, and the list."""
    rules = {f"rules/{rule.name}.md": _page(rule) for rule in all_rules()}
    problems = {
        f"rules/{each.name}.md": section(1, f"{each.name} ({each.code})", each.page + "\n")
        for each in PROBLEMS
    }
    return {"rules.md": _index(), **rules, **problems}


def _index() -> str:
    groups = [
        section(2, title, _table([rule for rule in all_rules() if rule.code[2] == digit]))
        for digit, title in GROUPS.items()
    ]
    problems = table(
        ("code", "name", "says"),
        ((each.code, _link(each.name), each.page.partition("\n")[0]) for each in PROBLEMS),
    )
    told = "These are told whatever is selected, and exit with 2: a file could not be linted.\n"
    return section(1, "Lint rules", INTRODUCTION, *groups, section(2, "Problems", told, problems))


def _table(rules: list[Rule]) -> str:
    rows = ((rule.code, _link(rule.name), rule.summary, _fix(rule), _default(rule)) for rule in rules)
    return table(("code", "name", "finds", "fix", "by default"), rows)


def _link(name: str) -> str:
    return f"[{code(name)}](rules/{name}.md)"


def _fix(rule: Rule) -> str:
    """What the page says under "Fix safety", in a word."""
    match = re.search(r"^## Fix safety\n(\w+)", rule.page, re.MULTILINE)
    return match[1].lower() if match else ""


def _default(rule: Rule) -> str:
    return "on" if rule.default else "off"


def _page(rule: Rule) -> str:
    state = "On by default." if rule.default else f"Off by default: `--extend-select {rule.code}`."
    return section(1, f"{rule.name} ({rule.code})", f"{state}\n", rule.page + "\n")
