"""The templates that there are: ours, and those of a team's own folder that take their place."""

from importlib.resources import files
from pathlib import Path

from trackwright_gen.config import Settings
from trackwright_gen.errors import ToolError
from trackwright_gen.location import Location
from trackwright_gen.plan.catalog import CATALOG
from trackwright_gen.render.environment import SUFFIX
from trackwright_gen.spec.nearest import did_you_mean

NAMES = tuple(artifact.template for artifact in CATALOG)


def own_templates(root: Path, settings: Settings) -> Path | None:
    """The team's folder of templates, where the settings name one. Names with an underscore in front are included.

    Raises:
        ToolError: it is no folder, or has a template of a name that nothing uses.
    """
    if settings.templates is None:
        return None
    folder = root / settings.templates
    if not folder.is_dir():
        raise ToolError(
            f"setting 'templates': {settings.templates} is no folder",
            hint="trackwright templates eject NAME makes it, with a first template",
        )
    for path in sorted(folder.rglob(f"*{SUFFIX}")):
        name = path.relative_to(folder).as_posix().removesuffix(SUFFIX)
        if name not in NAMES and not path.name.startswith("_"):
            raise ToolError(
                f"nothing uses a template {name!r}",
                at=Location(path),
                hint=f"{did_you_mean(name, NAMES)}; one that others include begins with an underscore",
            )
    return folder


def shipped_template(name: str) -> str:
    """The text of one of our templates.

    Raises:
        ToolError: there is none of this name.
    """
    if name not in NAMES:
        raise ToolError(f"no template {name!r}", hint=did_you_mean(name, NAMES))
    return (files("trackwright_templates") / "domain" / f"{name}{SUFFIX}").read_text(encoding="utf-8")
