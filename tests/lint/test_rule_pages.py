"""Each rule's page is held to what the rule does: its example is reported, what to use instead is clean."""

import re
from pathlib import Path

import pytest
from source_trees import fix_folder, lint_tree

from trackwright_gen.errors import ToolError, ToolErrors
from trackwright_gen.lint.catalog import all_rules, find_rule, select_rules
from trackwright_gen.lint.rule import Rule

EXEMPTED = {"TW904": ("TW101",)}
"""Rules that must be looked for as well, so that an exemption from them can be judged."""
SECTIONS = ["What it does", "Why is this bad?", "Example", "Use instead"]


def code_of(rule: Rule, section: str) -> str:
    """The code block of a section of a rule's page."""
    match = re.search(rf"## {re.escape(section)}\n```python\n(.*?)```", rule.page, re.DOTALL)
    assert match is not None, f"{rule.code} has no code under {section!r}"
    return match[1]


@pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.code)
def test_a_page_has_its_sections(rule: Rule) -> None:
    sections = re.findall(r"^## (.*)$", rule.page, re.MULTILINE)
    assert sections in (SECTIONS, [*SECTIONS, "Fix safety"])
    assert re.fullmatch(r"TW\d{3}", rule.code)
    assert rule.url == f"https://trackwright.readthedocs.io/reference/rules/{rule.name}"


@pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.code)
def test_the_example_is_reported(rule: Rule, tmp_path: Path) -> None:
    names = EXEMPTED.get(rule.code, ())
    found = lint_tree(tmp_path, {"app/example.py": code_of(rule, "Example")}, rule.code, *names)
    assert {each.code for each in found} == {rule.code}


@pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.code)
def test_what_to_use_instead_is_clean(rule: Rule, tmp_path: Path) -> None:
    by_default = [each.code for each in all_rules() if each.default]
    # Pages about running and sending tasks show these in as few lines as can be: untracked.
    codes = {*by_default, rule.code} - ({"TW101"} if rule.code.startswith(("TW4", "TW5")) else set())
    assert lint_tree(tmp_path, {"app/example.py": code_of(rule, "Use instead")}, *codes) == ()


@pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.code)
def test_the_fixed_example_is_what_to_use_instead(rule: Rule, tmp_path: Path) -> None:
    codes = (rule.code, *EXEMPTED.get(rule.code, ()))
    found = lint_tree(tmp_path, {"app/example.py": code_of(rule, "Example")}, *codes)
    if any(each.fix for each in found):
        (file,) = fix_folder(tmp_path, select_rules(select=codes)).files
        assert file.after.decode() == code_of(rule, "Use instead")
    assert any(each.fix for each in found) == ("## Fix safety" in rule.page)


def test_codes_and_names_are_unique() -> None:
    rules = all_rules()
    assert len({rule.code for rule in rules}) == len({rule.name for rule in rules}) == len(rules)


@pytest.mark.parametrize(
    ("select", "extend_select", "ignore", "codes"),
    [
        (("TW10",), (), (), ["TW101", "TW102", "TW103", "TW104"]),
        (("legacy-task-status",), (), (), ["TW201"]),
        (("TW101",), ("TW201",), (), ["TW101", "TW201"]),
        (("ALL",), (), ("TW1", "TW3", "TW4", "TW5", "TW9"), ["TW201", "TW202", "TW203"]),
        (("TW101",), (), ("TW",), ["TW101"]),
        (("TW101",), (), ("TW101",), []),
        (("TW2",), (), ("TW202",), ["TW201", "TW203"]),
    ],
)
def test_selects(
    select: tuple[str, ...] | None, extend_select: tuple[str, ...], ignore: tuple[str, ...], codes: list[str]
) -> None:
    chosen = select_rules(select=select, extend_select=extend_select, ignore=ignore)
    assert [rule.code for rule in chosen] == codes


def test_some_rules_are_off_until_asked_for() -> None:
    off = {rule.code for rule in all_rules()} - {rule.code for rule in select_rules(select=None)}
    assert off == {"TW104", "TW406", "TW407"}
    assert "TW406" in {rule.code for rule in select_rules(select=None, extend_select=("TW406",))}


def test_unknown_selectors_are_all_named() -> None:
    with pytest.raises(ToolErrors) as caught:
        select_rules(select=("TW9999", "untracked-tsk"))
    assert "'TW9999'" in str(caught.value)
    assert "did you mean 'untracked-task'?" in str(caught.value)


def test_an_unknown_rule_is_explained() -> None:
    assert find_rule("tw101") is find_rule("untracked-task")
    with pytest.raises(ToolError, match="unknown rule 'TW199'"):
        find_rule("TW199")
