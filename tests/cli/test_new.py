"""`trackwright new` and `trackwright schema`, as a person runs them."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from trackwright_gen.cli.group import trackwright
from trackwright_gen.spec.loader import load_spec
from trackwright_gen.spec.schema import schema_text


def run(*arguments: str) -> Result:
    return CliRunner().invoke(trackwright, arguments)


def tree(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_a_spec_is_written_that_loads(tmp_path: Path) -> None:
    result = run(
        "new", "etf_price", "-C", str(tmp_path),
        "--field", "etf_id:string(12)!",
        "--field", "price:decimal(20,6)",
        "--field", "owner:references(users.id)",
        "--field", "state:enum(open,in progress,it's)",
        "--field", "tags:array",
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    assert result.output == (
        "wrote tracking/etf_price.yaml\n"
        "next: say in it what the domain is, then run: trackwright generate etf_price\n"
    )
    assert tree(tmp_path) == [".trackwright/schema/domain.json", "tracking/etf_price.yaml"]
    path = tmp_path / "tracking" / "etf_price.yaml"
    assert path.read_text().startswith("# yaml-language-server: $schema=../.trackwright/schema/domain.json\n")
    fields = load_spec(path).fields
    assert (fields["etf_id"].length, fields["etf_id"].required) == (12, True)
    assert (fields["price"].precision, fields["price"].scale) == (20, 6)
    assert (fields["owner"].type, fields["owner"].references) == (None, "users.id")
    assert fields["state"].values == ("open", "in progress", "it's")
    assert fields["tags"].items == "string"


def test_the_settings_folder_is_used_from_anywhere_in_the_project(tmp_path: Path) -> None:
    (tmp_path / "trackwright.toml").write_text('specs = "domains/tracked"\n')
    inner = tmp_path / "app"
    inner.mkdir()
    assert run("new", "d", "-C", str(inner)).exit_code == 0
    text = (tmp_path / "domains" / "tracked" / "d.yaml").read_text()
    assert text.startswith("# yaml-language-server: $schema=../../.trackwright/schema/domain.json\n")


def test_a_spec_that_is_there_stays(tmp_path: Path) -> None:
    (tmp_path / "tracking").mkdir()
    path = tmp_path / "tracking" / "d.yaml"
    path.write_text("mine\n")
    result = run("new", "d", "-C", str(tmp_path))
    assert (result.exit_code, path.read_text()) == (2, "mine\n")
    assert result.stderr.startswith(f"{path}:1:1: this spec exists already\n")
    assert tree(tmp_path) == ["tracking/d.yaml"]


REFUSED = {
    "a path as domain": (["../x"], "'../x' is no name"),
    "a domain too long": (["d" * 38], "has 38 characters; a domain has at most 37"),
    "YAML in the domain": (["d\nfields: {}"], "is no name"),
    "a field without a type": (["d", "--field", "a"], "the field 'a' is not of the form name:type"),
    "an unknown type": (
        ["d", "--field", "a:strin"],
        "there is no field type 'strin'\n  hint: did you mean 'string'?",
    ),
    "an enum without values": (["d", "--field", "a:enum"], "the enum 'a:enum' has no values"),
    "too many arguments": (["d", "--field", "a:string(1,2)"], "possible: string(length)"),
    "YAML in an argument": (["d", "--field", "a:string(1}, b: {type: text)"], "cannot be read"),
    "a keyword as field": (["d", "--field", "class:string"], "'class' is a keyword of Python"),
    "a base column as field": (["d", "--field", "status:string"], "would shadow the base column"),
    "a field twice": (["d", "--field", "a:string", "--field", "a:text"], "the key 'a' stands here twice"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused_and_nothing_written(case: str, tmp_path: Path) -> None:
    arguments, message = REFUSED[case]
    result = run("new", *arguments, "-C", str(tmp_path))
    assert result.exit_code == 2
    assert message in result.stderr
    assert tree(tmp_path) == []


@pytest.fixture
def blocked(tmp_path: Path) -> Path:
    """A project whose folder of specs is a file, so that nothing can be written there."""
    (tmp_path / "tracking").write_text("")
    return tmp_path


def test_a_folder_that_cannot_be_made_is_one_message(blocked: Path) -> None:
    result = run("new", "d", "-C", str(blocked))
    assert result.exit_code == 2
    assert "cannot be written: " in result.stderr
    assert tree(blocked) == ["tracking"]


def test_a_schema_that_cannot_be_written_takes_the_spec_back(tmp_path: Path) -> None:
    (tmp_path / ".trackwright").write_text("")
    result = run("new", "d", "-C", str(tmp_path))
    assert result.exit_code == 2
    assert "cannot be written: " in result.stderr
    assert [path.name for path in tmp_path.iterdir()] == [".trackwright"]


def test_the_schema_is_printed() -> None:
    result = run("schema")
    assert (result.exit_code, result.output) == (0, schema_text())
    assert json.loads(result.output)["title"] == "trackwright domain"
