"""Random edits of generated files by both sides: what either wrote is in the result, and clean results are Python."""

import ast
import re
from pathlib import Path

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from trackwright_gen.merge.three_way import merge_file

FILE = Path("x.py")
GOLDEN = Path(__file__).parents[1] / "golden"
SOURCES = [
    path.read_text()
    for path in sorted(GOLDEN.rglob("*.py"))
    if path.name != "__init__.py" and not {"migrations", "tests"} & {*path.relative_to(GOLDEN).parts}
]
ACTS = ("comment", "statement", "member", "argument", "word", "drop", "swap")
EDITS = st.lists(st.tuples(st.integers(0, 200), st.sampled_from(ACTS)), min_size=1, max_size=4)


def edited(source: str, edits: list[tuple[int, str]], who: str) -> tuple[str, set[str]]:
    """A source after some edits, and the words that were put in and not taken out again."""
    lines = source.split("\n")
    for number, (position, act) in enumerate(edits):
        row = position % len(lines)
        word, line = f"{who}{number}x", lines[row]
        indent = line[: len(line) - len(line.lstrip())]
        lines[row : row + 1] = {
            "comment": [line, f"{indent}# {word}"],
            "statement": [line, f"{indent}{word} = 1"],
            "member": [line, "", f"{indent}def {word}(self) -> None:", f"{indent}    return"],
            "argument": [line, f"{indent}{word}=1,"],
            "word": [re.sub(r"\b[a-z_]{4,}\b", word, line, count=1)],
            "drop": [],
            "swap": [*lines[row + 1 : row + 2], line] if row + 1 < len(lines) else [line],
        }[act]
        if act == "swap" and row + 1 < len(lines):
            del lines[row + 2 : row + 3]
    text = "\n".join(lines).rstrip("\n") + "\n"
    return text, set(re.findall(rf"\b{who}\d+x\b", text))


def parses(text: str) -> bool:
    """Whether a text is Python."""
    try:
        ast.parse(text)
    except SyntaxError:
        return False
    return True


@settings(max_examples=150, deadline=None)
@given(source=st.sampled_from(SOURCES), ours=EDITS, theirs=EDITS)
def test_nothing_is_lost(source: str, ours: list[tuple[int, str]], theirs: list[tuple[int, str]]) -> None:
    (new, generated), (yours, own) = edited(source, ours, "gen"), edited(source, theirs, "own")
    merged = merge_file(FILE, source, new, yours)
    words = set(re.findall(r"\b(?:gen|own)\d+x\b", merged.text))
    assert generated | own <= words
    if not merged.conflicts and parses(new) and parses(yours):
        assert parses(merged.text)


@settings(max_examples=80, deadline=None)
@given(source=st.sampled_from(SOURCES), edits=EDITS)
def test_one_side_alone_is_taken_as_it_is(source: str, edits: list[tuple[int, str]]) -> None:
    other, _ = edited(source, edits, "own")
    assume(parses(other))
    for base, new, yours in ((source, source, other), (source, other, source), (source, other, other)):
        merged = merge_file(FILE, base, new, yours)
        assert not merged.conflicts
        assert merged.text == other
