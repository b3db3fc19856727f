"""Columns of hand-written models: types and defaults in every form that SQLAlchemy takes."""

from pathlib import Path

import pytest
from file_tree import write_tree

from trackwright_gen.errors import ToolError, ToolErrors
from trackwright_gen.project.source_tree import SourceTree
from trackwright_gen.project.written.model import WrittenColumn, WrittenTable
from trackwright_gen.project.written.reading import read_written_table
from trackwright_gen.spec.sqltype import SqlType

TYPES = """
import enum
from enum import auto
from typing import Optional

import sqlalchemy as sa
from sqlalchemy import Column, String
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql import ARRAY, ENUM, JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

WIDTH = 50


class Base(DeclarativeBase):
    pass


class Color(enum.Enum):
    "What it looks like."

    RED = "r"
    DARK_BLUE = "b"


class Size(enum.StrEnum):
    SMALL = auto()


class Empty(enum.Enum):
    pass


class NoEnum:
    RED = "r"


class Money(TypeDecorator):
    impl = sa.Numeric(20, 2)


class Odd(TypeDecorator):
    cache_ok = True
"""
TABLE = '\n\nclass Job(Base):\n    __tablename__ = "jobs"\n    id = Column(sa.Integer, primary_key=True)\n'
COLORS = ("RED", "DARK_BLUE")


def _read(root: Path, column: str) -> WrittenTable:
    write_tree(root, {"app/__init__.py": "", "app/types.py": TYPES + TABLE + f"    {column}\n"})
    return read_written_table(SourceTree(root, root), "jobs")


def _column(root: Path, column: str) -> WrittenColumn:
    found = _read(root, column).column("one")
    assert found is not None
    return found


READ = [
    ("one = Column(sa.String(50))", SqlType("String", (50,))),
    ("one = Column(sa.String(length=50))", SqlType("String", (), (("length", 50),))),
    ("one = Column(JSONB)", SqlType("JSONB", module="sqlalchemy.dialects.postgresql")),
    (
        "one = Column(ARRAY(sa.Integer))",
        SqlType("ARRAY", (SqlType("Integer"),), module="sqlalchemy.dialects.postgresql"),
    ),
    ("one = Column(sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'))", SqlType("JSON")),
    ("one = Column(Money())", SqlType("Numeric", (20, 2))),
    ("one: 'Mapped[int]'", SqlType("Integer")),
    ("one: Mapped['int']", SqlType("Integer")),
    ("one: Mapped['int | None']", SqlType("Integer")),
    ("one: Mapped[Optional[bool]]", SqlType("Boolean")),
]


@pytest.mark.parametrize(("column", "expected"), READ, ids=[column for column, _ in READ])
def test_a_type_is_read(tmp_path: Path, column: str, expected: SqlType) -> None:
    assert _column(tmp_path, column).type == expected


ENUMS = [
    ("one = Column(sa.Enum(Color))", SqlType("Enum", COLORS, (("name", "color"),)), COLORS),
    (
        "one = Column(ENUM(Color, name='hue', values_callable=values))",
        SqlType("Enum", ("r", "b"), (("name", "hue"),)),
        ("r", "b"),
    ),
    ("one = Column(sa.Enum('a', 'bc', native_enum=False))", SqlType("String", (2,)), ("a", "bc")),
    ("one = Column(sa.Enum('a', native_enum=False, length=9))", SqlType("String", (9,)), ("a",)),
    ("one: Mapped[Size]", SqlType("Enum", ("SMALL",), (("name", "size"),)), ("SMALL",)),
]


@pytest.mark.parametrize(("column", "type_", "words"), ENUMS, ids=[column for column, *_ in ENUMS])
def test_an_enum_gives_its_words(tmp_path: Path, column: str, type_: SqlType, words: tuple[str, ...]) -> None:
    read = _column(tmp_path, column)
    assert (read.type, read.words) == (type_, words)


@pytest.mark.parametrize(
    "column",
    [
        "one = Column(sa.String(WIDTH))",
        "one = Column(sa.String(length=WIDTH))",
        "one = Column(sa.Enum(NoEnum))",
        "one = Column(sa.Enum(Empty))",
        "one = Column(sa.Enum())",
        "one = Column(sa.Enum)",
        "one = Column(Odd)",
        "one = Column(types['money'])",
        "one: Mapped[NoEnum]",
        "one: Mapped['int |']",
        "one: 'Mapped[' = mapped_column()",
        "one: int = mapped_column()",
    ],
)
def test_a_type_that_cannot_be_read_is_said_at_its_place(tmp_path: Path, column: str) -> None:
    with pytest.raises(ToolErrors) as caught:
        _read(tmp_path, column)
    (error,) = caught.value.errors
    assert "the type of the column 'one' cannot be read" in error.message
    assert error.at is not None
    assert error.at.row == len((TYPES + TABLE).lstrip("\n").splitlines()) + 1


DEFAULTS = [
    ("'x'", "'x'"),
    ("sa.text('1 + 1')", "1 + 1"),
    ("sa.func.now()", "CURRENT_TIMESTAMP"),
    ("sa.false()", "false"),
    ("sa.null()", "NULL"),
    ("sa.func.gen_random_uuid()", "gen_random_uuid()"),
]


@pytest.mark.parametrize(("written", "expected"), DEFAULTS)
def test_a_server_default_is_read(tmp_path: Path, written: str, expected: str) -> None:
    assert _column(tmp_path, f"one = Column(sa.Text, server_default={written})").server_default == expected


def test_a_server_default_of_another_form_is_said(tmp_path: Path) -> None:
    with pytest.raises(ToolErrors, match=r"the server default WIDTH cannot be read"):
        _read(tmp_path, "one = Column(sa.Text, server_default=WIDTH)")


ARGUMENTS = "    __table_args__ = ({0}, {{'comment': 'Jobs.'}})"


def test_what_is_no_column_is_passed_over_and_expressions_in_indexes_are_said(tmp_path: Path) -> None:
    table = _read(tmp_path, "one = Column(sa.Integer)\n    names = dict(a=1)\n    other: int = int('3')")
    assert [column.name for column in table.columns] == ["id", "one"]
    for argument in ("sa.Index('ix', sa.func.lower('one'))", "sa.UniqueConstraint(sa.desc('one'))"):
        with pytest.raises((ToolError, ToolErrors), match="cannot be read") as caught:
            _read(tmp_path, "one = Column(sa.Integer)\n" + ARGUMENTS.format(argument))
        assert "name its columns by their names, without expressions" in str(caught.value)


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ("sa.text('one > 0')", "one > 0"),
        ("'one > 0'", "one > 0"),
        ("sa.column('one') > 0", "sa.column('one') > 0"),
    ],
)
def test_an_indexs_condition_is_text_or_what_was_written(tmp_path: Path, where: str, expected: str) -> None:
    argument = f"sa.Index('ix', 'one', postgresql_where={where})"
    (index,) = _read(tmp_path, "one = Column(sa.Integer)\n" + ARGUMENTS.format(argument)).indexes
    assert (index.name, index.columns, index.where) == ("ix", ("one",), expected)
