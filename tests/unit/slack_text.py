"""How Slack hands over what people type."""


def as_slack_sends(line: str) -> str:
    """The text field of a slash command: without the command, with & < > escaped."""
    text = line.removeprefix("/record").lstrip()
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def quoted(text: str) -> str:
    """Text as one word, whatever is in it."""
    return '"' + "".join(f"\\{c}" if c in '\\"“”„‟«»″＂' else c for c in text) + '"'
