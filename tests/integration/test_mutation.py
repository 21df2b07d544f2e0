"""`make mutation`: which mutants it takes, and which tests it gives them."""

from pathlib import Path

import pytest
from cosmic_ray.work_item import MutationSpec

from tests.mutation.__main__ import ROOT, changed, listed
from tests.mutation.sites import Covered, mutants, sample

MODULE = Path("pure.py")
CODE = """\
LIMIT = 3


def short(text: str | None, *, most: int | None = LIMIT) -> bool | None:
    kept: int | str = most + 1
    return text is None or len(text) < kept


@dataclass(frozen=True)
class Other:
    most: int = 1

    def all(self, **more: int) -> int:
        return len({**more, "a": 2})
"""


@pytest.fixture
def found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[MutationSpec]:
    (tmp_path / MODULE).write_text(CODE, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return mutants(tmp_path, [MODULE], tmp_path / "session.sqlite")


def _at(found: list[MutationSpec], line: int) -> MutationSpec:
    return next(m for m in found if m.start_pos[0] == line)


def test_annotations_are_left_alone_and_what_they_annotate_is_not(
    found: list[MutationSpec],
) -> None:
    assert {m.start_pos[0] for m in found} == {1, 5, 6, 11, 14}
    assert not any("_BitOr_" in m.operator_name for m in found)
    assert any("Add_Sub" in m.operator_name for m in found)
    assert not any(m.operator_name.endswith("_Is_Eq") for m in found)


def test_a_seed_gives_the_same_sample_of_different_places(
    found: list[MutationSpec], tmp_path: Path
) -> None:
    chosen = sample(tmp_path, found, 4, seed=7)
    assert chosen == sample(tmp_path, list(reversed(found)), 4, seed=7)
    assert len({m.start_pos for m in chosen}) == 4
    assert any(sample(tmp_path, found, 4, seed=seed) != chosen for seed in range(20))


def test_only_python_is_taken(found: list[MutationSpec], tmp_path: Path) -> None:
    """cosmic-ray takes the `**` of a dict display for an operator."""
    places = {m.start_pos for m in sample(tmp_path, found, 1000, seed=7)}
    assert {m.start_pos for m in found} - places == {(14, 20)}


COVERED = Covered(
    seconds={"slow": 5.0, "quick": 1.0, "same-function": 0.1, "other": 0.2, "elsewhere": 0.01},
    tests={
        "pure.py": {
            5: frozenset({"slow", "quick", "same-function"}),
            6: frozenset({"slow", "quick"}),
            14: frozenset({"other"}),
        }
    },
)


@pytest.mark.parametrize(
    ("line", "budget_s", "tests"),
    [
        (6, 60, ["quick", "slow", "same-function"]),
        (6, 2, ["quick"]),
        (6, 0.5, ["quick"]),  # one at least
        (14, 60, ["other"]),
        (1, 60, ["same-function", "other", "quick", "slow", "elsewhere"]),
    ],
)
def test_tests_of_the_line_come_first_and_fit_the_budget(
    found: list[MutationSpec], tmp_path: Path, line: int, budget_s: float, tests: list[str]
) -> None:
    assert COVERED.tests_of(tmp_path, _at(found, line), budget_s) == tests


def test_code_that_no_test_runs_has_none(found: list[MutationSpec], tmp_path: Path) -> None:
    assert Covered({"a": 1.0}, {}).tests_of(tmp_path, _at(found, 6), 60) == []


def test_a_diff_is_known_by_the_lines_it_changes() -> None:
    diff = "--- a/pure.py\n+++ b/pure.py\n@@ -9,2 +9,2 @@\n def other() -> int:\n-    return 1\n+    return 2"
    assert changed(diff) == ("return 1", "return 2")


def test_every_mutant_listed_as_equivalent_is_of_a_line_that_is_there() -> None:
    for (module, was, now), why in listed().items():
        lines = (ROOT / module).read_text(encoding="utf-8").splitlines()
        assert was in [line.strip() for line in lines]
        assert was != now
        assert why
