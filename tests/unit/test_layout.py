"""The picture of the folders in docs/architecture.md shows the imports that the code has."""

import runpy
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_picture_is_of_today() -> None:
    layout = runpy.run_path(str(ROOT / "scripts" / "layout.py"))
    drawn = layout["PICTURE"].read_text("utf-8")
    assert drawn == layout["svg"](), "run: .venv/bin/python scripts/layout.py"
