"""Apply changes all or none: everything is written beside its place first, then renamed, and taken back on failure."""

import os
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from trackwright_gen.errors import ToolError
from trackwright_gen.location import Location
from trackwright_gen.write.change import Change

_ASK_UMASK = 0o666


def apply_changes(changes: Iterable[Change]) -> None:
    """Make all changes.

    Raises:
        ToolError: a file changed since the plan was made, or something cannot be written; all is as before then.
    """
    wanted = [change for change in changes if change.before != change.after]
    for change in wanted:
        _hold_to_plan(change)
    transaction = _Transaction()
    try:
        transaction.prepare(wanted)
        transaction.commit(wanted)
    except OSError as error:
        transaction.take_back()
        place = Path(error.filename) if error.filename else wanted[0].path
        raise ToolError(
            f"cannot be written: {error.strerror or error}", at=Location(place), hint="nothing was changed"
        ) from error
    except BaseException:
        transaction.take_back()
        raise
    finally:
        transaction.tidy()


def _hold_to_plan(change: Change) -> None:
    try:
        found = change.path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        found = None
    except OSError as error:
        raise ToolError(f"cannot be read: {error.strerror or error}", at=Location(change.path)) from error
    if found != change.before:
        raise ToolError("changed while the plan was made", at=Location(change.path), hint="run it again")


class _Transaction:
    """What was done so far, so that it can be undone."""

    def __init__(self) -> None:
        self._folders: list[Path] = []
        self._prepared: dict[Path, Path] = {}
        self._done: list[Change] = []

    def prepare(self, changes: Sequence[Change]) -> None:
        """Write every new text beside its place: a full disk or a closed folder shows here, before any rename."""
        for change in changes:
            if change.after is not None:
                self._make_folders(change.path.parent)
                try:
                    self._prepared[change.path] = _written_beside(change.path, change.after)
                except OSError as error:  # it names the temporary file, which means nothing to the user
                    raise OSError(error.errno, error.strerror, str(change.path)) from error

    def commit(self, changes: Sequence[Change]) -> None:
        """Put every file into its place."""
        for change in changes:
            if change.after is None:
                change.path.unlink()
            else:
                self._prepared[change.path].replace(change.path.resolve())
                del self._prepared[change.path]
            self._done.append(change)
        for change in changes:
            if change.after is None:
                _remove_empty(change.path.parent)

    def take_back(self) -> None:
        """Restore what was there."""
        for change in reversed(self._done):
            if change.before is None:
                change.path.unlink(missing_ok=True)
            else:
                change.path.parent.mkdir(parents=True, exist_ok=True)
                change.path.write_bytes(change.before)
        self.tidy()
        for folder in reversed(self._folders):
            folder.rmdir()
        self._folders.clear()

    def tidy(self) -> None:
        """Remove what was written beside and not used."""
        for temporary in self._prepared.values():
            temporary.unlink(missing_ok=True)
        self._prepared.clear()

    def _make_folders(self, folder: Path) -> None:
        if folder.is_dir():
            return
        missing = [each for each in (folder, *folder.parents) if not each.exists()]
        for each in reversed(missing):
            each.mkdir()
            self._folders.append(each)


def _written_beside(path: Path, content: bytes) -> Path:
    """A temporary file on the same file system, with the permissions that the file has or would get."""
    real = path.resolve()
    handle, name = tempfile.mkstemp(dir=real.parent, prefix=f".{real.name}.")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        temporary.chmod(real.stat().st_mode if real.exists() else _ASK_UMASK & ~_umask())
    except OSError:
        temporary.unlink()
        raise
    return temporary


def _umask() -> int:
    # There is no way to read it without setting it.
    current = os.umask(0o022)
    os.umask(current)
    return current


def _remove_empty(folder: Path) -> None:
    """Remove folders that a deleted file leaves empty."""
    while folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()
        folder = folder.parent
