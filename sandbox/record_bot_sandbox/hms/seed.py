"""The rooms that a fresh account has, and the people who are already in them."""

from record_bot_sandbox.hms.clock import Clock
from record_bot_sandbox.hms.options import Summary, Transcription
from record_bot_sandbox.hms.people import People
from record_bot_sandbox.hms.state import Room, State, Template

TEMPLATES = (
    Template("meetings", "acme"),
    Template(
        "meetings-transcribed",
        "acme-notes",
        transcription=Transcription(enabled=True, summary=Summary(enabled=True)),
    ),
    Template("made-by-api", ""),
    Template("no-composite", "acme-live", composite_enabled=False),
    Template("broadcast", "acme-tv", destinations=("main-stage", "back-stage")),
)
ROOMS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("standup", "meetings", ("Ana", "Ben")),
    ("sales-weekly", "meetings-transcribed", ("Chloé", "ליאת", "Ben")),
    ("sales-weekly-emea", "meetings-transcribed", ()),
    ("Design review", "meetings", ("ليلى",)),
    ("board room", "meetings-transcribed", ()),
    ("webinar", "made-by-api", ("Dora",)),
    ("town hall", "broadcast", ("Emil",)),
    ("dashboard off", "no-composite", ()),
    ("old standup", "meetings", ()),
)
DISABLED = {"old standup"}


def add_templates(state: State) -> None:
    for shape in TEMPLATES:
        template = Template(
            shape.name,
            shape.subdomain,
            shape.composite_enabled,
            shape.destinations,
            shape.transcription,
        )
        state.templates[template.id] = template


def add_room(state: State, clock: Clock, name: str, template_name: str) -> Room | None:
    """A new room of that template; none if there is no such template."""
    for template in state.templates.values():
        if template_name in {template.name, template.id}:
            room = Room(name, template, clock.now_ns())
            state.rooms[room.id] = room
            return room
    return None


def seed(state: State, clock: Clock, people: People) -> None:
    for name, template_name, names in ROOMS:
        room = add_room(state, clock, name, template_name)
        if room is None:
            raise LookupError(template_name)
        room.enabled = name not in DISABLED
        for i, person in enumerate(names):
            people.join(room, person, room.template.roles[min(i, 1)])
