"""Which files are linted: git's view, ruff-like excludes, and what is named explicitly."""

import subprocess
from pathlib import Path

import pytest
from source_trees import write_tree

from trackwright_gen.errors import ToolError
from trackwright_gen.source.files import DEFAULT_EXCLUDE, select_files

TREE = {
    "app/a.py": "",
    "app/build/b.py": "",
    "build/c.py": "",
    "node_modules/d.py": "",
    "generated/e.py": "",
    "env/pyvenv.cfg": "",
    "env/lib/f.py": "",
    "notes.txt": "",
}


def reported(root: Path, *paths: Path, exclude: tuple[str, ...] = DEFAULT_EXCLUDE) -> list[str]:
    """The files that are linted, relative to the root."""
    found = select_files(paths or (root,), exclude).reported
    return sorted(path.relative_to(root).as_posix() for path in found)


def test_walks_where_there_is_no_git(tmp_path: Path) -> None:
    write_tree(tmp_path, TREE)
    assert reported(tmp_path) == ["app/a.py", "app/build/b.py", "generated/e.py"]


def test_honours_gitignore(tmp_path: Path) -> None:
    write_tree(tmp_path, {**TREE, ".gitignore": "generated/\nenv/\n"})
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    assert reported(tmp_path) == ["app/a.py", "app/build/b.py"]


def test_a_folder_that_git_ignores_counts_when_named(tmp_path: Path) -> None:
    write_tree(tmp_path, {**TREE, ".gitignore": "generated/\n"})
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    assert reported(tmp_path, tmp_path / "generated") == ["generated/e.py"]


def test_a_named_file_counts_though_excluded(tmp_path: Path) -> None:
    write_tree(tmp_path, TREE)
    assert reported(tmp_path, tmp_path / "build" / "c.py") == ["build/c.py"]


@pytest.mark.parametrize(
    ("pattern", "left"),
    [
        ("generated", ["app/a.py", "app/build/b.py"]),
        ("app/build", ["app/a.py", "generated/e.py"]),
        ("app/a*", ["app/build/b.py", "generated/e.py"]),
        ("*.py", []),
    ],
)
def test_excludes_by_name_and_by_path(pattern: str, left: list[str], tmp_path: Path) -> None:
    write_tree(tmp_path, TREE)
    assert reported(tmp_path, exclude=(*DEFAULT_EXCLUDE, pattern)) == left


def test_the_project_around_a_path_is_known(tmp_path: Path) -> None:
    write_tree(tmp_path, {**TREE, "pyproject.toml": ""})
    selection = select_files((tmp_path / "app" / "a.py",), DEFAULT_EXCLUDE)
    assert selection.reported == (tmp_path / "app" / "a.py",)
    assert tmp_path / "generated" / "e.py" in selection.known


def test_a_missing_path_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ToolError, match="no such file or folder"):
        select_files((tmp_path / "gone",), DEFAULT_EXCLUDE)


def test_nested_and_negated_gitignore_files_count(tmp_path: Path) -> None:
    write_tree(
        tmp_path,
        {
            ".gitignore": "*_pb2.py\n/scratch/\n!kept_pb2.py\n",
            "a/x_pb2.py": "",
            "a/kept_pb2.py": "",
            "scratch/y.py": "",
            "b/scratch/z.py": "",
            "b/.gitignore": "local_*.py\n!local_shared.py\n",
            "b/local_one.py": "",
            "b/local_shared.py": "",
            "c/local_two.py": "",
        },
    )
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    assert reported(tmp_path) == ["a/kept_pb2.py", "b/local_shared.py", "b/scratch/z.py", "c/local_two.py"]
