"""What holds for all tests."""

from hypothesis import settings

# How long an example takes says how busy the machine is. Speed is measured in tests/bench.
settings.register_profile("record-bot", deadline=None)
settings.load_profile("record-bot")
