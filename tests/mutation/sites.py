"""Which mutants there are, which are taken, and which tests run the line of each."""

import ast
import json
import random
import tokenize
import warnings
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise
from pathlib import Path

from cosmic_ray.commands.init import init
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator
from cosmic_ray.work_db import use_db
from cosmic_ray.work_item import MutationSpec
from coverage import CoverageData

MODULES = ("bot/core/*.py", "bot/ui/*.py", "bot/features/*/model.py")
# These change nothing for enum members, None and small numbers, whatever the tests are.
CONSTANTS = "test_no_constant_and_no_default_has_changed_unnoticed"
SAME = frozenset(
    f"core/ReplaceComparisonOperator_{was}_{now}"
    for was, now in (("Is", "Eq"), ("Eq", "Is"), ("IsNot", "NotEq"), ("NotEq", "IsNot"))
)


def mutants(root: Path, modules: Sequence[Path], session: Path) -> list[MutationSpec]:
    """All that cosmic-ray makes of these modules, but for what only the type checker reads.

    Those are annotations, the arguments of `@dataclass`, and the marks between parameters.
    """
    with use_db(str(session)) as db:
        init(modules, db, {})
        made = [item.mutations[0] for item in db.work_items]
    annotated = {path: _checked_by_types(root / path) for path in modules}
    return [
        m
        for m in made
        if m.operator_name not in SAME
        and not any(start <= m.start_pos < end for start, end in annotated[m.module_path])
    ]


def sample(root: Path, found: Sequence[MutationSpec], size: int, seed: int) -> list[MutationSpec]:
    """`size` places in the code by chance, and one of the mutants of each.

    By place: else the dozen replacements of one `+` or `|` would crowd out the rest. A mutant
    that is no Python, such as one of the `**` in a dict display, is not taken.
    """
    sites: dict[tuple[str, tuple[int, int]], list[MutationSpec]] = defaultdict(list)
    for m in found:
        sites[str(m.module_path), m.start_pos].append(m)
    chance = random.Random(seed)
    places = sorted(sites)
    chance.shuffle(places)
    taken = (
        chance.choice(sorted(sites[at], key=lambda m: (m.operator_name, m.occurrence)))
        for at in places
    )
    return list(islice((m for m in taken if _is_python(root, m)), size))


@dataclass(frozen=True)
class Covered:
    """What the tests ran: seconds by test, and tests by module (path from the root) and line."""

    seconds: Mapping[str, float]
    tests: Mapping[str, Mapping[int, frozenset[str]]]

    def tests_of(self, root: Path, mutant: MutationSpec, budget_s: float) -> list[str]:
        """The tests to try, likely ones first, for at most `budget_s` seconds together.

        First those that run the line, then those that run its function; for what runs when the
        module is imported, the one that reads all constants (and runs no line of the module), those
        that run anything of the module, then all others.
        """
        lines = self.tests.get(str(mutant.module_path), {})
        inside = _function(root / mutant.module_path, mutant.start_pos[0])
        around = set().union(*(lines.get(n, ()) for n in inside or lines))
        here = set().union(
            *(lines.get(n, ()) for n in range(mutant.start_pos[0], mutant.end_pos[0] + 1))
        )
        candidates = around if inside else set(self.seconds)
        order = sorted(
            candidates,
            key=lambda t: (
                not t.endswith(CONSTANTS),
                t not in here,
                t not in around,
                self.seconds[t],
                t,
            ),
        )
        kept: list[str] = []
        left = budget_s
        for test in order:
            left -= self.seconds[test]
            if left < 0 and kept:
                break
            kept.append(test)
        return kept


def read_covered(coverage: Path, durations: Path) -> Covered:
    """What a run with `--cov-context=test` and our `durations` wrote."""
    data = CoverageData(str(coverage))
    data.read()
    seconds: dict[str, float] = json.loads(durations.read_text(encoding="utf-8"))
    tests: dict[str, dict[int, frozenset[str]]] = {}
    for path in data.measured_files():
        lines = {
            line: frozenset(context.partition("|")[0] for context in contexts) & seconds.keys()
            for line, contexts in data.contexts_by_lineno(path).items()
        }
        tests[path] = lines
    return Covered(seconds, tests)


def _is_python(root: Path, mutant: MutationSpec) -> bool:
    operator = get_operator(mutant.operator_name)()
    code = (root / mutant.module_path).read_text(encoding="utf-8")
    try:
        with warnings.catch_warnings(action="ignore"):  # of `is not` with a literal
            compile(mutate_code(code, operator, mutant.occurrence), mutant.module_path, "exec")
    except SyntaxError:
        return False
    except AttributeError:  # cosmic-ray cannot replace `csv.Error` in an `except`
        return False
    return True


Place = tuple[int, int]


def _checked_by_types(path: Path) -> list[tuple[Place, Place]]:
    annotations: list[ast.expr | None] = []
    ranges: list[tuple[Place, Place]] = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.AnnAssign | ast.arg):
            annotations.append(node.annotation)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            annotations.append(node.returns)
        elif isinstance(node, ast.ClassDef):
            # A decorator begins behind its @.
            ranges += [((d.lineno, d.col_offset - 1), _end(d)) for d in node.decorator_list]
    ranges += [((a.lineno, a.col_offset), _end(a)) for a in annotations if a]
    with path.open("rb") as code:
        for mark, after in pairwise(tokenize.tokenize(code.readline)):
            if mark.string in ("*", "/") and after.string == ",":
                ranges.append((mark.start, mark.end))
    return ranges


def _end(node: ast.expr) -> Place:
    return node.end_lineno or node.lineno, node.end_col_offset or 0


def _function(path: Path, line: int) -> range | None:
    """The lines of the innermost function that the line is in."""
    around = [
        range(node.lineno, (node.end_lineno or node.lineno) + 1)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    return min((lines for lines in around if line in lines), key=len, default=None)
