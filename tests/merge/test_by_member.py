"""Python files are merged by their members: what both sides add at one place goes together."""

import ast
from pathlib import Path
from textwrap import dedent

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trackwright_gen.merge.by_member import merge_members
from trackwright_gen.merge.decide import Merged
from trackwright_gen.merge.three_way import merge_file, merge_texts

FILE = Path("x.py")
GOLDEN = Path(__file__).parents[1] / "golden" / "layered" / "app"
MODEL = (GOLDEN / "models/etf_price_update.py").read_text()
TASK = (GOLDEN / "tasks/etf_price_update.py").read_text()


def merged(base: str, new: str, yours: str) -> str:
    """The merged text; the merge must be one by members, without a conflict."""
    found = merge_members(dedent(base), dedent(new), dedent(yours), merge_texts)
    assert found is not None
    assert not found.conflicts, found.text
    return found.text


@pytest.mark.parametrize(
    ("base", "new", "yours", "expected"),
    [
        pytest.param(
            "class A:\n    a = 1\n",
            "class A:\n    a = 1\n    generated = 2\n",
            "class A:\n    a = 1\n    mine = 3\n",
            "class A:\n    a = 1\n    generated = 2\n    mine = 3\n",
            id="both add at the end of a class",
        ),
        pytest.param(
            "class A:\n    a = 1\n",
            "class A:\n    a = 1\n    b = 2\n",
            "class A:\n    a = 1\n\n    def mine(self):\n        return 1\n    # the last word\n",
            "class A:\n    a = 1\n    b = 2\n\n    def mine(self):\n        return 1\n    # the last word\n",
            id="generated beside its neighbours, comments stay in the class",
        ),
        pytest.param(
            "class A:\n    a = 1\n\n\nx = 1\n",
            "class A:\n    a = 1\n\n\ndef new():\n    return 2\n\n\nx = 1\n",
            "class A:\n    def f(self):\n        return 1\n        # mine\n\n\nx = 1\n",
            "class A:\n    def f(self):\n        return 1\n        # mine\n\n\ndef new():\n    return 2\n\n\nx = 1\n",
            id="a comment at the end of a class stays in it",
        ),
        pytest.param(
            "from m import B\n",
            "from m import A, B\n",
            "from m import B, C\n",
            "from m import A, B, C\n",
            id="both import from one module",
        ),
        pytest.param(
            "from m import A, B\nA = A\n",
            "from m import A\nA = A\n",
            "from m import A, B, C\nA = A\n",
            "from m import A, C\nA = A\n",
            id="an import that one side drops goes",
        ),
        pytest.param(
            "def f():\n    return 1\n",
            "def f():\n    return 1\n\n\ndef new():\n    return 2\n",
            "def f():\n    return 1\n\n\ndef mine():\n    return 3\n",
            "def f():\n    return 1\n\n\ndef new():\n    return 2\n\n\ndef mine():\n    return 3\n",
            id="both add a function",
        ),
        pytest.param(
            "x = (\n    Index('a'),\n)\n",
            "x = (\n    Index('a'),\n    Index('b'),\n)\n",
            "x = (\n    Index('a'),\n    Index('mine'),\n)\n",
            "x = (\n    Index('a'),\n    Index('b'),\n    Index('mine'),\n)\n",
            id="both add an item of a tuple",
        ),
        pytest.param(
            "a = column(Numeric(20, 6))\n",
            "a = column(Numeric(20, 8))\n",
            "a = column(Numeric(20, 6), comment='mine')\n",
            "a = column(\n    Numeric(20, 8),\n    comment='mine',\n)\n",
            id="one argument each",
        ),
        pytest.param(
            "@task(\n    app,\n    queue='a',\n)\ndef f(run):\n    raise NotImplementedError\n",
            "@task(\n    app,\n    queue='b',\n)\ndef f(run) -> None:\n    raise NotImplementedError\n",
            "@task(\n    app,\n    queue='a',\n    limit=3,\n)\ndef f(run):\n    return work(run)\n",
            "@task(\n    app,\n    queue='b',\n    limit=3,\n)\ndef f(run) -> None:\n    return work(run)\n",
            id="decorator, signature and body apart from each other",
        ),
        pytest.param(
            "x = f(\n    a=1,\n)  # type: ignore[x]  # why\n",
            "x = f(\n    a=1,\n    b='#',\n)  # type: ignore[x]  # why\n",
            "x = f(\n    a=1,\n    mine=3,\n)  # type: ignore[x]  # why\n",
            "x = f(\n    a=1,\n    b='#',\n    mine=3,\n)  # type: ignore[x]  # why\n",
            id="a comment behind the bracket",
        ),
        pytest.param(
            "@overload\ndef f(a: int) -> int: ...\n@overload\ndef f(a: str) -> str: ...\nb = 1\n",
            "@overload\ndef f(a: int) -> int: ...\n@overload\ndef f(a: str) -> str: ...\nb = 2\n",
            "@overload\ndef f(a: int) -> int: ...\n@overload\ndef f(a: bytes) -> str: ...\nb = 1\n",
            "@overload\ndef f(a: int) -> int: ...\n@overload\ndef f(a: bytes) -> str: ...\nb = 2\n",
            id="overloads are told apart by their arguments",
        ),
        pytest.param(
            "if x:\n    a = 1\nb = 1\n",
            "if x:\n    a = 1\nb = 1\nc = 2\n",
            "if x:\n    a = 3\nb = 1\nd = 2\n",
            "if x:\n    a = 3\nb = 1\nc = 2\nd = 2\n",
            id="a block under a condition is yours",
        ),
        pytest.param(
            "import a\nx = a\n",
            "import a\nimport c\nx = c\n",
            "import a\nimport b\nx = a\n",
            "import a\nimport c\nimport b\nx = c\n",
            id="modules that both import",
        ),
        pytest.param(
            "a = 1\nb = 2\n",
            "a = 1\nc = 3\nb = 2\n",
            "b = 2\na = 1\n",
            "b = 2\na = 1\nc = 3\n",
            id="the user's order stays",
        ),
        pytest.param(
            "a = 1\nb = 2\n",
            "b = 2\na = 1\n",
            "a = 1\nb = 3\n",
            "b = 3\na = 1\n",
            id="the generated order, when yours is the old",
        ),
        pytest.param(
            "a = 1\nb = 2\n",
            "a = 1\nb = 2\nc = 3\n",
            "b = 2\n",
            "b = 2\nc = 3\n",
            id="what you deleted stays deleted",
        ),
        pytest.param(
            "from m import T\n\na: T\n",
            "from m import T\n\na: T\nb: T\n",
            "x = 1\n",
            "from m import T\nx = 1\nb: T\n",
            id="an import that you deleted comes back where it is needed",
        ),
        pytest.param(
            "class A:\n    @property\n    def p(self):\n        return 1\n",
            "class A:\n    @property\n    def p(self):\n        return 2\n",
            "class A:\n    @property\n    def p(self):\n        return 1\n\n    @p.setter\n    def p(self, to): ...\n",
            "class A:\n    @property\n    def p(self):\n        return 2\n\n    @p.setter\n    def p(self, to): ...\n",
            id="functions of one name, told apart by their decorators",
        ),
        pytest.param(
            "def f():\n    return 1\n",
            "def f():\n    return 1\n\n\ndef new():\n    return 2\n",
            "def f():\n    return 1\n    # the last row of all\n",
            "def f():\n    return 1\n    # the last row of all\n\n\ndef new():\n    return 2\n",
            id="a comment in the last row of the file stays in its function",
        ),
        pytest.param(
            "b = 2\n",
            "a = 1\nb = 2\n",
            "b = 2\nc = 3\n",
            "a = 1\nb = 2\nc = 3\n",
            id="what is generated before all else stays first",
        ),
        pytest.param(
            "f(1)\ny = 1\n", "y = 1\n", "f(2)\ny = 1\n", "f(2)\ny = 1\n", id="removed here, replaced there"
        ),
        pytest.param(
            "f(1)\ny = 1\n", "f(2)\ny = 1\n", "y = 1\n", "f(2)\ny = 1\n", id="replaced here, removed there"
        ),
        pytest.param(
            "from m import a\n",
            "from m import TOP, a, zeta\n",
            "from m import Kind, a\n",
            "from m import TOP, Kind, a, zeta\n",
            id="imported names in the order that formatters give them",
        ),
        pytest.param(
            "x = (\n    Check('a > 0', name='first'),\n    Check('a > 0', name='second'),\n)\n",
            "x = (\n    Check('a > 1', name='first'),\n    Check('a > 0', name='second'),\n)\n",
            "x = (\n    Check('a > 0', name='first'),\n    Check('a > 0', name='second', mine=1),\n)\n",
            "x = (\n    Check('a > 1', name='first'),\n    Check('a > 0', name='second', mine=1),\n)\n",
            id="items of one kind, told apart by their names",
        ),
        pytest.param(
            "@task(\n    queue='a',\n)\n@twice\ndef f(run):\n    return 1\n",
            "@task(\n    queue='b',\n)\n@twice\ndef f(run):\n    return 1\n",
            "@mine\n@task(\n    queue='a',\n)\n@twice\ndef f(run):\n    return 2\n",
            "@mine\n@task(\n    queue='b',\n)\n@twice\ndef f(run):\n    return 2\n",
            id="decorators of several rows, one of your own among them",
        ),
        pytest.param(
            '"""Doc."""\n\na = 1\n',
            '"""Doc\u2028umented."""\n\na = 1\n',
            '"""Doc."""\n\na = "\u2028"\n',
            '"""Doc\u2028umented."""\n\na = "\u2028"\n',
            id="line separators inside strings",
        ),
    ],
)
def test_goes_together(base: str, new: str, yours: str, expected: str) -> None:
    assert merged(base, new, yours) == expected


