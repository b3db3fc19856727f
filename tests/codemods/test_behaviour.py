"""Tasks do the same before and after they move to their domains, in the database and towards suppliers."""

import json
from pathlib import Path
from typing import Any

import servers
from depot_copy import depot_in
from depot_drive import DRIVE


def outcomes(postgres_server: str, folder: Path, *, moved: bool) -> Any:
    """What came of each case."""
    suppliers = folder / "suppliers"
    suppliers.mkdir(parents=True)
    with servers.database(postgres_server, f"depot_{moved}".lower()) as url:
        depot = depot_in(folder / "depot", DATABASE_URL=url, SUPPLIERS=str(suppliers))
        (depot.root / "drive.py").write_text(DRIVE)
        depot.run("alembic.config", "upgrade", "head")
        if moved:
            depot.run("trackwright_gen", "init")
            depot.run("trackwright_gen", "legacy", "spec", "--database", url)
            depot.run("trackwright_gen", "generate")
            depot.run("trackwright_gen", "legacy", "task", "--all")
            depot.run("alembic.config", "upgrade", "head")
        said = depot.run("drive")
    return json.loads(next(line for line in said.splitlines() if line.startswith("{")))


def test_effects_are_the_same(postgres_server: str, tmp_path: Path) -> None:
    before = outcomes(postgres_server, tmp_path / "before", moved=False)
    after = outcomes(postgres_server, tmp_path / "after", moved=True)
    assert before.keys() == after.keys()
    for name, was in before.items():
        now = after[name]
        assert {**now, "error": None} == {**was, "error": None}, name
        if was["error"]:
            assert was["error"].split(": ")[-1] in now["error"], name
    assert after["stock of nothing"]["error"] == before["stock of nothing"]["error"] == "no product none"
    assert {case["status"] for case in before.values()} == {"COMPLETED", "FAILED"}
    assert len(before["no price at all"]["questions"]) == 3
