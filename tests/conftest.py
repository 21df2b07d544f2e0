"""Hypothesis' deadline measures the machine: on a busy one, tests would fail now and then."""

from hypothesis import settings

settings.register_profile("any machine", deadline=None)
settings.load_profile("any machine")