@pytest.mark.parametrize(
    ("base", "new", "yours"),
    [
        pytest.param("a = 1\n", "a = 2\n", "a = 3\n", id="one value changed twice"),
        pytest.param("", "def f():\n    return 1\n", "def f():\n    return 2\n", id="one name added twice"),
        pytest.param("a = 1\nb = 1\n", "a = 2\nb = 1\n", "b = 1\n", id="changed here, deleted there"),
        pytest.param("a = 1\nb = 1\n", "b = 1\n", "a = 2\nb = 1\n", id="deleted here, changed there"),
        pytest.param(
            "a = 1\nb = 1\n", "a = 1\n# why\nb = 1\n", "a = 1\n", id="a comment here on what is deleted there"
        ),
        pytest.param(
            "a = 1\nb = 2\nc = 3\n",
            "b = 2\na = 1\nc = 3\n",
            "a = 1\nc = 3\nb = 2\n",
            id="both changed the order",
        ),
        pytest.param(
            "x = [\n    f(1),  # why\n]\n",
            "x = [\n    f(1),  # why\n    f(2),\n]\n",
            "x = [\n    f(1),  # why\n    f(3),\n]\n",
            id="items with a comment among them, which would lose its place",
        ),
        pytest.param(
            "x = f(b, (a), k=1)\n",
            "x = f(b, (a), k=2)\n",
            "x = f(b, (a), k=1, z=3)\n",
            id="items in brackets of their own",
        ),
        pytest.param(
            "x = f(\n    a=[\n        1,\n    ],\n)\n",
            "x = f(\n    a=[\n        # new\n        1,\n    ],\n)\n",
            "x = f(\n    a=[\n        # mine\n        1,\n    ],\n)\n",
            id="comments inside of one argument",
        ),
        pytest.param("f(1)\n", "f(2)\n", "f(3)\n", id="a statement without a name changed twice"),
        pytest.param("x = [1]\n", "x = [2]\n", "x = [3]\n", id="an item without a name changed twice"),
        pytest.param(
            "@task(q=1)\ndef f():\n    pass\n",
            "@task(q=2)\ndef f():\n    pass\n",
            "@task(q=3)\ndef f():\n    pass\n",
            id="one argument changed twice",
        ),
    ],
)
def test_is_a_conflict_that_loses_nothing(base: str, new: str, yours: str) -> None:
    found = merge_file(FILE, base, new, yours)
    assert found.conflicts
    for line in (*new.splitlines(), *yours.splitlines()):
        assert line in found.text


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("a = 1; b = 2\n", id="two statements in a row"),
        pytest.param("class A: pass\n", id="a class in one row"),
        pytest.param("a = 1\na = 2\n", id="a name twice"),
        pytest.param("def f(:\n", id="no Python"),
        pytest.param("a = '''\r'''\n", id="rows that the parser counts otherwise"),
        pytest.param("from m import (\n    A,  # why\n)\n", id="a comment among names"),
        pytest.param("x = [\n    f(1),  # why\n]\n", id="a comment among items"),
        pytest.param("x = f((a), b)\n", id="items in brackets of their own"),
    ],
)
def test_what_has_no_members_is_merged_by_its_lines(text: str) -> None:
    base, new, yours = f"{text}\n\n\nz = 1\n", f"{text}# generated\n\n\nz = 1\n", f"{text}\n\n\nz = 2\n"
    found = merge_file(FILE, base, new, yours)
    assert found == Merged(f"{text}# generated\n\n\nz = 2\n", conflicts=False)


