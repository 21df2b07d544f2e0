"""How many examples a property test draws."""

from hypothesis import settings


def examples(number: int) -> settings:
    """Set the number where the profile draws 100; a quicker profile draws its share of it."""
    return settings(max_examples=max(2, number * settings().max_examples // 100))
