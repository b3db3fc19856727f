"""The domain template is an ordinary copier template: copier gives byte for byte what we render, before formatting."""

from pathlib import Path

import pytest
from copier import run_copy
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


def test_every_template_has_its_line_in_the_catalog() -> None:
    templates = [path.name for path in template_root("domain").iterdir() if path.name.endswith(".jinja")]
    assert sorted(templates) == sorted(f"{artifact.template}.jinja" for artifact in CATALOG)
