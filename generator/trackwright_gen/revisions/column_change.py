"""The mistake that a change of a column can be, told apart so that its place in the spec can be found."""

from trackwright_gen.errors import ToolError


class ColumnChangeError(ToolError):
    """A change of one column that is not done; its caller knows where the spec says it."""

    def __init__(self, column: str, message: str, *, hint: str) -> None:
        super().__init__(message, hint=hint)
        self.column = column
