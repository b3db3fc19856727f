"""What the command's exit status means, for people's scripts and CI."""

from typing import Final

DONE: Final = 0
FINDINGS: Final = 1
"""Differences, findings or conflicts: the tool worked, the tree needs attention."""
FAILED: Final = 2
"""The tool could not do its work."""
