"""Each rule's page is held to what the rule does: its example is reported, what to use instead is clean."""

import re
from pathlib import Path

import pytest
from source_trees import fix_folder, lint_tree

from trackwright_gen.errors import ToolError, ToolErrors
from trackwright_gen.lint.catalog import all_rules, find_rule, select_rules
from trackwright_gen.lint.rule import Rule

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
    assert rule.url == f"https://trackwright.readthedocs.io/rules/{rule.name}"


@pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.code)
def test_the_example_is_reported(rule: Rule, tmp_path: Path) -> None:
    found = lint_tree(tmp_path, {"app/example.py": code_of(rule, "Example")})
    assert {each.code for each in found} == {rule.code}


@pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.code)
def test_what_to_use_instead_is_clean(rule: Rule, tmp_path: Path) -> None:
    assert lint_tree(tmp_path, {"app/example.py": code_of(rule, "Use instead")}) == ()


@pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.code)
def test_the_fixed_example_is_what_to_use_instead(rule: Rule, tmp_path: Path) -> None:
    found = lint_tree(tmp_path, {"app/example.py": code_of(rule, "Example")}, rule.code)
    if any(each.fix for each in found):
        (file,) = fix_folder(tmp_path, [rule]).files
        assert file.after.decode() == code_of(rule, "Use instead")
    assert any(each.fix for each in found) == ("## Fix safety" in rule.page)


def test_codes_and_names_are_unique() -> None:
    rules = all_rules()
    assert len({rule.code for rule in rules}) == len({rule.name for rule in rules}) == len(rules)


@pytest.mark.parametrize(
    ("select", "extend_select", "ignore", "codes"),
    [
        (None, (), (), ["TW101", "TW201"]),
        (("TW1",), (), (), ["TW101"]),
        (("legacy-task-status",), (), (), ["TW201"]),
        (("TW1",), ("TW2",), (), ["TW101", "TW201"]),
        (("ALL",), (), ("TW2",), ["TW101"]),
        (("TW101",), (), ("TW",), ["TW101"]),
        (("TW101",), (), ("TW101",), []),
        (None, (), ("TW101",), ["TW201"]),
    ],
)
def test_selects(
    select: tuple[str, ...] | None, extend_select: tuple[str, ...], ignore: tuple[str, ...], codes: list[str]
) -> None:
    chosen = select_rules(select=select, extend_select=extend_select, ignore=ignore)
    assert [rule.code for rule in chosen] == codes


def test_unknown_selectors_are_all_named() -> None:
    with pytest.raises(ToolErrors) as caught:
        select_rules(select=("TW9999", "untracked-tsk"))
    assert "'TW9999'" in str(caught.value)
    assert "did you mean 'untracked-task'?" in str(caught.value)


def test_an_unknown_rule_is_explained() -> None:
    assert find_rule("tw101") is find_rule("untracked-task")
    with pytest.raises(ToolError, match="unknown rule 'TW102'"):
        find_rule("TW102")
