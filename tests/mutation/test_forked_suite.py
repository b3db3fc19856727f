"""What measures our tests is held too: faults that are seen, that are not, that hang, that break the import."""

import os
import subprocess
import sys
from pathlib import Path

import forked_suite

TESTS = """\
import code_under_test

def test_slow_to_learn():
    assert code_under_test.counted(3) == 3

def test_word():
    assert code_under_test.word() == "yes"
"""
CODE = """\
def counted(most):
    number = 0
    while number < most:
        number += 1
    return number

def word():
    return "yes"

def unused():
    return 1
"""
SCRIPT = """\
import sys
from pathlib import Path
from forked_suite import ForkedSuite

folder = Path(sys.argv[1])
module = folder / "code_under_test.py"
original = module.read_text()
suite = ForkedSuite(folder, ["test_it.py"], heavy=(), grace=100.0)
suite.prepare()
for old, new in [("yes", "no"), ("return 1", "return 2"), ("def", "fed"), ('"yes"', '"ja"'), ("+= 1", "+= 0")]:
    if new == "+= 0":
        suite.grace = 1.0  # it hangs: the only one that shall not be waited for
    print(suite.notices(module, original.replace(old, new)))
assert module.read_text() == original
print(sorted(suite.killers[module]))
"""


def run(folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the script over a folder with a module and its tests."""
    (folder / "code_under_test.py").write_text(CODE)
    (folder / "pytest.ini").write_text("[pytest]\naddopts = -p no:cacheprovider\npythonpath = .\n")
    path = os.pathsep.join([str(folder), str(Path(forked_suite.__file__).parent)])
    command = [sys.executable, "-c", SCRIPT, str(folder)]
    environment = {**os.environ, "PYTHONPATH": path}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=120)


def test_faults_are_noticed_by_failing_hanging_or_not_importing(tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text(TESTS)
    done = run(tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split("\n")[:5] == ["True", "False", "True", "True", "True"]
    assert "test_it.py::test_word" in done.stdout


def test_nothing_is_measured_with_tests_that_fail_anyway(tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text(TESTS.replace('"yes"', '"never"'))
    done = run(tmp_path)
    assert done.returncode == 1
    assert "the tests fail before anything was changed" in done.stderr
