"""Which files explain one file: those that its imports reach in the project, packages above them included."""

from pathlib import Path

from source_trees import write_tree

from trackwright_gen.source.files import DEFAULT_EXCLUDE, select_files
from trackwright_gen.source.imported_files import select_with_imports

TREE = {
    "pyproject.toml": "[project]\nname = 'shop'\n",
    "shop/__init__.py": "from shop.base import Base\n",
    "shop/base.py": "Base = object\n",
    "shop/broken.py": "import shop.unseen\ndef (\n",
    "shop/unseen.py": "",
    "shop/tasks/__init__.py": "",
    "shop/tasks/prices.py": "from . import rounding\nfrom .. import broken\nimport requests, shop.models\n",
    "shop/tasks/rounding.py": "",
    "shop/models.py": "def read():\n    from shop.late import Late\n",
    "shop/late.py": "",
    "shop/other.py": "",
}


def test_imports_are_followed_through_packages_and_past_broken_files(tmp_path: Path) -> None:
    write_tree(tmp_path, TREE)
    path = tmp_path / "shop/tasks/prices.py"
    found = select_with_imports(path, path.read_bytes())
    assert found.reported == (path,)
    assert {each.relative_to(tmp_path).as_posix() for each in found.known} == {
        "shop/__init__.py",
        "shop/base.py",
        "shop/broken.py",
        "shop/late.py",
        "shop/models.py",
        "shop/tasks/__init__.py",
        "shop/tasks/prices.py",
        "shop/tasks/rounding.py",
    }


def test_a_project_inside_of_a_folder_that_is_read_too_is_read_once(tmp_path: Path) -> None:
    write_tree(tmp_path, {"inner/pyproject.toml": "", "inner/app.py": "", "other.py": ""})
    both = select_files([tmp_path, tmp_path / "inner"], DEFAULT_EXCLUDE)
    assert both.roots == (tmp_path,)
    assert set(both.reported) == {tmp_path / "inner/app.py", tmp_path / "other.py"}
