"""Merge the files of one project: all three texts in the shape that the project's formatter gives them now."""

from collections.abc import Callable
from pathlib import Path

from trackwright_gen.merge.decide import Merged, MergeFiles
from trackwright_gen.merge.three_way import merge_file

Shape = Callable[[Path, str], str]
"""A file's text as the project's formatter has it."""


def merging(generated: Shape, wrapped: Shape) -> MergeFiles:
    """The merge of a project's files: `generated` shapes as what is generated, `wrapped` only wraps rows anew.

    What the formatter does otherwise by now is no edit; what the user wrote out of its shape stays so.
    """

    def merge(path: Path, base: str, new: str, yours: str) -> Merged:
        if path.suffix != ".py":
            return merge_file(path, base, new, yours)
        before = generated(path, base)
        if generated(path, yours) == yours:
            merged = merge_file(path, before, new, yours)
            return merged if merged.conflicts else Merged(generated(path, merged.text), conflicts=False)
        if before != base:  # the formatter's settings have changed since: unlike texts would meet everywhere
            return merge_file(path, before, new, wrapped(path, yours))
        return merge_file(path, base, new, yours)

    return merge
