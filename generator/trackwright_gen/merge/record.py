"""What `.trackwright/<domain>` remembers of a domain: the files as generated last, and the table's snapshot."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from trackwright_gen.errors import ToolError
from trackwright_gen.location import Location

FOLDER = ".trackwright"
SUFFIX = ".txt"
"""After the file's own name: no linter, type checker or test runner shall take the copies for code."""
SNAPSHOT = "schema.json"


@dataclass(frozen=True, slots=True)
class Record:
    """The record of one domain."""

    folder: Path
    base: Mapping[str, str]
    """Path relative to the project -> text generated last."""

    @property
    def snapshot(self) -> Path:
        """Where the table's snapshot lies."""
        return self.folder / SNAPSHOT

    def base_file(self, path: str) -> Path:
        """Where the text of a generated file is kept."""
        return self.folder / "base" / f"{path}{SUFFIX}"


def read_record(root: Path, domain: str) -> Record:
    """Read what is remembered of a domain; empty when it was never generated.

    Raises:
        ToolError: a file of it cannot be read.
    """
    folder = root / FOLDER / domain
    texts: dict[str, str] = {}
    for file in sorted((folder / "base").rglob(f"*{SUFFIX}")):
        try:
            text = file.read_bytes().decode("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            hint = "restore it from version control"
            raise ToolError(f"cannot be read: {error}", at=Location(file), hint=hint) from error
        # A checkout may have given it other newlines.
        path = file.relative_to(folder / "base").as_posix().removesuffix(SUFFIX)
        texts[path] = text.replace("\r\n", "\n")
    return Record(folder, texts)


def generated_domains(root: Path) -> tuple[str, ...]:
    """The domains of which a project has generated files, and not only a table that was left."""
    return tuple(domain for domain in recorded_domains(root) if (root / FOLDER / domain / "base").is_dir())


def recorded_domains(root: Path) -> tuple[str, ...]:
    """The domains that were generated into a project."""
    return tuple(sorted(file.parent.name for file in (root / FOLDER).glob(f"*/{SNAPSHOT}")))
