"""The project's own template and settings shape the file, and what is wrong with them is said."""

import dataclasses
from pathlib import Path

import pytest
from alembic import command
from migrations import alembic, alembic_home, planned
from sqlalchemy import create_engine, text

from trackwright_gen.errors import ToolError
from trackwright_gen.project.model import AlembicHome
from trackwright_gen.revisions import Revision
from trackwright_gen.revisions.plan import plan_revisions

HEADER = (
    "from alembic import op\nimport sqlalchemy as sa\n"
    "revision = ${repr(up_revision)}\ndown_revision = ${repr(down_revision)}\n"
)
BODY = (
    "from alembic import op\nimport sqlalchemy as sa\n${imports}\n"
    "def upgrade():\n    ${upgrades}\ndef downgrade():\n    ${downgrades}\n"
)
SPEC = "domain: order\nfields:\n  day: {type: date}\n"


def first(folder: Path, home: AlembicHome) -> Revision:
    """The domain's first revision."""
    (revision,) = plan_revisions("order", None, planned(folder, SPEC), home)
    return revision


def set_options(home: AlembicHome, *lines: str) -> None:
    """Put options into alembic.ini."""
    ini = home.config.read_text()
    home.config.write_text(
        ini.replace("[alembic]\n", "[alembic]\n" + "".join(f"{line}\n" for line in lines), 1)
    )


def template(home: AlembicHome) -> Path:
    """The project's template."""
    return home.script_location / "script.py.mako"


def test_nothing_is_said_to_the_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home = alembic_home(tmp_path)
    capsys.readouterr()
    first(tmp_path, home)
    assert capsys.readouterr() == ("", "")


def test_time_zone(tmp_path: Path) -> None:
    home = alembic_home(tmp_path)
    set_options(home, "timezone = UTC")
    assert "+00:00\n" in first(tmp_path, home).text


def test_an_unknown_time_zone_is_explained(tmp_path: Path) -> None:
    home = alembic_home(tmp_path)
    set_options(home, "timezone = Nowhere")
    with pytest.raises(ToolError, match="No time zone found"):
        first(tmp_path, home)


def test_a_file_template_with_folders(tmp_path: Path) -> None:
    home = alembic_home(tmp_path)
    set_options(home, "file_template = x/%%(rev)s", "recursive_version_locations = true")
    revision = first(tmp_path, dataclasses.replace(home, recursive=True))
    assert revision.path == home.script_location / "versions" / "x" / f"{revision.revision}.py"


def test_a_project_that_has_its_settings_in_pyproject(tmp_path: Path) -> None:
    home = alembic_home(tmp_path)
    config = tmp_path / "pyproject.toml"
    config.write_text(
        '[tool.alembic]\nscript_location = "%(here)s/migrations"\nfile_template = "%%(slug)s"\n'
    )
    in_toml = AlembicHome(config, home.script_location, home.version_locations, home.heads)
    assert first(tmp_path, in_toml).path.name == "create_order_task_tracking.py"


def test_the_revision_goes_where_its_parent_is(tmp_path: Path) -> None:
    home = alembic_home(tmp_path)
    other = tmp_path / "other"
    other.mkdir()
    (other / "two.py").write_text('revision = "two"\ndown_revision = "base0001"\n')
    both = AlembicHome(home.config, home.script_location, (*home.version_locations, other), ("two",))
    assert first(tmp_path, both).path.parent == other
    (next_one,) = plan_revisions("b", None, planned(tmp_path, "domain: b\n"), both, parent="of_this_run")
    assert next_one.path.parent == other


