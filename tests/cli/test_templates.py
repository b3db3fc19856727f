"""Templates of a team's own: listed, copied out, used in place of ours, refused where nothing uses them."""

from pathlib import Path

import pytest
from click.testing import CliRunner
from target_projects import target_project

from trackwright_gen.cli.group import trackwright
from trackwright_gen.plan.catalog import CATALOG


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with the example specs."""
    return target_project(tmp_path / "project", layout="layered", is_async=False)


def run(project: Path, *arguments: str, code: int = 0) -> str:
    """Run a command in the project; all that it says."""
    result = CliRunner().invoke(trackwright, [*arguments, "-C", str(project)])
    assert result.exit_code == code, result.output
    return result.output


def test_a_template_is_copied_out_and_takes_the_place_of_ours(project: Path) -> None:
    assert "yours" not in run(project, "templates", "list")
    said = run(project, "templates", "eject", "service.py")
    assert 'templates = "templates/trackwright"' in said
    settings = project / "trackwright.toml"
    settings.write_text(settings.read_text() + 'templates = "templates/trackwright"\n')
    ejected = project / "templates/trackwright/service.py.jinja"
    ejected.write_text(ejected.read_text().replace('"""The service of', '"""Our service of'))
    assert "service.py        yours" in run(project, "templates", "list")
    run(project, "generate")
    assert (
        (project / "app/services/etf_price_update.py").read_text().startswith('"""Our service of etf_price')
    )


def test_a_changed_template_reaches_every_domain_beside_its_edits(project: Path) -> None:
    run(project, "generate")
    domains = ("contribution_realization", "etf_price_update")
    services = [project / f"app/services/{domain}.py" for domain in domains]
    services[1].write_text(f"{services[1].read_text()}\n\nMINE = 1\n")
    before = services[1].read_text()
    run(project, "templates", "eject", "service.py")
    settings = project / "trackwright.toml"
    settings.write_text(settings.read_text() + 'templates = "templates/trackwright"\n')
    own = project / "templates/trackwright/service.py.jinja"
    (own.parent / "_note.jinja").write_text("    note = {{ domain|py }}\n")
    text, model = own.read_text(), "    model = {{ names.model }}\n"
    assert model in text
    own.write_text(text.replace(model, f"{model}{{% include '_note.jinja' %}}\n"))
    run(project, "generate")
    for domain, service in zip(domains, services, strict=True):
        assert f'    note = "{domain}"\n' in service.read_text()
    assert "MINE = 1" in services[1].read_text()
    run(project, "generate", "--check")
    own.unlink()
    run(project, "generate")
    assert services[1].read_text() == before


def test_copied_templates_alone_change_nothing(project: Path) -> None:
    run(project, "generate")
    for artifact in CATALOG:
        run(project, "templates", "eject", artifact.template)
    settings = project / "trackwright.toml"
    settings.write_text(settings.read_text() + 'templates = "templates/trackwright"\n')
    run(project, "generate", "--check")


def test_one_that_is_there_is_not_overwritten(project: Path) -> None:
    run(project, "templates", "eject", "docs.md")
    mine = project / "templates/trackwright/docs.md.jinja"
    mine.write_text("mine\n")
    assert "is there already" in run(project, "templates", "eject", "docs.md", code=2)
    assert mine.read_text() == "mine\n"


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("modle.py.jinja", "", "nothing uses a template 'modle.py'"),
        (
            "model.py.jinja",
            "a = 1\n\n{{ nobody }}",
            "model.py.jinja:3:1: template model.py: 'nobody' is undefined",
        ),
        (
            "model.py.jinja",
            "a = 1\n{% if %}",
            "model.py.jinja:2:1: template model.py: Expected an expression",
        ),
        ("model.py.jinja", "class (", ".py:1:7: Expected an identifier"),
    ],
    ids=["of no name", "with an unknown value", "that is no template", "that gives no Python"],
)
def test_a_wrong_template_is_one_message_and_writes_nothing(
    project: Path, name: str, text: str, says: str
) -> None:
    folder = project / "own"
    folder.mkdir()
    (folder / name).write_text(text)
    (project / "trackwright.toml").write_text('layout = "layered"\ntemplates = "own"\n')
    assert says in run(project, "generate", code=2)
    assert not (project / "app/services").exists()


def test_a_folder_that_is_not_there_is_named(project: Path) -> None:
    (project / "trackwright.toml").write_text('layout = "layered"\ntemplates = "own"\n')
    assert "own is no folder" in run(project, "generate", code=2)
    assert "no template 'nope'" in run(project, "templates", "eject", "nope", code=2)
