"""The project in which a page's blocks run, and the running of them."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from doc_blocks import Block
from workers import PATIENCE, wait_until

BIN = Path(sys.executable).parent
SUPPORT = Path(__file__).parent
_HOLE = re.compile(r"<[a-z][a-z ]*>")


class PageRun:
    """Runs the blocks of one page in order, in one folder, with one Python process for its Python blocks."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self.folder = folder
        self.environment = {**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}", **environment}
        self.environment |= {"COLUMNS": "100", "NO_COLOR": "1", "PYTHONWARNINGS": "ignore"}
        self._python: subprocess.Popen[str] | None = None
        self._cleanup = ExitStack()

    def console(self, block: Block) -> None:
        """Run each command of a console block; what it prints is what the page shows below it."""
        for command, shown in commands(block.text):
            if command.startswith("cd "):
                self.folder = (self.folder / command.removeprefix("cd ").strip()).resolve()
                continue
            result = subprocess.run(
                ["bash", "-c", command],
                cwd=self.folder,
                env=self.environment,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                timeout=PATIENCE * 2,
                check=False,
            )
            told = f"$ {command}\nended with {result.returncode} and printed:\n{result.stdout}"
            code = next((int(note[-1]) for note in block.notes if note.startswith("exits ")), 0)
            assert result.returncode == code, told
            assert matches(shown, result.stdout), f"{told}\nnot:\n{shown}"

    def background(self, block: Block) -> None:
        """Start the one command of a block, wait for the last line that the page shows, leave it running."""
        ((command, shown),) = commands(block.text)
        log = self.folder.parent / f"line-{block.line}.log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                ["bash", "-c", f"exec {command}"],
                cwd=self.folder,
                env=self.environment,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        self._cleanup.callback(_stop, process)
        last = [line for line in shown.splitlines() if line.strip() not in {"", "..."}][-1:]
        expected = "\n".join(["...", *last, "..."])
        wait_until(f"$ {command}: {last}", lambda: matches(expected, log.read_text(errors="replace")), log)

    def python(self, block: Block, name: str) -> str:
        """Run a Python block; what it printed."""
        if self._python is None:
            self._python = self._cleanup.enter_context(_python(self.folder, self.environment))
        assert self._python.stdin is not None
        assert self._python.stdout is not None
        code = "\n" * block.line + block.text  # so that a traceback has the page's own line numbers
        self._python.stdin.write(json.dumps({"code": code, "name": name}) + "\n")
        self._python.stdin.flush()
        answer: dict[str, Any] = json.loads(self._python.stdout.readline())
        assert answer["error"] is None, answer["error"]
        return str(answer["output"])

    def write(self, block: Block) -> None:
        """Make a titled block the file that it is."""
        assert block.title is not None
        path = self.folder / block.title
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(block.text, encoding="utf-8")

    def close(self) -> None:
        """End what was started."""
        self._cleanup.close()


def commands(text: str) -> Iterator[tuple[str, str]]:
    """The commands of a console block, each with the output below it; a command may go on after a backslash."""
    joined = text.replace("\\\n", "")
    for part in re.split(r"^\$ ", joined, flags=re.MULTILINE):
        command, _, shown = part.partition("\n")
        if command.strip():
            # What stands behind two spaces and a hash is for the reader.
            yield command.partition("  # ")[0].strip(), shown


def matches(shown: str, printed: str) -> bool:
    """Whether an output is what a page shows: `<date>` stands for a word, a line of `...` for any lines.

    Spaces are not compared: columns are as wide as what is in them.
    """
    lines = [line for line in _narrow(shown).splitlines() if line.strip()]
    if not lines:
        return True
    pattern = "".join(
        r"(?:.*\n)*?" if line.strip() == "..." else r"[ \t]*" + _line_pattern(line) + r"[ \t]*\n"
        for line in lines
    )
    text = "".join(f"{line}\n" for line in _narrow(printed).splitlines() if line.strip())
    return re.fullmatch(pattern, text) is not None


def _narrow(text: str) -> str:
    return re.sub(r"([━─])\1+", r"\1", text)


def _line_pattern(line: str) -> str:
    words = line.split()
    text = " ".join(words)
    pattern, start = "", 0
    for hole in _HOLE.finditer(text):
        pattern += re.escape(text[start : hole.start()]) + r"\S+"
        start = hole.end()
    return (pattern + re.escape(text[start:])).replace(r"\ ", r"[ \t]+")


@contextmanager
def _python(folder: Path, environment: Mapping[str, str]) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        [sys.executable, str(SUPPORT / "doc_python.py")],
        cwd=folder,
        env={**environment, "PYTHONPATH": str(folder)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        yield process


def _stop(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
