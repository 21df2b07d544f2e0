// Short names of emoji, as far as they are likely here; others stay as they are written.
const NAMES = {
  smile: "😄", smiley: "😃", grinning: "😀", joy: "😂", wink: "😉", heart: "❤️", fire: "🔥",
  tada: "🎉", wave: "👋", pray: "🙏", clap: "👏", eyes: "👀", rocket: "🚀", star: "⭐",
  sparkles: "✨", bulb: "💡", memo: "📝", calendar: "📆", clock1: "🕐", hourglass: "⌛",
  hourglass_flowing_sand: "⏳", bell: "🔔", mega: "📣", mag: "🔍", lock: "🔒", unlock: "🔓",
  link: "🔗", paperclip: "📎", movie_camera: "🎥", video_camera: "📹", clapper: "🎬",
  microphone: "🎤", studio_microphone: "🎙️", headphones: "🎧", red_circle: "🔴",
  white_circle: "⚪", large_blue_circle: "🔵", large_green_circle: "🟢", black_square_for_stop: "⏹️",
  double_vertical_bar: "⏸️", arrow_forward: "▶️", stop_button: "⏹️", record_button: "⏺️",
  white_check_mark: "✅", heavy_check_mark: "✔️", x: "❌", warning: "⚠️", no_entry: "⛔",
  no_entry_sign: "🚫", exclamation: "❗", question: "❓", information_source: "ℹ️",
  speech_balloon: "💬", thought_balloon: "💭", page_facing_up: "📄", scroll: "📜",
  bust_in_silhouette: "👤", busts_in_silhouette: "👥", robot_face: "🤖", ghost: "👻",
  thinking_face: "🤔", slightly_smiling_face: "🙂", cry: "😢", sob: "😭", scream: "😱",
  "+1": "👍", thumbsup: "👍", "-1": "👎", thumbsdown: "👎", ok_hand: "👌", muscle: "💪",
  coffee: "☕", cake: "🍰", house: "🏠", earth_africa: "🌍", zap: "⚡", boom: "💥", "100": "💯",
};
const SHORT = /:([a-z0-9_+-]+):/g;

export const emojiOf = (name) => NAMES[name];

/** The text with short names replaced, as nodes. */
export function withEmoji(text) {
  return [text.replace(SHORT, (whole, name) => NAMES[name] ?? whole)];
}
