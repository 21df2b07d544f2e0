"""`make mutation`: how many small changes of the pure code do the unit tests notice?

cosmic-ray makes the mutants and judges them, in copies of the tree; this chooses which mutants,
and for each the tests that run its code. Give the modules to look at, or none for all.
"""

import argparse
import os
import queue
import random
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import attrs
from cosmic_ray.mutating import mutate_and_test
from cosmic_ray.work_item import MutationSpec, TestOutcome
from rich.console import Console

from tests.mutation.sites import MODULES, Covered, mutants, read_covered, sample

OUT = Console(highlight=False, markup=False, soft_wrap=True)
ROOT = Path(__file__).parents[2]
EQUIVALENT = Path(__file__).with_name("equivalent.toml")
LEAVE = shutil.ignore_patterns(".*_cache", "__pycache__", ".git", ".venv", ".tools", ".hypothesis")
PYTEST = (
    sys.executable,
    *("-m", "pytest", "-p", "no:randomly", "-p", "no:cacheprovider", "-p", "no:xdist"),
    *("--hypothesis-profile=mutation", "--inline-snapshot=disable"),
)
LEAST = 0.92
BUDGET_S = 30.0  # of tests for one mutant, as they took while they were watched
TIMEOUT_S = 120.0


@dataclass(frozen=True)
class Verdict:
    """`outcome` is cosmic-ray's; `diff` names paths from the root; `output` is pytest's."""

    mutant: MutationSpec
    outcome: TestOutcome
    diff: str
    output: str
    tests: int


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make mutation", description=__doc__)
    parser.add_argument("modules", nargs="*", type=Path, metavar="FILE")
    parser.add_argument("--size", type=int, default=600, help="how many mutants (%(default)s)")
    parser.add_argument("--seed", type=int, help="the sample of an earlier run")
    parser.add_argument("--workers", type=int, default=2, help="at a time (%(default)s)")
    parser.add_argument(
        "--covered", type=Path, metavar="FOLDER", help="keep there what the tests run, for reuse"
    )
    return parser.parse_args()


def covered_by(copy: Path, folder: Path) -> Covered:
    """Run all unit tests once, in a copy, and note which lines each runs. They must pass."""
    coverage, durations = folder / "coverage", folder / "durations.json"
    if not durations.exists():
        folder.mkdir(parents=True, exist_ok=True)
        watch = ("-p", "tests.mutation.durations", "--cov", "--cov-context=test", "--cov-report=")
        subprocess.run(
            [*PYTEST, *watch, "--cov-config=tests/mutation/coverage.ini", "tests/unit"],
            cwd=copy,
            env={**os.environ, "COVERAGE_FILE": str(coverage), "DURATIONS": str(durations)},
            check=True,
        )
    return read_covered(coverage, durations)


def must_be_found(tests: Iterable[str], copy: Path) -> None:
    """pytest knows each of them by this name: else a misnamed test would look like a kill."""
    named = copy / "chosen-tests"
    named.write_text("\n".join(tests), encoding="utf-8")
    collect = [*PYTEST, "--collect-only", "-q", f"@{named}"]
    subprocess.run(collect, cwd=copy, stdout=subprocess.DEVNULL, check=True)


def verdict(mutant: MutationSpec, tests: Sequence[str], copy: Path) -> Verdict:
    """Try the tests on the mutant, in that copy. What no test runs survives."""
    chosen = copy / "chosen-tests"
    chosen.write_text("\n".join(tests), encoding="utf-8")
    pytest = shlex.join([*PYTEST, "-x", "--no-header", f"@{chosen}"])
    command = shlex.join(["sh", "-c", f"cd {shlex.quote(str(copy))} && exec {pytest}"])
    there = attrs.evolve(mutant, module_path=copy / mutant.module_path)
    result = mutate_and_test([there], command if tests else "true", TIMEOUT_S)
    diff = (result.diff or "").replace(f"{copy}/", "").removeprefix("--- mutation diff ---\n")
    return Verdict(mutant, TestOutcome(result.test_outcome), diff, result.output or "", len(tests))


