"""What the layouts of generated modules are called."""

from typing import Literal, get_args

LayoutName = Literal["layered", "package"]
LAYOUTS: tuple[LayoutName, ...] = get_args(LayoutName)
