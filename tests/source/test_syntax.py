"""Broken files are found by several processes as by one, and deep nesting breaks nothing."""

from pathlib import Path

import pytest
from source_trees import read_tree

from trackwright_gen.source.parsing import check
from trackwright_gen.source.syntax import affordable, syntax_problems

FILES = [
    (Path(f"{name}.py"), source)
    for name, source in [("a", b"x = 1"), ("b", b"def ("), ("c", b"y = "), ("d", b"")]
]


@pytest.mark.parametrize("jobs", [1, 2, 0])
@pytest.mark.parametrize("worth", [1, 1_000_000])
def test_finds_what_is_broken(worth: int, jobs: int) -> None:
    found = syntax_problems(FILES, jobs=jobs, worth=worth)
    assert [each.location.path.name for each in found] == ["b.py", "c.py"]


@pytest.mark.parametrize(("most", "all_of_them"), [(14, True), (13, False)])
def test_a_tree_too_large_is_not_asked(most: int, all_of_them: bool) -> None:
    assert sum(len(data) for _, data in FILES) == 14
    assert (affordable(FILES, most) is not None) is all_of_them


@pytest.mark.parametrize(
    "source",
    [
        b"type Name = str\n",
        b"class C[T]: ...\n",
        b"x = f'{x['a']}'\n",
        b"def f[\n    A,\n](a: A): ...\n",
    ],
)
def test_newer_syntax_is_not_broken(source: bytes) -> None:
    assert check(Path("a.py"), source) is None


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"def (", "invalid-syntax"),
        (b"x = 1\0", "invalid-syntax"),
        (b"# caf\xe9", "unreadable-file"),
        (b"# coding: nonsense\n", "unreadable-file"),
    ],
)
def test_says_what_is_wrong(data: bytes, kind: str) -> None:
    problem = check(Path("a.py"), data)
    assert problem is not None
    assert problem.kind == kind


def test_rows_stay_right_under_newer_syntax(tmp_path: Path) -> None:
    source = """
        from celery import shared_task
        type Name = dict[
            str, int
        ]
        def of[
            T,
        ](x: T) -> T:
            return f"{
                x
            }"
        try:
            pass
        except ValueError:
            pass
        @shared_task
        def add(): ...
    """
    (job,) = read_tree(tmp_path, {"t.py": source}).jobs
    assert job.location.row == 16


def test_deep_expressions_are_read(tmp_path: Path) -> None:
    chain = "q" + "".join(f".filter({number})" for number in range(150))
    text = " + ".join("'x'" for _ in range(900))
    source = (
        f"from celery import shared_task\n@shared_task\ndef add(q):\n    q = {chain}\n    return {text}\n"
    )
    (job,) = read_tree(tmp_path, {"t.py": source}).jobs
    assert job.name == "t.add"


def test_names_that_are_made_of_themselves_end(tmp_path: Path) -> None:
    source = """
        import functools
        from celery import shared_task
        job = functools.partial(job, queue="a")
        other = functools.partial(third)
        third = functools.partial(other)
        class A(A): ...
        class B(C): ...
        class C(B): ...
        def f(): return f()()
        @f
        @job
        @third
        @A.task
        @shared_task
        def add(): ...
    """
    assert [job.name for job in read_tree(tmp_path, {"t.py": source}).jobs] == ["t.add"]
