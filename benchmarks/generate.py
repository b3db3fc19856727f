"""What `trackwright generate` costs, as ratios of one run: python benchmarks/generate.py [--rounds 7].

Whole processes, each started as a user starts it. `copier copy` writes the files of one domain from the same
templates and the same values; it neither looks at the project, nor plans, merges, formats or writes a migration.
The measured take turns, so that what the machine does meanwhile meets all of them; the median of the rounds counts.
"""

import argparse
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import yaml

FOLDER = Path(__file__).parent
sys.path.insert(0, str(FOLDER.parent / "tests" / "support"))

from figure import Figure  # noqa: E402 -- beside this file
from target_projects import target_project  # noqa: E402 -- found by the lines above

from trackwright_gen.cli.spec_files import load_specs  # noqa: E402 -- the same
from trackwright_gen.config import Settings  # noqa: E402 -- the same
from trackwright_gen.plan.planner import plan_domains  # noqa: E402 -- the same
from trackwright_gen.project.detect import detect_project  # noqa: E402 -- the same
from trackwright_gen.render import domain_context  # noqa: E402 -- the same
from trackwright_templates import template_root  # noqa: E402 -- the same

BINARIES = Path(sys.executable).parent
SPEC = "etf_price_update"
LIMITS = (
    ("one new domain", "copier copy", 1.5),
    ("nothing to do", "copier copy", 0.6),
    ("nothing, unknown", "copier copy", 1.5),
    ("many domains", "one new domain", 12.0),
    ("trackwright --help", "import click", 2.0),
)
"""What is measured, against what, and how many times that it may take. `unknown`: no earlier run is remembered."""


def _project(folder: Path, domains: int) -> Path:
    """A project in which one domain's spec waits, or as many as asked for."""
    root = target_project(folder, layout="layered", is_async=False)
    spec = (root / "tracking" / f"{SPEC}.yaml").read_text(encoding="utf-8")
    shutil.rmtree(root / "tracking")
    (root / "tracking").mkdir()
    for number in range(domains):
        name = SPEC if domains == 1 else f"{SPEC}_{number}"
        text = spec.replace(f"domain: {SPEC}", f"domain: {name}").replace(
            "name: update_etf_price", f"name: {name}"
        )
        (root / "tracking" / f"{name}.yaml").write_text(text, encoding="utf-8")
    return root


def _values(root: Path) -> Path:
    """The values that the templates get for the project's one domain, as copier reads them."""
    project = detect_project(root, Settings.model_validate({"layout": "layered"}))
    (plan,) = plan_domains(load_specs(project.specs, (), root), project, ())
    file = root.parent / "values.yaml"
    context = domain_context(plan.spec, plan.names, plan.table, project)
    file.write_text(yaml.safe_dump(context), encoding="utf-8")
    return file


def _seconds(*command: str) -> float:
    began = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603 -- our own words
    return time.perf_counter() - began


def _generate(root: Path) -> float:
    return _seconds(str(BINARIES / "trackwright"), "generate", "-C", str(root))


def run(rounds: int, domains: int) -> dict[str, float]:
    """Each measured command's median seconds."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        one, many = _project(folder / "one", 1), _project(folder / "many", domains)
        done = _project(folder / "done", 1)
        _generate(done)
        measured = _measured(folder, one=one, many=many, done=done)
        figures: dict[str, list[float]] = {what: [] for what in measured}
        for _ in range(rounds + 1):
            for what, measure in measured.items():
                figures[what].append(measure())
    # The first round fills caches: of files, of Python's bytecode, and ours of the run with nothing to do.
    return {what: statistics.median(found[1:]) for what, found in figures.items()}


def _measured(folder: Path, *, one: Path, many: Path, done: Path) -> Mapping[str, Callable[[], float]]:
    values, template = _values(one), str(template_root("domain"))
    fresh = folder / "fresh"

    def anew(root: Path) -> float:
        shutil.rmtree(fresh, ignore_errors=True)
        shutil.copytree(root, fresh)
        return _generate(fresh)

    def copier() -> float:
        shutil.rmtree(fresh, ignore_errors=True)
        command = (str(BINARIES / "copier"), "copy", "--trust", "--defaults", "--data-file", str(values))
        return _seconds(*command, template, str(fresh))

    def unknown(root: Path) -> float:
        shutil.copytree(root, fresh / "unknown")
        shutil.rmtree(fresh / "unknown" / ".trackwright_cache", ignore_errors=True)
        return _generate(fresh / "unknown")

    return {
        "copier copy": copier,
        "one new domain": lambda: anew(one),
        "nothing to do": lambda: _generate(done),
        "nothing, unknown": lambda: unknown(done),
        "many domains": lambda: anew(many),
        "import click": lambda: _seconds(sys.executable, "-c", "import click"),
        "trackwright --help": lambda: _seconds(str(BINARIES / "trackwright"), "--help"),
    }


def figures(*, tiny: bool) -> list[Figure]:
    """Each command with its target."""
    seconds = run(1, 2) if tiny else run(7, 100)
    return [
        Figure(f"{what}, times {against}", seconds[what] / seconds[against], most=most)
        for what, against, most in LIMITS
    ]


def report(figures: Mapping[str, float]) -> str:
    """The ratios, each beside what it may be."""
    lines = [f"{'what':<20}{'against':<16}{'ratio':>7}{'at most':>9}"]
    lines += [
        f"{what:<20}{against:<16}{figures[what] / figures[against]:>7.2f}{limit:>9.1f}"
        for what, against, limit in LIMITS
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--domains", type=int, default=100, help="how many domains are many")
    parser.add_argument("--seconds", action="store_true", help="print the seconds, too")
    given = parser.parse_args()
    found = run(given.rounds, given.domains)
    print(report(found))
    if given.seconds:
        print("\n".join(f"{what:<20}{seconds:>7.3f} s" for what, seconds in found.items()))
