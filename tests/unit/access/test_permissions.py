"""Who may do what: the policy as a table."""

from hypothesis import given
from hypothesis import strategies as st

from bot.access.model import Act, Person, Standing, refusal
from bot.core.channel_settings import Allowed, ChannelSettings, changed_fields
from tests.unit.rows import each_row

MEMBER = Person("U1", "member")
STARTER = Person("U2", "member")
ADMIN = Person("U3", "member", admin=True)
GUEST = Person("U4", "guest")
GUEST_STARTER = Person("U2", "guest")
STRANGER = Person("U5", "external")
THEIR_ADMIN = Person("U6", "external", admin=True)
IN_GROUP = Person("U7", "member", groups=frozenset({"S1"}))

OPEN = ChannelSettings()
NAMED = Allowed(who="some", people=("U1", "U4"), groups=("S1",))
CLOSED = Allowed(who="admins")
SOME_START = ChannelSettings(may_start=NAMED)
SOME_STOP = ChannelSettings(may_stop=NAMED)
NO_START = ChannelSettings(may_start=CLOSED)
NO_STOP = ChannelSettings(may_stop=CLOSED)
LINKS_OUT = ChannelSettings(outside_links=True)

TABLE: list[tuple[Act, ChannelSettings, tuple[Person, ...], tuple[Person, ...]]] = [
    (Act.START, OPEN, (MEMBER, ADMIN), (GUEST, STRANGER, THEIR_ADMIN)),
    (Act.START, SOME_START, (MEMBER, ADMIN, GUEST, IN_GROUP), (STARTER, STRANGER)),
    (Act.START, SOME_STOP, (MEMBER, STARTER), (GUEST,)),
    (Act.START, NO_START, (ADMIN,), (MEMBER, IN_GROUP, GUEST, THEIR_ADMIN)),
    (Act.CONTROL, OPEN, (MEMBER, STARTER, ADMIN, GUEST_STARTER), (GUEST, STRANGER, THEIR_ADMIN)),
    (Act.CONTROL, SOME_STOP, (MEMBER, GUEST, IN_GROUP, STARTER, ADMIN), (STRANGER,)),
    (Act.CONTROL, SOME_START, (MEMBER, IN_GROUP), (GUEST,)),
    (Act.CONTROL, NO_STOP, (STARTER, GUEST_STARTER, ADMIN), (MEMBER, IN_GROUP, GUEST)),
    (Act.LINK, OPEN, (MEMBER, ADMIN), (GUEST, STRANGER, THEIR_ADMIN, GUEST_STARTER)),
    (Act.LINK, NO_STOP, (MEMBER,), (GUEST,)),
    (Act.LINK, LINKS_OUT, (MEMBER, GUEST, STRANGER), ()),
    (Act.FOLLOW, LINKS_OUT, (MEMBER, ADMIN), (GUEST, STRANGER)),
    (Act.FORGET, OPEN, (STARTER, ADMIN), (MEMBER, GUEST, STRANGER, GUEST_STARTER)),
    (Act.PRESET, OPEN, (STARTER, ADMIN), (MEMBER, GUEST, STRANGER, GUEST_STARTER)),
    (Act.SETTINGS, OPEN, (MEMBER, ADMIN), (GUEST, STRANGER, THEIR_ADMIN)),
    (Act.SETTINGS, NO_START, (MEMBER,), (GUEST,)),
]


@each_row(("act", "settings", "may", "may_not"), TABLE)
def test_who_may(
    act: Act, settings: ChannelSettings, may: tuple[Person, ...], may_not: tuple[Person, ...]
) -> None:
    assert {p: refusal(p, act, settings, starter="U2") for p in may} == dict.fromkeys(may)
    assert [p for p in may_not if refusal(p, act, settings, starter="U2") is None] == []


def test_a_refusal_says_who_can() -> None:
    told = refusal(STRANGER, Act.CONTROL, SOME_STOP, starter="U2")
    assert told is not None
    assert (told.act, told.allowed, told.starter) == (Act.CONTROL, NAMED, "U2")
    told = refusal(GUEST, Act.FORGET, OPEN, starter="U2")
    assert told is not None
    assert (told.allowed, told.starter) == (CLOSED, "U2")
    told = refusal(MEMBER, Act.START, NO_START)
    assert told is not None
    assert (told.allowed, told.starter) == (CLOSED, None)


standings = st.sampled_from(["member", "guest", "external"])
allowed = st.builds(
    Allowed,
    who=st.sampled_from(["everyone", "some", "admins"]),
    people=st.tuples(st.sampled_from(["U1", "U2"])),
    groups=st.tuples(st.sampled_from(["S1", "S2"])),
)
settings_ = st.builds(
    ChannelSettings, may_start=allowed, may_stop=allowed, outside_links=st.booleans()
)


@given(standings, settings_)
def test_a_starter_may_always_stop_their_own(standing: Standing, settings: ChannelSettings) -> None:
    assert refusal(Person("U2", standing), Act.CONTROL, settings, starter="U2") is None


@given(st.sampled_from(Act), settings_)
def test_an_admin_may_everything(act: Act, settings: ChannelSettings) -> None:
    assert refusal(ADMIN, act, settings, starter="U2") is None


@given(st.sampled_from(Act), settings_, st.booleans())
def test_who_is_from_outside_may_only_what_the_channel_says(
    act: Act, settings: ChannelSettings, admin: bool
) -> None:
    """An admin of elsewhere is nobody here."""
    person = Person("U9", "external", admin=admin)
    by_link = act is Act.LINK and settings.outside_links
    assert (refusal(person, act, settings, starter="U2") is None) == by_link


def test_what_was_changed() -> None:
    after = ChannelSettings(room_id="r", room_name="Daily", tell_room=False)
    assert changed_fields(OPEN, after) == ("room_id", "tell_room")
    assert changed_fields(after, after.model_copy(update={"room_name": "Weekly"})) == ()
