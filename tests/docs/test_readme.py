"""The README's spec, output and code are what the tool really takes and gives."""

import html
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
MARKED = re.compile(
    r"<!-- checked by tests/docs/test_readme.py: (?P<what>\S+) -->\n```\w+\n(?P<text>.*?)```", re.DOTALL
)
BLOCKS = {match["what"]: match["text"] for match in MARKED.finditer(README)}


def trackwright(folder: Path, *arguments: str) -> str:
    """Run the command; what it prints."""
    result = subprocess.run(
        [sys.executable, "-m", "trackwright_gen", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A new project with the README's spec, and what generate printed."""
    folder = tmp_path_factory.mktemp("readme")
    trackwright(folder, "init", "--starter", "shop")
    shop = folder / "shop"
    (shop / "tracking" / "price_update.yaml").write_text(BLOCKS["spec"])
    return shop, trackwright(shop, "generate")


def test_generate_prints_what_the_readme_shows(generated: tuple[Path, str]) -> None:
    printed = re.sub(r"versions/\d+_[0-9a-f]{12}_", "versions/<date>_<revision>_", generated[1])
    shown = BLOCKS["output"].removeprefix("$ trackwright generate\n")
    assert [line.split() for line in printed.splitlines()] == [line.split() for line in shown.splitlines()]


def test_the_task_is_the_one_that_is_generated(generated: tuple[Path, str]) -> None:
    assert BLOCKS["app/tasks/price_update.py"] in (generated[0] / "app/tasks/price_update.py").read_text()


def test_every_command_stands_in_the_table() -> None:
    from trackwright_gen.cli.commands import COMMANDS

    table = README.partition("## Commands")[2]
    assert [name for name in COMMANDS if not re.search(rf"`(trackwright )?{name}[ `]", table)] == []


def test_the_picture_shows_what_the_commands_print_today(tmp_path: Path) -> None:
    script = [sys.executable, str(ROOT / "docs/picture.py"), str(tmp_path / "today.svg")]
    subprocess.run(script, check=True, capture_output=True)
    shown, today = (ROOT / "docs/picture.svg").read_text(), (tmp_path / "today.svg").read_text()
    assert "docs/picture.svg" in README
    assert words(today) == words(shown)


def words(svg: str) -> list[str]:
    """What a picture says, without what differs from run to run and without the tables' lines."""
    text = html.unescape(" ".join(re.findall(r"<text[^>]*>(.*?)</text>", svg))).replace("\xa0", " ")
    text = re.sub(r"\d{8}_[0-9a-f]{12}", "<revision>", text)
    text = re.sub(r"\d+(?:\.\d+)? m?s\b", "<time>", text)
    return re.sub("[━─┏┳┓┡╇┩└┴┘│┃]", " ", text).split()
