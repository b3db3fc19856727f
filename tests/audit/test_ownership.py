"""Who is asked about a row, and how old it is."""

import datetime as dt
from pathlib import Path

import pytest
from git_repositories import GitRepository

from trackwright_gen.audit.ownership import NOBODY, Owner, Ownership, Provenance, ownership_of_folder
from trackwright_gen.git.repository import find_repository

BO = "Bo <bo@example.com>"
FIRST = dt.date(2025, 1, 2)


@pytest.fixture
def repository(tmp_path: Path) -> GitRepository:
    return GitRepository(tmp_path / "shop")


def ownership(folder: Path) -> Ownership:
    return ownership_of_folder(folder, find_repository(folder))


def test_codeowners_are_asked_before_authors(repository: GitRepository) -> None:
    repository.commit(
        {".github/CODEOWNERS": "/pay/ @acme/pay @olga\n", "pay/a.py": "x = 1\n", "b.py": "x = 1\n"}
    )
    found = ownership(repository.folder)
    assert found.of(repository.folder / "pay" / "a.py", 1, 1).owner == Owner("@acme/pay @olga", "codeowners")
    assert found.of(repository.folder / "b.py", 1, 1).owner == Owner("Ada", "blame")


def test_the_head_tells_the_age_and_the_body_the_author(repository: GitRepository) -> None:
    repository.commit({"a.py": "def f():\n    return 1\n"})
    repository.commit({"a.py": "def f():\n    one = 1\n    two = 2\n    return one + two\n"}, author=BO)
    found = ownership(repository.folder).of(repository.folder / "a.py", 1, 1, body=(1, 4))
    assert found == Provenance(Owner("Bo", "blame"), FIRST)
    assert found.days(dt.date(2025, 2, 2)) == 31


def test_what_is_not_committed_has_no_age(repository: GitRepository) -> None:
    repository.commit({"a.py": "x = 1\n"})
    repository.write({"new.py": "x = 1\n"})
    found = ownership(repository.folder).of(repository.folder / "new.py", 1, 1)
    assert found == Provenance(Owner(NOBODY, "nobody"), None)
    assert found.days(FIRST) is None


def test_without_git_there_are_owners_and_no_ages(tmp_path: Path) -> None:
    (tmp_path / "CODEOWNERS").write_text("*.py @acme/core\n")
    (tmp_path / "a.py").write_text("x = 1\n")
    found = ownership(tmp_path).of(tmp_path / "a.py", 1, 1)
    assert found == Provenance(Owner("@acme/core", "codeowners"), None)
