"""Settings of channels, and presets, on both databases."""

from dataclasses import replace
from uuid import uuid4

from bot.core.channel_settings import Allowed, ChannelSettings
from bot.core.options import RecordingOptions
from bot.features.presets.model import PRESETS_MOST, NameTaken, Preset, TooMany
from bot.features.presets.store import PresetRepository
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
    assert await store.channel_settings.of("C1") == ChannelSettings()
    assert await store.channel_settings.of(None) == ChannelSettings()
    await store.channel_settings.save("C1", some, "U9")
    assert await store.channel_settings.of("C1") == some
    assert await store.channel_settings.of("C2") == ChannelSettings()
    assert await other_team.channel_settings.of("C1") == ChannelSettings()
    key = await created(store, channel_id="C1")
    assert (await store.recordings.load(key)).settings == {"C1": some}
    elsewhere = await created(store, room_id="room-2", channel_id="C2")
    assert (await store.recordings.load(elsewhere)).settings == {}


async def test_who_changed_what_and_when_is_kept(store: Store, clock: Clock) -> None:
    first = ChannelSettings(room_id="r1", room_name="Daily", tell_room=False)
    await store.channel_settings.save("C1", first, "U1")
    clock.advance(S)
    await store.channel_settings.save("C1", first, "U2")  # nothing new
    clock.advance(S)
    await store.channel_settings.save("C1", first.model_copy(update={"results": "card"}), "U2")
    assert await store.channel_settings.changes("C1") == [
        SettingsChange("U2", T0 + 2 * S, ("results",)),
        SettingsChange("U1", T0, ("room_id", "tell_room")),
    ]
    assert await store.channel_settings.changes("C2") == []


def preset(name: str, scope: str = "", preset_id: str = "") -> Preset:
    options = RecordingOptions(audio_only=True, context="Why <&> 🎥")
    return Preset(preset_id or uuid4().hex, scope, name, options, "U1", T0)


async def test_presets_of_a_channel_come_before_those_of_the_workspace(
    store: Store, other_team: Store
) -> None:
    here, there, everywhere = preset("Weekly", "C1"), preset("Weekly", "C2"), preset("weekly")
    for one in (everywhere, here, there):
        assert await PresetRepository(store.db).save(one) is None
    assert await PresetRepository(store.db).for_channel("C1") == [here, everywhere]
    assert await PresetRepository(store.db).for_channel(None) == [everywhere]
    assert await PresetRepository(other_team.db).for_channel("C1") == []
    assert await PresetRepository(store.db).get(here.preset_id) == here
    assert await PresetRepository(other_team.db).get(here.preset_id) is None
    await PresetRepository(store.db).delete(here.preset_id)
    assert await PresetRepository(store.db).for_channel("C1") == [everywhere]


async def test_a_preset_is_renamed_but_not_to_a_name_that_is_taken(
    store: Store, clock: Clock
) -> None:
    one, two = preset("Weekly"), preset("Daily")
    assert [await PresetRepository(store.db).save(p) for p in (one, two)] == [None, None]
    assert await PresetRepository(store.db).save(preset("WEEKLY ")) == NameTaken()
    assert await PresetRepository(store.db).save(replace(two, name="weekly")) == NameTaken()
    clock.advance(S)
    renamed = replace(two, name="Every day", options=RecordingOptions(), by="U2")
    assert await PresetRepository(store.db).save(renamed) is None
    assert await PresetRepository(store.db).get(two.preset_id) == replace(
        renamed, by="U1", changed_at=T0 + S
    )


async def test_a_scope_holds_so_many_presets(store: Store) -> None:
    first = preset("0")
    for n in range(PRESETS_MOST):
        assert await PresetRepository(store.db).save(first if n == 0 else preset(str(n))) is None
    assert await PresetRepository(store.db).save(preset("one more")) == TooMany()
    assert await PresetRepository(store.db).save(preset("one more", "C1")) is None
    assert await PresetRepository(store.db).save(replace(first, name="renamed")) is None
