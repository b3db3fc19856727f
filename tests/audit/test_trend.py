"""The trend over a repository's own history, held to a plain read of every commit's files."""

import datetime as dt
import os
from pathlib import Path

import pytest
from git_repositories import GitRepository

from trackwright_gen.audit.counting import Figures, legacy_rules, measure
from trackwright_gen.audit.trend import Point, Scope, trend
from trackwright_gen.git.history import Commit, head_of, main_line
from trackwright_gen.git.repository import Repository, find_repository
from trackwright_gen.source.files import DEFAULT_EXCLUDE, Excludes, select_files
from trackwright_gen.source.project import ReadOptions, read_project

OPTIONS = ReadOptions(legacy_models=("TaskStatus",), tracking_markers=(), today=dt.date(2030, 1, 1))
EVERYTHING = Scope(Path(), Excludes.of(DEFAULT_EXCLUDE))
TASK = "from celery import shared_task\n\n@shared_task\ndef {name}(): ...\n"
TRACKED = (
    "from app import app, Row, S\nfrom trackwright.jobs import tracked_task\n\n"
    "@tracked_task(app, Row, session_factory=S)\ndef {name}(run): ...\n"
)
LEGACY = "from models import TaskStatus\n\ndef start(db):\n    db.add(TaskStatus(status='new'))\n"
MODEL = "from base import Base\n\nclass TaskStatus(Base):\n    __tablename__ = 'task_status'\n"
WRAPPER = "from celery import shared_task\n\ndef job(f):\n    return shared_task(f)\n"
WRAPPED = "from wrapper import job\n\n@job\ndef wrapped(): ...\n"


def task(name: str) -> str:
    return TASK.format(name=name)


@pytest.fixture
def repository(tmp_path: Path) -> GitRepository:
    return GitRepository(tmp_path / "shop")


def opened(folder: Path) -> Repository:
    found = find_repository(folder)
    assert isinstance(found, Repository)
    return found


def points(folder: Path, scope: Scope = EVERYTHING, **limits: int) -> list[Point]:
    here = opened(folder)
    return list(trend(here, main_line(here, most=limits.get("most")), scope, OPTIONS, known={}))


def counts(found: list[Point]) -> list[tuple[int, int, int, int]]:
    """Tracked, exempt, untracked, legacy of each point."""
    return [
        (each.figures.tracked, each.figures.exempt, each.figures.untracked, each.figures.legacy)
        for each in found
    ]


def by_checkout(repository: GitRepository, commits: tuple[Commit, ...], folder: Path) -> list[Figures]:
    """The slow way: every commit's files on the disk, read as any tree is."""
    found = []
    for number, commit in enumerate(commits):
        place = folder / str(number)
        repository.git("worktree", "add", "--quiet", "--detach", str(place), commit.id)
        project = read_project(select_files([place], DEFAULT_EXCLUDE), OPTIONS)
        found.append(measure(project, legacy_rules(), commit.when.date()).figures)
    return found


def test_every_point_is_what_a_checkout_of_its_commit_shows(
    repository: GitRepository, tmp_path: Path
) -> None:
    repository.commit({"a.py": task("a"), "models.py": MODEL, "plain.py": "x = 1\n"})
    repository.commit({"use.py": LEGACY, "plain.py": "x = 2\n"})
    repository.commit({"wrapper.py": WRAPPER, "w.py": WRAPPED})
    repository.commit({"plain.py": "x = 3\n"})
    repository.commit({"wrapper.py": WRAPPER.replace("shared_task(f)", "f")})
    repository.commit({"wrapper.py": WRAPPER, "a.py": None, "moved/b.py": task("a")})
    repository.git("checkout", "--quiet", "-b", "side", "HEAD~3")
    repository.commit({"side.py": task("one") + task("two")})
    repository.git("checkout", "--quiet", "main")
    repository.git("merge", "--quiet", "--no-ff", "-m", ".", "side")
    repository.commit({"moved/b.py": TRACKED.format(name="a"), "use.py": None})
    repository.commit({"plain.py": task("late")})
    repository.commit({"broken.py": task("c") + "def (:\n"})
    commits = main_line(opened(repository.folder))
    found = points(repository.folder)
    assert [each.figures for each in found] == by_checkout(repository, commits, tmp_path / "out")
    assert counts(found) == [
        (0, 0, 1, 1),
        (0, 0, 1, 3),
        (0, 0, 2, 3),
        (0, 0, 2, 3),
        (0, 0, 1, 3),
        (0, 0, 2, 3),
        (0, 0, 4, 3),
        (1, 0, 3, 1),
        (1, 0, 4, 1),
        (1, 0, 4, 1),
    ]
    assert [each.figures.unreadable for each in found] == [0] * 9 + [1]
    assert found[0].when == dt.datetime(2025, 1, 2, 12, tzinfo=dt.UTC)