def test_lines_that_go_together_but_are_no_python_become_a_conflict() -> None:
    base = 'x = 1; y = 1\nz = """a\nb\nc\nd\ne"""\n'
    new, yours = base.replace('"""', "'''"), base.replace("c\n", "c '''\n")
    assert not merge_texts(base, new, yours).conflicts
    found = merge_file(FILE, base, new, yours)
    assert found.conflicts
    assert new in found.text
    assert yours in found.text


LAST_COLUMN = "    source: Mapped[str | None] = mapped_column(String(50))\n"
EDITS = {
    MODEL: (
        (LAST_COLUMN, "    {0}: Mapped[str]\n"),
        ('        Index(conv("idx_etf_price_update_task_date"), "date"),\n', '        Index("{0}"),\n'),
        (LAST_COLUMN, "\n    def {0}(self) -> None:\n        return\n"),
        ("import datetime as dt\n", "import {0}\n"),
        ("    Date,\n", "    {0},\n"),
        ("", "\n\nclass {0}:\n    x = 1\n"),
    ),
    TASK: (
        ("    time_limit=360,\n", "    {0}=1,\n"),
        ("from app.worker import celery_app\n", "\n{0} = 1\n"),
        ("", "\n\ndef {0}() -> None:\n    return\n"),
        ("import TaskRun, tracked_task\n", "from {0} import x\n"),
    ),
}
NUMBERS = st.lists(st.integers(0, 5), max_size=4, unique=True)