def judge(
    chosen: Sequence[MutationSpec], covered: Covered, copies: Sequence[Path]
) -> list[Verdict]:
    """One mutant at a time in each copy."""
    free: queue.SimpleQueue[Path] = queue.SimpleQueue()
    for copy in copies:
        free.put(copy)

    def one(mutant: MutationSpec) -> Verdict:
        copy = free.get()
        try:
            return verdict(mutant, covered.tests_of(ROOT, mutant, BUDGET_S), copy)
        finally:
            free.put(copy)

    found: list[Verdict] = []
    with ThreadPoolExecutor(len(copies)) as pool:
        for done in pool.map(one, chosen):
            found.append(done)
            mark = "." if done.outcome is TestOutcome.KILLED else "S"
            OUT.print(mark, end="" if len(found) % 60 else f" {len(found)}\n")
    OUT.print()
    return found


def changed(diff: str) -> tuple[str, str]:
    """The lines that a diff takes away and puts there."""
    body = diff.splitlines()[2:]
    return tuple(
        "\n".join(line[1:].strip() for line in body if line.startswith(sign)) for sign in "-+"
    )  # type: ignore[return-value]


def listed() -> dict[tuple[str, str, str], str]:
    """The reviewed mutants that do the same as the code: why, by module, line and mutated line."""
    entries = tomllib.loads(EQUIVALENT.read_text(encoding="utf-8")).get("mutant", [])
    return {(e["module"], e["was"], e["now"]): e["why"] for e in entries}


def report(found: Sequence[Verdict]) -> bool:
    """Print what survived and the rate; False where it is too low."""
    known = listed()
    killed = [v for v in found if v.outcome is TestOutcome.KILLED]
    broken = [v for v in found if v.outcome is TestOutcome.INCOMPETENT]
    alive = [v for v in found if v.outcome is TestOutcome.SURVIVED]
    same = [v for v in alive if (str(v.mutant.module_path), *changed(v.diff)) in known]
    survivors = [v for v in alive if v not in same]
    for v in survivors:
        OUT.print(f"\nSurvived {v.tests} tests: {v.mutant.module_path}:{v.mutant.start_pos[0]}")
        OUT.print(v.diff)
    for v in broken:
        OUT.print(f"\nCould not be tried: {v.mutant}\n{v.output}")
    counted = len(killed) + len(survivors)
    rate = len(killed) / counted if counted else 0.0
    late = sum(v.output == "timeout" for v in killed)
    OUT.print(
        f"\n{len(killed)} of {counted} killed ({rate:.1%}; at least {LEAST:.0%} are wanted), "
        f"{late} of them by the time limit; {len(survivors)} survived; "
        f"{len(same)} are listed as equivalent; {len(broken)} could not be tried."
    )
    return rate >= LEAST and not broken


def main() -> int:
    asked = arguments()
    seed = asked.seed if asked.seed is not None else random.SystemRandom().randrange(10**6)
    OUT.print(f"The sample: --seed {seed} --size {asked.size}")
    os.chdir(ROOT)
    modules = asked.modules or sorted(path for glob in MODULES for path in Path().glob(glob))
    with tempfile.TemporaryDirectory(prefix="record-bot-mutation-") as name:
        folder = Path(name).resolve()
        copies = [folder / str(n) for n in range(asked.workers)]
        shutil.copytree(ROOT, copies[0], ignore=LEAVE)
        began = time.monotonic()
        covered = covered_by(copies[0], (asked.covered or folder / "covered").resolve())
        must_be_found(covered.seconds, copies[0])
        OUT.print(f"Covered in {time.monotonic() - began:.0f} s.")
        for copy in copies[1:]:  # with what Python compiled by now
            shutil.copytree(copies[0], copy)
        began = time.monotonic()
        chosen = sample(ROOT, mutants(ROOT, modules, folder / "session.sqlite"), asked.size, seed)
        good = report(judge(chosen, covered, copies))
        OUT.print(f"Judged in {time.monotonic() - began:.0f} s.")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
