"""All changes or none, on a real file system."""

import os
from pathlib import Path

import pytest

from trackwright_gen.errors import ToolError
from trackwright_gen.write.change import Change, text_change
from trackwright_gen.write.transaction import apply_changes


def tree(folder: Path) -> dict[str, str]:
    """Every file below a folder with its text; folders end in a slash."""
    return {
        f"{path.relative_to(folder)}{'/' if path.is_dir() else ''}": "" if path.is_dir() else path.read_text()
        for path in folder.rglob("*")
    }


def test_creates_updates_and_deletes(tmp_path: Path) -> None:
    (tmp_path / "old.py").write_text("old")
    (tmp_path / "gone").mkdir()
    (tmp_path / "gone" / "gone.py").write_text("gone")
    apply_changes(
        [
            text_change(tmp_path / "a" / "b" / "new.py", None, "new"),
            text_change(tmp_path / "old.py", "old", "newer"),
            text_change(tmp_path / "gone" / "gone.py", "gone", None),
        ]
    )
    assert tree(tmp_path) == {"a/": "", "a/b/": "", "a/b/new.py": "new", "old.py": "newer"}


def test_a_rename_that_fails_takes_back_what_was_done(tmp_path: Path) -> None:
    (tmp_path / "old.py").write_text("old")
    (tmp_path / "gone.py").write_text("gone")
    before = tree(tmp_path)
    with pytest.raises(ToolError) as caught:
        apply_changes(
            [
                text_change(tmp_path / "old.py", "old", "newer"),
                text_change(tmp_path / "gone.py", "gone", None),
                text_change(tmp_path / "new" / "file.py", None, "new"),
                # `a` becomes a folder for `a/b`, so the file `a` cannot take its place.
                text_change(tmp_path / "a", None, "file"),
                text_change(tmp_path / "a" / "b", None, "file"),
            ]
        )
    assert caught.value.hint == "nothing was changed"
    assert tree(tmp_path) == before


def test_a_folder_that_cannot_be_made_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("a file, no folder")
    before = tree(tmp_path)
    with pytest.raises(ToolError, match="cannot be"):
        apply_changes(
            [
                text_change(tmp_path / "first.py", None, "first"),
                text_change(tmp_path / "file" / "second.py", None, "second"),
            ]
        )
    assert tree(tmp_path) == before


def test_a_file_that_changed_meanwhile_stops_everything(tmp_path: Path) -> None:
    (tmp_path / "file.py").write_text("somebody else's")
    with pytest.raises(ToolError, match="changed while the plan was made"):
        apply_changes(
            [
                text_change(tmp_path / "first.py", None, "first"),
                text_change(tmp_path / "file.py", "planned with", "new"),
            ]
        )
    assert tree(tmp_path) == {"file.py": "somebody else's"}


def test_permissions_and_links_stay(tmp_path: Path) -> None:
    real = tmp_path / "real.py"
    real.write_text("old")
    real.chmod(0o755)
    link = tmp_path / "link.py"
    link.symlink_to(real)
    apply_changes([text_change(link, "old", "new")])
    assert link.is_symlink()
    assert real.read_text() == "new"
    assert real.stat().st_mode & 0o777 == 0o755


def test_a_new_file_has_the_usual_permissions(tmp_path: Path) -> None:
    mask = os.umask(0o027)
    try:
        apply_changes([text_change(tmp_path / "new.py", None, "new")])
    finally:
        os.umask(mask)
    assert (tmp_path / "new.py").stat().st_mode & 0o777 == 0o640


def test_bytes_are_written_as_they_are(tmp_path: Path) -> None:
    apply_changes([Change(tmp_path / "x", None, b"\xef\xbb\xbfa\r\n")])
    assert (tmp_path / "x").read_bytes() == b"\xef\xbb\xbfa\r\n"
