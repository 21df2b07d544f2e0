"""Settings of channels on both databases."""

from bot.domain.channel_settings import Allowed, ChannelSettings
from bot.store.channel_settings import SettingsChange
from bot.store.store import Store
from tests.contract.store_support import T0, Clock, S


async def test_a_channel_has_the_defaults_until_somebody_sets_it(
    store: Store, other_team: Store
) -> None:
    some = ChannelSettings(
        room_id="r1",
        room_name="Daily <&> 🎥",
        may_stop=Allowed(who="some", people=("U1",), groups=("S1",)),
    )
    assert await store.channel_settings("C1") == ChannelSettings()
    assert await store.channel_settings(None) == ChannelSettings()
    await store.save_channel_settings("C1", some, "U9")
    assert await store.channel_settings("C1") == some
    assert await store.channel_settings("C2") == ChannelSettings()
    assert await other_team.channel_settings("C1") == ChannelSettings()
    assert await store.settings_of_channels(["C1", "C2"]) == {"C1": some}
    assert await store.settings_of_channels([]) == {}


async def test_who_changed_what_and_when_is_kept(store: Store, clock: Clock) -> None:
    first = ChannelSettings(room_id="r1", room_name="Daily", tell_room=False)
    await store.save_channel_settings("C1", first, "U1")
    clock.advance(S)
    await store.save_channel_settings("C1", first, "U2")  # nothing new
    clock.advance(S)
    await store.save_channel_settings("C1", first.model_copy(update={"results": "card"}), "U2")
    assert await store.settings_changes("C1") == [
        SettingsChange("U2", T0 + 2 * S, ("results",)),
        SettingsChange("U1", T0, ("room_id", "tell_room")),
    ]
    assert await store.settings_changes("C2") == []
