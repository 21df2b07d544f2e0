"""What holds for all tests."""

import gc
import os
import sys

import pytest
from hypothesis import HealthCheck, Phase, settings

gc.disable()  # while tests are collected, all that is made stays

# Without the bytecode of the last run, each process of the tests compiles everything again: the
# workers, and the bots and commands that they start.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# How long an example takes, or drawing it, says how busy the machine is. Speed is measured in
# tests/bench.
# The examples are the same in every run, so that a change is to blame for what fails.
EVERY = settings(deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("record-bot", EVERY, max_examples=20)
settings.register_profile("fresh", EVERY, derandomize=False)  # others each time, and more of them
settings.register_profile("few", EVERY, max_examples=5)
settings.load_profile("record-bot")

# For `make mutation`: no time for the smallest failure.
settings.register_profile(
    "mutation",
    EVERY,
    phases=[Phase.explicit, Phase.generate],
)


def pytest_configure(config: pytest.Config) -> None:
    """Load the fixtures, except in the process that only hands out the tests to workers: they start
    once it is ready."""
    if hasattr(config, "workerinput") or not config.getoption("numprocesses", None):
        config.pluginmanager.import_plugin("tests.stores")


def pytest_collection_finish() -> None:
    """What is imported by now stays: the garbage collector need not look at it in every round, and
    a test makes little of what only the collector can free."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
    gc.enable()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Each run has an order of its own (pytest-randomly): this repeats it."""
    seed = terminalreporter.config.getoption("randomly_seed", None)
    if isinstance(seed, int):
        terminalreporter.write_line(f"The order of this run: --randomly-seed={seed}")
