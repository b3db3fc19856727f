"""Discovery of plug-in modules: a new rule, field type, framework or format is one new file."""

import importlib
import pkgutil
from types import ModuleType


def discover(package: ModuleType) -> tuple[ModuleType, ...]:
    """Import every module of a package, in the order of their names.

    A module that fails to import is an error, never skipped.
    """
    names = sorted(info.name for info in pkgutil.iter_modules(package.__path__))
    return tuple(importlib.import_module(f"{package.__name__}.{name}") for name in names)
