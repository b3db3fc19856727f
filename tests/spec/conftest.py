"""Reading specs from text in a test's body."""

from collections.abc import Callable
from pathlib import Path

import pytest

from trackwright_gen.errors import ToolError, ToolErrors
from trackwright_gen.spec.loader import LoadedSpec, read_spec


@pytest.fixture
def load(tmp_path: Path) -> Callable[[str], LoadedSpec]:
    """Load a spec from a real file."""

    def loaded(text: str) -> LoadedSpec:
        path = tmp_path / "s.yaml"
        path.write_text(text, encoding="utf-8")
        return read_spec(path)

    return loaded


@pytest.fixture
def mistakes(load: Callable[[str], LoadedSpec]) -> Callable[[str], list[str]]:
    """The mistakes of a spec that must have some, each as `row:column message`."""

    def found(text: str) -> list[str]:
        with pytest.raises((ToolError, ToolErrors)) as caught:
            load(text)
        raised: Exception = caught.value
        errors = raised.errors if isinstance(raised, ToolErrors) else (raised,)
        return [
            f"{each.at.row}:{each.at.column} {each.message}"
            for each in errors
            if isinstance(each, ToolError) and each.at
        ]

    return found
