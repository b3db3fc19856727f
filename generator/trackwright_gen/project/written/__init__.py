"""Hand-written tables as their source has them: columns, types, constraints and indexes, nothing imported."""

from trackwright_gen.project.written.model import WrittenColumn, WrittenIndex, WrittenTable
from trackwright_gen.project.written.reading import read_written_table

__all__ = ["WrittenColumn", "WrittenIndex", "WrittenTable", "read_written_table"]
