"""Settings: nearest file wins, every mistake at once with the nearest name."""

from pathlib import Path

import pytest

from trackwright_gen.config import find_settings
from trackwright_gen.errors import ToolErrors


def test_unknown_keys_are_all_reported_with_the_nearest_name(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(
        '[tool.trackwright]\nlayuot = "layered"\n\n[tool.trackwright.lint]\nselct = ["TW101"]\n'
    )
    with pytest.raises(ToolErrors) as caught:
        find_settings(tmp_path)
    text = str(caught.value)
    assert "pyproject.toml:2:1: unknown setting 'layuot'" in text
    assert "did you mean 'layout'?" in text
    assert "pyproject.toml:5:1: unknown setting 'lint.selct'" in text
    assert "did you mean 'select'?" in text


def test_the_nearest_file_wins(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.trackwright]\nspecs = "outer"\n')
    inner = tmp_path / "inner"
    inner.mkdir()
    (inner / "trackwright.toml").write_text('specs = "inner"\n[lint]\nlegacy-models = ["JobStatus"]\n')
    found = find_settings(inner)
    assert found.settings.specs == "inner"
    assert found.settings.lint.legacy_models == ("JobStatus",)
    assert found.source == inner / "trackwright.toml"


def test_no_file_means_all_defaults(tmp_path: Path) -> None:
    assert find_settings(tmp_path).settings.specs == "tracking"
