"""Draw the folders of `bot/` and their imports: `python scripts/layout.py` writes the picture.

Rows are the layers of `.importlinter`, arrows are the imports in the code. An arrow that other
arrows imply is left out. `tests/unit/test_layout.py` fails if the picture is out of date.
"""

from configparser import ConfigParser
from html import escape
from pathlib import Path
from typing import NamedTuple

import grimp

ROOT = Path(__file__).parents[1]
PICTURE = ROOT / "docs" / "pictures" / "layout.svg"
WIDTH, ROW, BOX, GAP, INDENT = 1180, 74, 34, 18, 40
LETTER = 8.2  # the width of a letter at 14 px

Edges = dict[str, set[str]]


class Box(NamedTuple):
    name: str
    x: float
    y: float
    width: float


def layers(contract: str) -> list[list[str]]:
    """The rows of a contract in .importlinter, top row first."""
    config = ConfigParser()
    config.read(ROOT / ".importlinter")
    text = config[f"importlinter:contract:{contract}"]["layers"]
    return [[name.strip() for name in row.split("|")] for row in text.strip().splitlines()]


def imports(package: str, names: list[str]) -> Edges:
    """The imports among these children of a package, without those that others imply."""
    graph = grimp.build_graph("bot")

    def child_of(module: str) -> str | None:
        inside = module.startswith(f"{package}.")
        return module.removeprefix(f"{package}.").split(".")[0] if inside else None

    edges: Edges = {name: set() for name in names}
    for name in names:
        root = f"{package}.{name}"
        for module in {root, *graph.find_descendants(root)}:
            for target in graph.find_modules_directly_imported_by(module):
                child = child_of(target)
                if child in edges and child != name:
                    edges[name].add(child)
    return _reduced(edges)


def _reduced(edges: Edges) -> Edges:
    def reach(start: str, seen: set[str]) -> set[str]:
        for target in edges[start] - seen:
            seen.add(target)
            reach(target, seen)
        return seen

    below = {name: reach(name, set()) for name in edges}
    return {
        name: {t for t in targets if not any(t in below[other] for other in targets - {t})}
        for name, targets in edges.items()
    }


def placed(rows: list[list[str]], top: float, left: float, width: float) -> dict[str, Box]:
    """Place the boxes, centred in their rows; rows that are too long are wrapped."""
    boxes: dict[str, Box] = {}
    y = top
    for row in rows:
        for line in _wrapped(row, width):
            total = sum(map(_box_width, line)) + GAP * (len(line) - 1)
            x = left + (width - total) / 2
            for name in line:
                boxes[name] = Box(name, x, y, _box_width(name))
                x += _box_width(name) + GAP
            y += ROW
    return boxes


def _wrapped(row: list[str], width: float) -> list[list[str]]:
    lines: list[list[str]] = [[]]
    used = 0.0
    for name in row:
        if lines[-1] and used + _box_width(name) > width:
            lines.append([])
            used = 0.0
        lines[-1].append(name)
        used += _box_width(name) + GAP
    return lines


def _box_width(name: str) -> float:
    return len(name) * LETTER + 24


def svg() -> str:
    top_rows, feature_rows = layers("layers"), layers("features")
    column = WIDTH / 2 - INDENT
    folders = placed(top_rows, 70, INDENT / 2, column)
    features = placed(feature_rows, 70, WIDTH / 2 + INDENT / 2, column)
    height = max(box.y for box in (*folders.values(), *features.values())) + ROW
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:.0f}" '
        f'width="{WIDTH}" height="{height:.0f}" font-family="system-ui, sans-serif" '
        'font-size="14" role="img" aria-label="The folders of bot/ and what they import">',
        f'<rect width="{WIDTH}" height="{height:.0f}" fill="#ffffff"/>',
        '<marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" '
        'orient="auto"><path d="M0 0L8 4L0 8z" fill="#5b6b7a"/></marker>',
        _title("bot/", INDENT / 2 + column / 2),
        _title("bot/features/", WIDTH / 2 + INDENT / 2 + column / 2),
        *_panel(folders, imports("bot", [n for row in top_rows for n in row])),
        *_panel(features, imports("bot.features", [n for row in feature_rows for n in row])),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _title(text: str, x: float) -> str:
    return (
        f'<text x="{x:.0f}" y="36" text-anchor="middle" font-size="18" font-weight="600" '
        f'fill="#1d2731">{escape(text)}</text>'
    )


def _panel(boxes: dict[str, Box], edges: Edges) -> list[str]:
    arrows = [
        _arrow(boxes[name], boxes[target])
        for name in sorted(edges)
        for target in sorted(edges[name])
        if name in boxes and target in boxes
    ]
    return [*arrows, *map(_box, boxes.values())]


def _arrow(source: Box, target: Box) -> str:
    x1, y1 = source.x + source.width / 2, source.y + BOX
    x2, y2 = target.x + target.width / 2, target.y - 1
    bend = max(24.0, (y2 - y1) / 2)
    return (
        f'<path d="M{x1:.0f} {y1:.0f}C{x1:.0f} {y1 + bend:.0f} {x2:.0f} {y2 - bend:.0f} '
        f'{x2:.0f} {y2:.0f}" fill="none" stroke="#5b6b7a" stroke-opacity="0.55" '
        'marker-end="url(#tip)"/>'
    )


def _box(box: Box) -> str:
    middle = box.x + box.width / 2
    return (
        f'<rect x="{box.x:.0f}" y="{box.y:.0f}" width="{box.width:.0f}" height="{BOX}" rx="6" '
        f'fill="#eef4fb" stroke="#33658a"/>'
        f'<text x="{middle:.0f}" y="{box.y + 22:.0f}" text-anchor="middle" fill="#1d2731">'
        f"{escape(box.name)}</text>"
    )


if __name__ == "__main__":
    PICTURE.write_text(svg(), "utf-8")
