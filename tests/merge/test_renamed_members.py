"""What is generated under another name is the same thing: the user's text of it follows, the user's own words stay."""

from pathlib import Path

import pytest

from trackwright_gen.merge.renamed_members import renamed_members, with_names
from trackwright_gen.merge.three_way import merge_file

BASE = '''\
"""Tasks; call send_one."""

from app.models.one import OneTracking


@tracked(OneTracking, queue="a")
def send_one(run: Run[OneTracking]) -> None:
    """Send one."""
    message = f"send_one has no body yet; row {run.id} waits"
    raise NotImplementedError(message)


def clean_up_send_one(run: Run[OneTracking]) -> None:
    """Undo it."""
    del run
'''
NEW = BASE.replace("send_one", "mail_one").replace("OneTracking", "FirstTracking").replace('"a"', '"b"')
BODY = (
    '    message = f"send_one has no body yet; row {run.id} waits"\n    raise NotImplementedError(message)\n'
)
OWN = '    # send_one is mine\n    post(OneTracking, "send_one")\n    """send_one\n    of old"""\n'
YOURS = BASE.replace(BODY, OWN) + "\n\ndef again() -> None:\n    send_one.delay()\n"


def test_names_are_matched_by_what_they_name() -> None:
    assert renamed_members(BASE, NEW, YOURS) == {
        "OneTracking": "FirstTracking",
        "send_one": "mail_one",
        "clean_up_send_one": "clean_up_mail_one",
    }


@pytest.mark.parametrize(
    ("base", "new", "yours"),
    [
        pytest.param("def a():\n    return 1\n", "class b:\n    x = 1\n", "", id="of another kind"),
        pytest.param("def a():\n    return 1\n", "def b(x, y, z):\n    print(x + y + z)\n", "", id="unlike"),
        pytest.param("def a():\n    return 1\n", "def b():\n    return 1\n", "b = 2\n", id="a name of yours"),
        pytest.param("from m import a, c\n", "from m import b, d\n", "", id="several of a module"),
    ],
)
def test_what_is_no_other_name(base: str, new: str, yours: str) -> None:
    assert renamed_members(base, new, yours) == {}


def test_your_edits_follow_and_your_words_stay() -> None:
    merged = merge_file(Path("tasks.py"), BASE, NEW, YOURS)
    assert not merged.conflicts
    generated_body = BODY.replace("send_one", "mail_one")
    expected = NEW.replace(generated_body, OWN.replace("OneTracking", "FirstTracking"))
    assert merged.text == expected + "\n\ndef again() -> None:\n    mail_one.delay()\n"


def test_only_whole_names_change() -> None:
    text = "one = one_two + x.one  # one\ns = 'one'\n"
    assert with_names(text, {"one": "two"}, "") == "two = one_two + x.two  # one\ns = 'one'\n"


def test_edits_that_meet_are_a_conflict_as_before() -> None:
    merged = merge_file(Path("tasks.py"), BASE, NEW, YOURS.replace('queue="a"', 'queue="mine"'))
    assert merged.conflicts
    assert 'queue="mine"' in merged.text
    assert 'queue="b"' in merged.text