def test_an_exemption_ends_at_its_day_in_history_too(repository: GitRepository) -> None:
    excused = '# trackwright: temporary[TW101] ticket="A-1" until=2025-01-03 reason="later"\n'
    repository.commit({"a.py": task("a").replace("@", f"{excused}@"), "plain.py": "x = 1\n"})
    repository.commit({"plain.py": "x = 2\n"})
    repository.commit({"plain.py": "x = 3\n"})
    assert counts(points(repository.folder)) == [(0, 1, 0, 0), (0, 1, 0, 0), (0, 0, 1, 0)]


def test_known_commits_are_not_counted_again(repository: GitRepository) -> None:
    for number in range(4):
        repository.commit({f"t{number}.py": task(f"t{number}")})
    here = opened(repository.folder)
    commits = main_line(here)
    invented = Figures(tracked=90, exempt=0, untracked=9, legacy=0)
    counted: list[int] = []
    known = {commits[0].id: invented, commits[2].id: invented}
    found = list(trend(here, commits, EVERYTHING, OPTIONS, known=known, report=counted.append))
    assert counts(found) == [(90, 0, 9, 0), (0, 0, 2, 0), (90, 0, 9, 0), (0, 0, 4, 0)]
    assert sum(counted) == 3  # from the first that was not known
    everything = {each.id: invented for each in commits}
    assert counts(list(trend(here, commits, EVERYTHING, OPTIONS, known=everything))) == [(90, 0, 9, 0)] * 4


def test_a_bare_clone_has_the_same_history(repository: GitRepository, tmp_path: Path) -> None:
    repository.commit({"a.py": task("a")})
    repository.commit({"b.py": task("b")})
    repository.git("clone", "--quiet", "--bare", str(repository.folder), str(tmp_path / "bare.git"))
    assert counts(points(tmp_path / "bare.git")) == [(0, 0, 1, 0), (0, 0, 2, 0)]


def test_a_shallow_clone_has_what_it_has(repository: GitRepository, tmp_path: Path) -> None:
    for number in range(4):
        repository.commit({f"t{number}.py": task(f"t{number}")})
    repository.git("clone", "--quiet", "--depth=2", f"file://{repository.folder}", str(tmp_path / "shallow"))
    assert counts(points(tmp_path / "shallow")) == [(0, 0, 3, 0), (0, 0, 4, 0)]


def test_contents_that_a_partial_clone_lacks_are_counted_as_unreadable(
    repository: GitRepository, tmp_path: Path
) -> None:
    repository.commit({"a.py": task("a")})
    repository.commit({"a.py": task("a") + task("b")})
    repository.git("config", "uploadpack.allowFilter", "true")
    url, place = f"file://{repository.folder}", tmp_path / "partial"
    repository.git("clone", "--quiet", "--filter=blob:none", url, str(place))
    repository.folder.rename(tmp_path / "gone")  # nothing can be fetched any more
    found = points(place)
    assert counts(found) == [(0, 0, 0, 0), (0, 0, 2, 0)]
    assert [each.figures.unreadable for each in found] == [1, 0]


def test_submodules_and_links_hold_nothing_of_ours(repository: GitRepository, tmp_path: Path) -> None:
    other = GitRepository(tmp_path / "other")
    other.commit({"t.py": task("t")})
    repository.commit({"a.py": task("a")})
    repository.git(
        "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(other.folder), "vendor.py"
    )
    (repository.folder / "link.py").symlink_to("a.py")
    repository.commit({})
    assert counts(points(repository.folder)) == [(0, 0, 1, 0), (0, 0, 1, 0)]


def test_paths_of_odd_bytes(repository: GitRepository) -> None:
    name = os.fsdecode(b'x\xff\n\t:\x01"y.py')
    repository.commit({name: task("a")})
    repository.commit({name: task("a") + task("b"), "c.py": task("c")})
    repository.commit({name: None})
    assert counts(points(repository.folder)) == [(0, 0, 1, 0), (0, 0, 3, 0), (0, 0, 1, 0)]


def test_a_folder_is_reported_on_and_the_rest_is_known(repository: GitRepository) -> None:
    repository.commit({"lib/wrapper.py": WRAPPER, "svc/w.py": WRAPPED.replace("wrapper", "lib.wrapper")})
    repository.commit({"lib/t.py": task("t"), ".venv/x.py": task("x")})
    assert counts(points(repository.folder)) == [(0, 0, 1, 0), (0, 0, 2, 0)]
    only = Scope(Path("svc"), EVERYTHING.excludes)
    assert counts(points(repository.folder, only)) == [(0, 0, 1, 0), (0, 0, 1, 0)]


def test_the_last_commits_and_those_since_a_day(repository: GitRepository) -> None:
    for number in range(5):
        repository.commit({f"t{number}.py": task(f"t{number}")})
    assert counts(points(repository.folder, most=2)) == [(0, 0, 4, 0), (0, 0, 5, 0)]
    since = main_line(opened(repository.folder), since=dt.date(2025, 1, 5))
    assert [each.when.day for each in since] == [5, 6]


def test_a_repository_without_commits_has_no_head(repository: GitRepository) -> None:
    assert head_of(opened(repository.folder)) is None
