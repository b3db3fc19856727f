"""Comments excuse a finding on its line or directly above its decorators; expired and broken ones do not."""

from pathlib import Path

import pytest
from source_trees import lint_tree, places, read_tree

ABOUT = ("TW101", "TW201")
"""What the exemptions excuse here; how they are written themselves is TW9's."""
HEAD = "from celery import shared_task\n"
TASK = "@shared_task\ndef add(): ..."

EXCUSED = {
    "above the decorator": f'{HEAD}# trackwright: exempt[TW101] reason="safe to lose"\n{TASK}',
    "in a comment of two lines": f'{HEAD}# trackwright: exempt[TW101] reason="safe"\n# really\n{TASK}',
    "on the decorator": f"{HEAD}@shared_task  # trackwright: exempt[TW101]\ndef add(): ...",
    "on the def": f"{HEAD}@shared_task\ndef add():  # trackwright: exempt[TW101] reason='x'\n    ...",
    "until a day to come": f'{HEAD}# trackwright: temporary[TW101] ticket="PAY-1" until=2026-06-01 reason="x"\n{TASK}',
    "several codes": f"{HEAD}# trackwright: external[TW201, TW101] reason='vendor' adapts=\"Job\"\n{TASK}",
    "noqa": f"{HEAD}@shared_task\ndef add(): ...  # noqa: TW101",
    "noqa for all": f"{HEAD}@shared_task\ndef add(): ...  # noqa",
    "noqa for the code, inside the decorator": f"{HEAD}@shared_task(  # noqa: TW101\n)\ndef add(): ...",
    "noqa among others": f"{HEAD}@shared_task\ndef add(): ...  # noqa: E501, TW101",
}
NOT_EXCUSED = {
    "another code": f"{HEAD}# trackwright: exempt[TW201]\n{TASK}",
    "a day that is over": f"{HEAD}# trackwright: temporary[TW101] until=2026-05-31\n{TASK}",
    "a comment further above": f"{HEAD}# trackwright: exempt[TW101]\n\n{TASK}",
    "a bare noqa inside the decorator": f"{HEAD}@shared_task(\n    queue='a',  # noqa\n)\ndef add(): ...",
    "noqa for another code": f"{HEAD}@shared_task\ndef add(): ...  # noqa: E501",
    "a text that looks like a comment": f'{HEAD}@shared_task\ndef add(x="# noqa"): ...',
    "a comment in the body": f"{HEAD}@shared_task\ndef add():\n    # trackwright: exempt[TW101]\n    ...",
}
MALFORMED = {
    "exmpt[TW101]": "did you mean `exempt[...]`?",
    "exempt TW101": "names its rules",
    'exempt[TW101] reson="x"': "did you mean 'reason'?",
    "temporary[TW101] until=soon": "is no date",
    "exempt[TW101] because I say so": "cannot read",
}


@pytest.mark.parametrize("says", EXCUSED)
def test_excuses(says: str, tmp_path: Path) -> None:
    assert lint_tree(tmp_path, {"t.py": EXCUSED[says]}, *ABOUT) == ()


@pytest.mark.parametrize("says", NOT_EXCUSED)
def test_does_not_excuse(says: str, tmp_path: Path) -> None:
    assert [each.code for each in lint_tree(tmp_path, {"t.py": NOT_EXCUSED[says]}, *ABOUT)] == ["TW101"]


@pytest.mark.parametrize("comment", MALFORMED)
def test_a_broken_comment_is_a_finding(comment: str, tmp_path: Path) -> None:
    found = lint_tree(tmp_path, {"t.py": f"{HEAD}# trackwright: {comment}\n{TASK}"}, *ABOUT)
    assert places(found, tmp_path) == ["TW900 t.py:2", "TW101 t.py:4"]
    assert MALFORMED[comment] in found[0].message


def test_a_job_shows_its_exemption(tmp_path: Path) -> None:
    source = f'{HEAD}# trackwright: exempt[TW101] reason="cache" approved-by="platform"\n{TASK}'
    (job,) = read_tree(tmp_path, {"t.py": source}).jobs
    assert job.exemption is not None
    assert (job.exemption.kind, job.exemption.line) == ("exempt", 2)
    assert (job.exemption.reason, job.exemption.approved_by) == ("cache", "platform")


def test_excuses_a_statement_of_several_lines(tmp_path: Path) -> None:
    tree = {
        "m.py": "class TaskStatus(Base):  # noqa: TW201\n    __tablename__ = 'x'",
        "u.py": """
            from m import TaskStatus  # noqa: TW201
            # trackwright: exempt[TW201] reason="import once"
            row = TaskStatus(
                a=1,
            )
        """,
    }
    assert lint_tree(tmp_path, tree, *ABOUT) == ()
