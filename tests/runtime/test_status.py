"""The edges of the status machine are those of the principles' diagram, and one of our own."""

from trackwright.status import transitions


def test_the_edges_are_those_of_the_diagram() -> None:
    assert {(source.value, target.value) for source, target in transitions()} == {
        ("PENDING", "PROCESSING"),
        ("PENDING", "CANCELLED"),
        ("PROCESSING", "COMPLETED"),
        ("PROCESSING", "FAILED"),
        ("PROCESSING", "CANCELLED"),
        ("FAILED", "PENDING"),
    }