@pytest.mark.parametrize(
    ("mako", "message"),
    [
        ("% if x", r"not a partial control statement in file '.*migrations/script\.py\.mako'"),
        ("${extra}\n", "'extra' is not defined|Undefined"),
        (f"{HEADER}${{imports}}\ndef upgrade():\n    ${{upgrades}}\n", r"lack downgrade\(\)"),
        (BODY, r"lack revision = .*, down_revision = "),
        (
            f"{HEADER}def upgrade():\n    ${{upgrades}}\ndef downgrade():\n    ${{downgrades}}\n",
            "lack an import of postgresql",
        ),
        ("def upgrade(:\n", "no valid Python: .* in line 1"),
    ],
    ids=["no mako", "a name nobody gives", "no way back", "no ids", "no imports", "no Python"],
)
def test_a_template_that_does_not_work_is_named(tmp_path: Path, mako: str, message: str) -> None:
    home = alembic_home(tmp_path)
    template(home).write_text(mako)
    with pytest.raises(ToolError, match=message) as caught:
        first(tmp_path, home)
    assert caught.value.at
    assert caught.value.at.path == template(home)


def test_nothing_of_the_template_is_run(tmp_path: Path) -> None:
    home = alembic_home(tmp_path)
    template(home).write_text(template(home).read_text() + "\nraise RuntimeError\n")
    assert first(tmp_path, home).text.endswith("\nraise RuntimeError\n")


def test_a_missing_template_is_named(tmp_path: Path) -> None:
    home = alembic_home(tmp_path)
    template(home).unlink()
    with pytest.raises(ToolError, match=r"no script\.py\.mako"):
        first(tmp_path, home)


def test_a_lost_snapshot_makes_no_second_revision(tmp_path: Path) -> None:
    home = alembic_home(tmp_path)
    revision = first(tmp_path, home)
    revision.path.write_text(revision.text)
    now = AlembicHome(home.config, home.script_location, home.version_locations, (revision.revision,))
    with pytest.raises(ToolError, match="creates order_task_tracking is there already") as caught:
        first(tmp_path, now)
    assert caught.value.at
    assert caught.value.at.path == revision.path


def test_a_head_that_is_not_there_is_explained(tmp_path: Path) -> None:
    home = alembic_home(tmp_path, heads=("nowhere",))
    with pytest.raises(ToolError, match="'nowhere' is in none of the version folders"):
        first(tmp_path, home)


def test_sqlite_refuses_to_rebuild_a_table_whose_texts_alembic_would_spoil(
    tmp_path: Path, sqlite_url: str
) -> None:
    home = alembic_home(tmp_path)
    old = planned(tmp_path, SPEC + "  said: {type: text, default: 'a :b'}\n")
    new = planned(tmp_path, SPEC + "  said: {type: text, default: 'a :b', unique: true}\n")
    (one,) = plan_revisions("order", None, old, home)
    one.path.write_text(one.text)
    for other in plan_revisions("order", old, new, home, parent=one.revision):
        other.path.write_text(other.text)
    config = alembic(home, sqlite_url)
    with pytest.raises(NotImplementedError, match="write the step for your database by hand"):
        command.upgrade(config, "head")
    engine = create_engine(sqlite_url)
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO order_task_tracking (day) VALUES ('2026-01-02')"))
        assert connection.execute(text("SELECT said FROM order_task_tracking")).scalar_one() == "a :b"
    engine.dispose()


def test_the_sql_is_what_postgresql_gets(tmp_path: Path) -> None:
    home = alembic_home(tmp_path)
    old = planned(tmp_path, SPEC + "  n: {type: text, index: true}\n")
    new = planned(tmp_path, SPEC + "  order: {type: integer, index: true, comment: 'it''s'}\n")
    (revision,) = plan_revisions("order", old, new, home, renamed={"order": "n"}, allow_rewrite=("order",))
    assert revision.sql.splitlines() == [
        "SET LOCAL lock_timeout = '5s';",
        "SET LOCAL statement_timeout = '5min';",
        'ALTER TABLE order_task_tracking RENAME n TO "order";',
        'ALTER TABLE order_task_tracking ALTER COLUMN "order" TYPE INTEGER USING "order"::INTEGER;',
        "COMMENT ON COLUMN order_task_tracking.\"order\" IS 'it''s';",
        "ALTER INDEX idx_order_task_n RENAME TO idx_order_task_order;",
    ]
    assert [hazard.kind for hazard in revision.hazards] == ["running code", "rewrite", "may fail"]
    assert revision.message == "order_task_tracking: rename n to order, alter order"
