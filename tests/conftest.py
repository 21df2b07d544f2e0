"""What holds for all tests."""

import gc

import pytest
from hypothesis import Phase, settings

# How long an example takes says how busy the machine is. Speed is measured in tests/bench.
settings.register_profile("record-bot", deadline=None)
settings.register_profile("few", deadline=None, max_examples=5)  # for `make lowest`
settings.load_profile("record-bot")

# For `make mutation`: the same examples for every mutant, and no time for the smallest failure.
settings.register_profile(
    "mutation", deadline=None, derandomize=True, phases=[Phase.explicit, Phase.generate]
)


def pytest_collection_finish() -> None:
    """What is imported by now stays: the garbage collector need not look at it in every round."""
    gc.collect()
    gc.freeze()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Each run has an order of its own (pytest-randomly): this repeats it."""
    seed = terminalreporter.config.getoption("randomly_seed", None)
    if isinstance(seed, int):
        terminalreporter.write_line(f"The order of this run: --randomly-seed={seed}")
