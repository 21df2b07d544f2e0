"""A summary as rich text: what a machine wrote about what people said is never markup."""

from collections.abc import Iterator, Sequence

from bot.core.results import SummarySection
from bot.ui.message import Block, leaf, rich_line, rich_text
from bot.ui.text import clean, esc, isolated, shorten, size

SECTIONS = 12
BULLETS = 25
BULLET_MOST = 500
PARAGRAPH_MOST = 2500
TOTAL_MOST = 9000


def summary_blocks(sections: Sequence[SummarySection]) -> tuple[list[Block], bool]:
    """One block for each section, and whether everything found room."""
    blocks: list[Block] = []
    room, whole = TOTAL_MOST, len(sections) <= SECTIONS
    for part in sections[:SECTIONS]:
        texts, complete = _texts(part, room)
        whole = whole and complete
        if not texts:
            continue
        room -= sum(map(size, texts))
        title = clean(part.title)
        heading = [leaf(shorten(title, 200), bold=True)] if title else []
        blocks.append(rich_text(*_body(part, heading, texts)))
    return blocks, whole


def summary_lines(sections: Sequence[SummarySection]) -> Iterator[str]:
    """The same for a screen reader, as mrkdwn."""
    for part in sections[:SECTIONS]:
        texts, _ = _texts(part, TOTAL_MOST)
        if not texts:
            continue
        if clean(part.title):
            yield f"{esc(part.title, 200)}:"
        for text in texts:
            dot = "• " if part.format == "bullets" else ""
            yield from (f"{dot}{esc(line, PARAGRAPH_MOST)}" for line in text.split("\n"))


def _texts(part: SummarySection, room: int) -> tuple[list[str], bool]:
    """The bullets, or the one paragraph, as much as there is room for."""
    if part.format == "bullets":
        wanted = [line for b in part.bullets if (line := clean(b))]
        cut = [shorten(line, BULLET_MOST) for line in wanted[:BULLETS]]
    else:
        kept = [line for p in part.paragraph.splitlines() if (line := clean(p))]
        wanted = ["\n".join(kept)] if kept else []
        cut = [shorten(text, max(2, min(PARAGRAPH_MOST, room))) for text in wanted]
    shown: list[str] = []
    for text in cut:
        room -= size(text)
        if room < 0:
            break
        shown.append(text)
    return shown, shown == wanted


def _body(part: SummarySection, heading: list[Block], texts: list[str]) -> list[Block]:
    if part.format == "paragraph":
        start = "\n" if heading else ""
        return [rich_line(*heading, leaf(f"{start}{isolated(texts[0])}"))]
    items = [rich_line(leaf(isolated(text))) for text in texts]
    bullets = {"type": "rich_text_list", "style": "bullet", "elements": items}
    return [rich_line(*heading), bullets] if heading else [bullets]
