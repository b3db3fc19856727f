"""What one transaction of the copy did."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CopyStep:
    """What one transaction did."""

    copied: int = 0
    updated: int = 0
    refused: int = 0

    def __add__(self, other: "CopyStep") -> "CopyStep":
        return CopyStep(
            self.copied + other.copied, self.updated + other.updated, self.refused + other.refused
        )
