"""Age and author of rows, from repositories as people have them."""

import datetime as dt
import os
from pathlib import Path

import pytest
from git_repositories import START, GitRepository

from trackwright_gen.errors import ToolError
from trackwright_gen.git.blame import Author, blame
from trackwright_gen.git.repository import NoRepository, Repository, find_repository

ADA, BO = Author("Ada", "ada@example.com"), Author("Bo", "bo@example.com")
BO_SIGNS = "Bo <bo@example.com>"
BODY = """
    @shared_task(name="shop.prices.update", bind=True)
    def update_price(self, product_number, price_in_cents):
        return product_number, price_in_cents
    """


def day(number: int) -> dt.datetime:
    return START + dt.timedelta(days=number)


def opened(folder: Path) -> Repository:
    found = find_repository(folder)
    assert isinstance(found, Repository)
    return found


@pytest.fixture
def repository(tmp_path: Path) -> GitRepository:
    return GitRepository(tmp_path / "shop")


def test_rows_have_their_authors_and_days(repository: GitRepository) -> None:
    repository.commit({"a.py": "one = 1\ntwo = 2\n"})
    repository.commit({"a.py": "one = 1\ntwo = 22\nthree = 3\n"}, author=BO_SIGNS)
    found = blame(opened(repository.folder), repository.folder / "a.py")
    assert [each and (each.author, each.when) for each in found.rows] == [
        (ADA, day(1)),
        (BO, day(2)),
        (BO, day(2)),
    ]
    oldest = found.oldest(1, 3)
    assert oldest is not None
    assert (oldest.when, oldest.is_cut) == (day(1), False)
    assert found.main_author(1, 3) == BO
    assert found.main_author(1, 2) == BO  # as many rows: the more recent one


def test_a_rename_an_indentation_and_a_move_to_another_file_keep_the_author(
    repository: GitRepository,
) -> None:
    repository.commit({"a.py": BODY})
    repository.commit({"a.py": None, "b.py": BODY}, author=BO_SIGNS)
    indented = "if True:\n" + "".join(f"    {line}\n" for line in BODY.strip().splitlines())
    repository.commit({"b.py": indented}, author=BO_SIGNS)
    repository.commit({"b.py": "import c\n", "c.py": f"import d\n{indented}"}, author=BO_SIGNS)
    found = blame(opened(repository.folder), repository.folder / "c.py")
    assert found.main_author(3, 5) == ADA


def test_commits_that_only_reformat_can_be_named(repository: GitRepository) -> None:
    repository.commit({"a.py": "x = 'text'\n"})
    reformatted = repository.commit({"a.py": 'x = "text"\n'}, author=BO_SIGNS)
    repository.commit({".git-blame-ignore-revs": f"{reformatted}\n"})
    assert blame(opened(repository.folder), repository.folder / "a.py").main_author(1, 1) == ADA


def test_people_are_who_the_mailmap_says(repository: GitRepository) -> None:
    repository.commit({"a.py": "x = 1\n"}, author="bob <bob@old.example.com>")
    repository.commit({".mailmap": "Bo <bo@example.com> <bob@old.example.com>\n"})
    assert blame(opened(repository.folder), repository.folder / "a.py").main_author(1, 1) == BO


def test_rows_that_are_not_committed_have_no_origin(repository: GitRepository) -> None:
    repository.commit({"a.py": "x = 1\n"})
    repository.write({"a.py": "x = 1\ny = 2\n", "new.py": "z = 3\n"})
    here = opened(repository.folder)
    rows = blame(here, repository.folder / "a.py").rows
    assert [each is None for each in rows] == [False, True]
    assert blame(here, repository.folder / "new.py").rows == ()
    assert blame(here, repository.folder / "new.py").oldest(1, 1) is None
    assert blame(here, repository.folder / "new.py").main_author(1, 1) is None


def test_a_bare_repository_is_asked_at_its_head(repository: GitRepository, tmp_path: Path) -> None:
    repository.commit({"a.py": "x = 1\n"})
    repository.git("clone", "--quiet", "--bare", str(repository.folder), str(tmp_path / "bare.git"))
    here = opened(tmp_path / "bare.git")
    assert here.worktree is None
    assert blame(here, Path("a.py")).main_author(1, 1) == ADA


def test_a_shallow_clone_says_that_rows_may_be_older(repository: GitRepository, tmp_path: Path) -> None:
    repository.commit({"a.py": "x = 1\n"})
    repository.commit({"a.py": "x = 1\ny = 2\n"})
    repository.commit({"a.py": "x = 1\ny = 2\nz = 3\n"})
    url = f"file://{repository.folder}"
    repository.git("clone", "--quiet", "--depth=2", url, str(tmp_path / "shallow"))
    here = opened(tmp_path / "shallow")
    assert here.is_shallow
    rows = blame(here, tmp_path / "shallow" / "a.py").rows
    assert [each and each.is_cut for each in rows] == [True, True, False]


def test_a_path_of_bytes_that_are_no_text(repository: GitRepository) -> None:
    name = os.fsdecode(b'caf\xe9 "x" \xe2\x82.py')
    repository.commit({name: "x = 1\n"})
    assert blame(opened(repository.folder), repository.folder / name).main_author(1, 1) == ADA


def test_a_hook_of_another_repository_does_not_lead_astray(
    repository: GitRepository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository.commit({"a.py": "x = 1\n"})
    other = GitRepository(tmp_path / "other")
    monkeypatch.setenv("GIT_DIR", str(other.folder / ".git"))
    assert opened(repository.folder).worktree == repository.folder


def test_no_repository_and_no_git_are_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert find_repository(tmp_path) == NoRepository(f"{tmp_path} is not in a git repository")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_repository(tmp_path) == NoRepository("git is not installed")


def test_a_partial_clone_fetches_nothing(repository: GitRepository, tmp_path: Path) -> None:
    repository.commit({"a.py": "x = 1\n"})
    repository.commit({"a.py": "x = 1\ny = 1\n"})
    repository.git("config", "uploadpack.allowFilter", "true")
    url, place = f"file://{repository.folder}", tmp_path / "partial"
    repository.git("clone", "--quiet", "--filter=blob:none", url, str(place))
    here = opened(place)
    assert here.is_partial()
    assert not opened(repository.folder).is_partial()
    assert blame(here, place / "a.py").rows == ()  # the first commit's content is not here


def test_a_command_that_fails_is_said_in_gits_own_words(repository: GitRepository) -> None:
    repository.commit({"a.py": "x = 1\n"})
    with pytest.raises(ToolError, match=r"`git cat-file` failed: fatal: .*nothing") as caught:
        opened(repository.folder).read("cat-file", "-p", "HEAD:nothing")
    assert caught.value.hint == f"try it in {repository.folder}"


def test_a_broken_repository_says_what_git_says(tmp_path: Path) -> None:
    (tmp_path / ".git").write_text("no place\n")
    found = find_repository(tmp_path)
    assert isinstance(found, NoRepository)
    assert "invalid gitfile format" in found.reason
