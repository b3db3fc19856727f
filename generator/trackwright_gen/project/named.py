"""Objects that the user names, `package.module:name`, checked against the project's source."""

import difflib
from collections.abc import Iterable

from trackwright_gen.errors import ToolError
from trackwright_gen.project.model import ObjectName
from trackwright_gen.project.source_tree import SourceTree


def named_object(tree: SourceTree, setting: str, written: str) -> ObjectName:
    """The object that a setting names.

    Raises:
        ToolError: it is not written `module:name`, or the project has no such module or name.
    """
    module, colon, name = written.strip().partition(":")
    what = f"setting `{setting}` (--{setting})"
    if not colon or not name.isidentifier() or not all(part.isidentifier() for part in module.split(".")):
        raise ToolError(
            f"{what}: {written!r} is not written module:name", hint="for example app.db.base:Base"
        )
    source = tree.file(module)
    if source is None:
        hint = _nearest(module, tree.paths) or f"modules are looked for below {tree.source_root}"
        raise ToolError(f"{what}: the project has no module {module!r}", hint=hint)
    if tree.member(module, name) is None:
        names = {*source.assigned, *source.classes, *source.functions, *source.imported}
        raise ToolError(
            f"{what}: {source.path.relative_to(tree.root)} defines no {name!r}", hint=_nearest(name, names)
        )
    return ObjectName(module, name)


def _nearest(name: str, names: Iterable[str]) -> str | None:
    near = difflib.get_close_matches(name, list(names), n=1, cutoff=0.6)
    return f"did you mean {near[0]!r}?" if near else None
