"""Messages for refusals, which name the people who can instead."""

from collections.abc import Sequence

from bot.access.model import Act, Refusal
from bot.core.channel_settings import Allowed
from bot.core.proofs import Horizon
from bot.ui import ids
from bot.ui.message import (
    FALLBACK_MOST,
    Message,
    View,
    actions,
    button,
    context,
    lines,
    modal,
    say,
)
from bot.ui.replies import permission_missing
from bot.ui.text import mention

NAMED = 10
NOT_SAID = "Slack is not reporting your channels right now, so recordings may be missing here."
WHAT = {
    Act.START: "start a recording here",
    Act.LINK: "open this recording",
    Act.FOLLOW: "follow recordings here",
    Act.FORGET: "forget this recording",
    Act.PRESET: "change this preset",
    Act.SETTINGS: "change the settings and presets",
    Act.SHARE: "share recordings",
    Act.JOIN: "get a link to join",
    Act.DOCTOR: "see the bot's status",
}


def refused_message(refused: Refusal, doing: str, key: str | None) -> Message:
    """Explain a refusal; for a stop, with a button to ask the starter."""
    if refused.act is Act.SCHEDULE:
        what = doing
    else:
        what = WHAT.get(refused.act) or f"{doing} this recording"
    text = f"Only {who_can(refused)} can {what}."
    can_ask = doing == "stop" and key and refused.starter
    buttons = [button("Ask to stop it", ids.ASK_STOP, value=key or "")] if can_ask else []
    return say(text, buttons)


def what_may_be_missing(to: Horizon) -> str:
    """Explain why recordings may be missing from a list; empty if none can be."""
    if to.complete:
        return ""
    return permission_missing(to.lacks).text if to.lacks else NOT_SAID


def as_far_as_known(message: Message, to: Horizon) -> Message:
    """Add to a list or a denial the reason why recordings may be missing, if there is one."""
    why = what_may_be_missing(to)
    if not why:
        return message
    return Message(lines([message.text, why], FALLBACK_MOST), [*message.blocks, context(why)])


def refused_view(message: Message, request_id: str) -> View:
    """Show a refusal in place of a submitted form; the form keeps its entries."""
    back = button("Back to the form", ids.BACK_TO_FORM, value=request_id, style="primary")
    note = context("The form keeps what you entered.")
    return modal(
        "Start a recording",
        [*message.blocks, note, *actions([back])],
        callback_id=ids.OUTCOME_VIEW,
        private_metadata=request_id[:3000],
    )


def who_can(refused: Refusal) -> str:
    """List the people who can, as mrkdwn. Admins are always included."""
    starter = [mention(refused.starter)] if refused.starter else []
    return _listed(list(dict.fromkeys([*starter, *allowed_words(refused.allowed)])))


def allowed_words(allowed: Allowed) -> list[str]:
    """List people, groups and workspace admins. Full members include the admins."""
    if allowed.who == "everyone":
        return ["full members of this workspace"]
    if allowed.who == "admins":
        return ["workspace admins"]
    people = [mention(user) for user in allowed.people[:NAMED]]
    groups = [f"<!subteam^{group}>" for group in allowed.groups[:NAMED]]
    more = len(allowed.people) + len(allowed.groups) - len(people) - len(groups)
    others = [f"{more} more"] if more else []
    return [*people, *groups, *others, "workspace admins"]


def _listed(parts: Sequence[str]) -> str:
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} and {parts[-1]}"


def not_open() -> Message:
    """Refuse a channel that they are not in or that does not exist, without saying which."""
    return say(
        "You have to be in that channel, and so does the bot. Join it, invite the bot, "
        "then try again."
    )


def no_such_schedule() -> Message:
    """Refuse a schedule that is gone or that they may not see, without saying which."""
    return say("This schedule was deleted, or you do not have access to it.")
