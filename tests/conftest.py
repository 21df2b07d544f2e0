"""What holds for all tests."""

import gc

from hypothesis import settings

# How long an example takes says how busy the machine is. Speed is measured in tests/bench.
settings.register_profile("record-bot", deadline=None)
settings.register_profile("few", deadline=None, max_examples=5)  # for `make lowest`
settings.load_profile("record-bot")


def pytest_collection_finish() -> None:
    """What is imported by now stays: the garbage collector need not look at it in every round."""
    gc.collect()
    gc.freeze()
