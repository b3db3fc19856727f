"""The domain template is an ordinary copier template: copier gives byte for byte what we render, before formatting."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from copier import run_copy
from copier.errors import UnsafeTemplateError
from file_tree import files_of
from target_projects import target_project

from trackwright_gen.cli.spec_files import load_specs
from trackwright_gen.config import Settings
from trackwright_gen.plan.catalog import CATALOG
from trackwright_gen.plan.planner import plan_domains
from trackwright_gen.project.detect import detect_project
from trackwright_gen.render import domain_context, environment, render
from trackwright_templates import template_root


@pytest.mark.parametrize(
    ("layout", "is_async"),
    [pytest.param("layered", False, id="layered"), pytest.param("package", True, id="package")],
)
def test_copier_renders_the_same_bytes(tmp_path: Path, layout: str, *, is_async: bool) -> None:
    root = target_project(tmp_path / "project", layout=layout, is_async=is_async)
    project = detect_project(root, Settings.model_validate({"layout": layout}))
    for plan in plan_domains(load_specs(project.specs, (), root), project, ()):
        context = domain_context(plan.spec, plan.names, plan.table, project)
        copied = tmp_path / plan.spec.domain
        run_copy(str(template_root("domain")), copied, data=context, unsafe=True, quiet=True)
        for artifact in CATALOG:
            rendered = render(environment(), artifact.template, context)
            assert (copied / artifact.template).read_bytes() == rendered.encode()


@pytest.fixture
def context(tmp_path: Path) -> dict[str, Any]:
    """What the templates of the first example domain receive."""
    root = target_project(tmp_path / "project", layout="layered", is_async=False)
    project = detect_project(root, Settings.model_validate({}))
    (plan,) = plan_domains(load_specs(project.specs, ("etf_price_update",), root), project, ())
    return domain_context(plan.spec, plan.names, plan.table, project)


def test_copying_takes_no_git_and_leaves_nothing_but_the_files(
    tmp_path: Path, context: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """No answers file, which would hold the path of this machine's site-packages, and could name a hostile one."""
    monkeypatch.setenv("PATH", str(tmp_path))
    copied = tmp_path / "copied"
    run_copy(str(template_root("domain")), copied, data=context, unsafe=True, quiet=True)
    assert sorted(files_of(copied)) == sorted(artifact.template for artifact in CATALOG)


def test_what_is_not_given_is_no_empty_text(tmp_path: Path, context: dict[str, Any]) -> None:
    del context["description"]
    data = tmp_path / "data.yml"
    data.write_text(yaml.safe_dump(json.loads(json.dumps(context))))
    options = ["--trust", "--quiet", "--data-file", str(data)]
    # In a process of its own, because copier leaves a folder open where it fails.
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "copier",
            "copy",
            *options,
            str(template_root("domain")),
            str(tmp_path / "to"),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert "'description' is undefined" in done.stderr


def test_what_is_given_is_no_template(tmp_path: Path, context: dict[str, Any]) -> None:
    copied = tmp_path / "copied"
    told = {**context, "description": "{{ 7 * 7 }} {% raw %}"}
    run_copy(str(template_root("domain")), copied, data=told, unsafe=True, quiet=True)
    assert "{{ 7 * 7 }} {% raw %}" in (copied / "model.py").read_text()


@pytest.mark.parametrize("name", ["domain", "project"])
def test_templates_run_nothing(name: str) -> None:
    """Tasks run three times in an update; migrations and exclusions there lose files."""
    settings = yaml.safe_load((template_root(name) / "copier.yml").read_text())
    assert not {"_tasks", "_migrations", "_skip_if_exists", "_answers_file"} & settings.keys()


def test_a_template_that_brings_code_has_to_be_trusted(tmp_path: Path, context: dict[str, Any]) -> None:
    with pytest.raises(UnsafeTemplateError):
        run_copy(str(template_root("domain")), tmp_path / "copied", data=context, quiet=True)


def test_every_template_has_its_line_in_the_catalog() -> None:
    templates = [path.name for path in template_root("domain").iterdir() if path.name.endswith(".jinja")]
    assert sorted(templates) == sorted(f"{artifact.template}.jinja" for artifact in CATALOG)
