"""Every meeting of base, new text and the user's text."""

from pathlib import Path

import pytest

from trackwright_gen.merge.decide import Versions, decide, decide_moved
from trackwright_gen.merge.outcome import Conflict, Create, Delete, Foreign, Keep, Move, Outcome, Update
from trackwright_gen.merge.three_way import merge_file

FILE = Path("x.py")
MARKED = "<<<<<<< yours\na\n=======\nb\n>>>>>>> generated now\n"


@pytest.mark.parametrize(
    ("base", "new", "disk", "expected"),
    [
        pytest.param(None, "a\n", None, Create(FILE, "a\n"), id="a new file is created"),
        pytest.param(None, "a\n", "a\n", Keep(FILE), id="the same text of unknown origin is taken as ours"),
        pytest.param(None, "a\n", "b\n", Foreign(FILE), id="a file of somebody else's is not touched"),
        pytest.param(None, None, "b\n", Keep(FILE), id="a file that was never generated stays"),
        pytest.param("a\n", "a\n", "a\n", Keep(FILE), id="nothing new, nothing edited"),
        pytest.param("a\n", "b\n", "a\n", Update(FILE, "b\n"), id="an unedited file is replaced"),
        pytest.param("a\n", "b\n", "b\n", Keep(FILE), id="the user made the same change"),
        pytest.param("a\n", "a\n", "b\n", Keep(FILE, "edited by you"), id="an edited file stays"),
        pytest.param("a\n", "b\n", None, Keep(FILE, "deleted by you"), id="a deleted file stays deleted"),
        pytest.param("a\n", None, "a\n", Delete(FILE), id="a file generated no more goes"),
        pytest.param("a\n", None, None, Keep(FILE, "deleted by you"), id="gone on both sides"),
        pytest.param(
            "a\n", None, "b\n", Keep(FILE, "generated no more, but edited by you"), id="edited, so it stays"
        ),
        pytest.param(
            "1\n2\n3\n", "1\n2\nC\n", "A\n2\n3\n", Update(FILE, "A\n2\nC\n"), id="changes apart go together"
        ),
        pytest.param(
            "1\r\n2\r\n3\r\n".replace("\r", ""),
            "1\n2\nC\n",
            "A\r\n2\r\n3\r\n",
            Update(FILE, "A\r\n2\r\nC\r\n"),
            id="the user's newlines are kept",
        ),
        pytest.param(
            "a\n", "b\n", "\ufeffa\r\n", Update(FILE, "\ufeffb\r\n"), id="a byte-order mark is kept"
        ),
        pytest.param(
            "a\n", "b\n", "a", Update(FILE, "b"), id="a newline that is missing at the end stays so"
        ),
        pytest.param("a", "b", "a", Update(FILE, "b"), id="generated without a newline at the end"),
        pytest.param(
            "1\n2\n3\n", "0\n2\n3\n", "1\r\n2\r\nC", Update(FILE, "0\r\n2\r\nC"), id="all of the form at once"
        ),
        pytest.param("a\n", "b\n", MARKED, Conflict(FILE, None), id="an unresolved conflict is left alone"),
    ],
)
def test_outcome(base: str | None, new: str | None, disk: str | None, expected: Outcome) -> None:
    assert decide(FILE, Versions(base, new, disk), merge_file) == expected


def test_meeting_changes_are_a_conflict_with_all_three_texts() -> None:
    outcome = decide(FILE, Versions("a\nkeep\n", "b\nkeep\n", "c\nkeep\n"), merge_file)
    assert outcome == Conflict(
        FILE,
        "<<<<<<< yours\nc\n||||||| generated before\na\n=======\nb\n>>>>>>> generated now\nkeep\n",
    )


@pytest.mark.parametrize(
    ("base", "new", "disk", "expected"),
    [
        pytest.param("a\n", "b\n", None, (Keep(FILE, "deleted by you"), Keep(Path("old.py"))), id="deleted"),
        pytest.param("a\n", "b\n", "a\n", (Move(FILE, Path("old.py"), "b\n"),), id="unedited"),
        pytest.param("a\n", "a\n", "c\n", (Move(FILE, Path("old.py"), "c\n"),), id="edited, not changed"),
        pytest.param(
            "a\n", "b\n", MARKED, (Conflict(Path("old.py"), None),), id="an unresolved conflict stays"
        ),
    ],
)
def test_a_file_that_moves(base: str, new: str, disk: str | None, expected: tuple[Outcome, ...]) -> None:
    assert decide_moved(Path("old.py"), FILE, Versions(base, new, disk), merge_file) == expected