def edited(source: str, numbers: list[int], who: str) -> tuple[str, list[str]]:
    """A generated file with some things added, and their names."""
    text, names = source, []
    for number in numbers:
        if number < len(EDITS[source]):
            place, addition = EDITS[source][number]
            names.append(f"{who}_{number}")
            added = addition.format(names[-1])
            text = text.replace(place, place + added, 1) if place else text + added
    assert text.count(f"{who}_") >= len(names)
    return text, names


@settings(max_examples=80, deadline=None)
@given(source=st.sampled_from(list(EDITS)), ours=NUMBERS, theirs=NUMBERS)
def test_additions_of_both_sides_are_all_there(source: str, ours: list[int], theirs: list[int]) -> None:
    (new, generated), (yours, own) = edited(source, ours, "generated"), edited(source, theirs, "mine")
    text = merged(source, new, yours)
    ast.parse(text)
    assert all(name in text for name in [*generated, *own])
    assert sorted(merged(source, yours, new).split()) == sorted(text.split())


@settings(max_examples=40, deadline=None)
@given(source=st.sampled_from(list(EDITS)), numbers=NUMBERS)
def test_a_side_that_changed_nothing_gives_the_other_one_back(source: str, numbers: list[int]) -> None:
    other, _ = edited(source, numbers, "other")
    assert merged(source, other, source) == other
    assert merged(source, source, other) == other
    assert merged(source, other, other) == other
    assert merge_file(FILE, source, other, source).text == other


@pytest.mark.parametrize(
    "file", sorted(GOLDEN.parent.rglob("*.py")), ids=lambda file: str(file.relative_to(GOLDEN.parent))
)
def test_every_generated_file_can_be_merged_by_members(file: Path) -> None:
    text = file.read_text()
    assert merged(text, f"{text}\nmine = 1\n", f"{text}\nalso = 1\n").count(" = 1\n") >= 2


def test_comments_of_both_sides_inside_one_argument_are_a_conflict_and_not_lost() -> None:
    base = "a = f(\n    g(\n        1,\n    ),\n)\n"
    new, yours = (base.replace("        1", f"        # {who}\n        1") for who in ("generated", "mine"))
    found = merge_file(FILE, base, new, yours)
    assert found.conflicts
    assert "# generated" in found.text
    assert "# mine" in found.text
    assert merge_file(FILE, base, new, base).text == new
    assert merge_file(FILE, base, base, yours).text == yours
