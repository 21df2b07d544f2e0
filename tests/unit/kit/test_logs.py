"""What the log must not quote, in whichever error it comes."""

import pytest
from pydantic import ValidationError

from bot.core.facts import FACT
from bot.kit.logs import redact


@pytest.mark.parametrize("written", ["Layoffs", "Lay\noffs", "x, input_type=Layoffs, 'Layoffs"])
@pytest.mark.parametrize("kind", ["requested", "of tomorrow"])
def test_what_cannot_be_read_is_not_quoted(kind: str, written: str) -> None:
    """A stored fact holds what people wrote, and newer code may have written it."""
    with pytest.raises(ValidationError) as caught:
        FACT.validate_python({"kind": kind, "by": [written], "at": written, "room_name": written})
    assert "offs" in str(caught.value)
    said = redact(str(caught.value))
    assert "offs" not in said
    assert "input_type=" in said
