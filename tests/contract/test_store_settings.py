"""Settings of channels, and presets, on both databases."""

from dataclasses import replace
from uuid import uuid4

from bot.core.channel_settings import Allowed, ChannelSettings
from bot.core.options import RecordingOptions
from bot.features.presets.model import PRESETS_MOST, Preset
from bot.features.presets.store import NameTaken, TooMany
from bot.store.channel_settings import SettingsChange
from bot.store.store import Store
from tests.contract.store_support import T0, Clock, S, created


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
    key = await created(store, channel_id="C1")
    assert (await store.load(key)).settings == {"C1": some}
    elsewhere = await created(store, room_id="room-2", channel_id="C2")
    assert (await store.load(elsewhere)).settings == {}


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


def preset(name: str, scope: str = "", preset_id: str = "") -> Preset:
    options = RecordingOptions(audio_only=True, context="Why <&> 🎥")
    return Preset(preset_id or uuid4().hex, scope, name, options, "U1", T0)


async def test_presets_of_a_channel_come_before_those_of_the_workspace(
    store: Store, other_team: Store
) -> None:
    here, there, everywhere = preset("Weekly", "C1"), preset("Weekly", "C2"), preset("weekly")
    for one in (everywhere, here, there):
        assert await store.save_preset(one) is None
    assert await store.presets_for("C1") == [here, everywhere]
    assert await store.presets_for(None) == [everywhere]
    assert await other_team.presets_for("C1") == []
    assert await store.preset(here.preset_id) == here
    assert await other_team.preset(here.preset_id) is None
    await store.delete_preset(here.preset_id)
    assert await store.presets_for("C1") == [everywhere]


async def test_a_preset_is_renamed_but_not_to_a_name_that_is_taken(
    store: Store, clock: Clock
) -> None:
    one, two = preset("Weekly"), preset("Daily")
    assert [await store.save_preset(p) for p in (one, two)] == [None, None]
    assert await store.save_preset(preset("WEEKLY ")) == NameTaken()
    assert await store.save_preset(replace(two, name="weekly")) == NameTaken()
    clock.advance(S)
    renamed = replace(two, name="Every day", options=RecordingOptions(), by="U2")
    assert await store.save_preset(renamed) is None
    assert await store.preset(two.preset_id) == replace(renamed, by="U1", changed_at=T0 + S)


async def test_a_scope_holds_so_many_presets(store: Store) -> None:
    first = preset("0")
    for n in range(PRESETS_MOST):
        assert await store.save_preset(first if n == 0 else preset(str(n))) is None
    assert await store.save_preset(preset("one more")) == TooMany()
    assert await store.save_preset(preset("one more", "C1")) is None
    assert await store.save_preset(replace(first, name="renamed")) is None
