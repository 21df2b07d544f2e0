// Times as Slack writes them, on the reader's clock.

const f = (options) => new Intl.DateTimeFormat("en-GB", options);
const DAY_MS = 86_400_000;
const TIME = f({ hour: "2-digit", minute: "2-digit" });
const SECONDS = f({ hour: "2-digit", minute: "2-digit", second: "2-digit" });
const LONG = f({ weekday: "long", day: "numeric", month: "long", year: "numeric" });
const PLAIN = f({ day: "numeric", month: "long", year: "numeric" });
const SHORT = f({ day: "numeric", month: "short", year: "numeric" });
const NUM = f({ year: "numeric", month: "2-digit", day: "2-digit" });

export const dateOf = (ts) => new Date(Number(ts) * 1000);
export const time = (at) => TIME.format(at);
export const seconds = (at) => SECONDS.format(at);
export const exact = (at) => `${LONG.format(at)}, ${SECONDS.format(at)}`;
export const dayKey = (at) => at.toDateString();

const midnight = (at) => new Date(at.getFullYear(), at.getMonth(), at.getDate());

/** "Today", "Yesterday", "Tomorrow", or nothing. */
function near(at, now = new Date()) {
  const days = Math.round((midnight(at) - midnight(now)) / DAY_MS);
  return { "-1": "yesterday", 0: "today", 1: "tomorrow" }[days];
}

const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);
export const day = (at) => capital(near(at) ?? LONG.format(at));

export function ago(at, now = new Date()) {
  const s = Math.round((now - at) / 1000);
  const units = [
    [86_400, "day"],
    [3600, "hour"],
    [60, "minute"],
    [1, "second"],
  ];
  const [size, unit] = units.find(([size]) => Math.abs(s) >= size) ?? [1, "second"];
  const n = Math.round(Math.abs(s) / size);
  const words = `${n} ${unit}${n === 1 ? "" : "s"}`;
  return s >= 0 ? `${words} ago` : `in ${words}`;
}

const TOKENS = {
  date_num: (at) => NUM.format(at).split("/").reverse().join("-"),
  date: (at) => PLAIN.format(at),
  date_short: (at) => SHORT.format(at),
  date_long: (at) => LONG.format(at),
  date_pretty: (at) => near(at) ?? PLAIN.format(at),
  date_short_pretty: (at) => near(at) ?? SHORT.format(at),
  date_long_pretty: (at) => near(at) ?? LONG.format(at),
  time: (at) => TIME.format(at),
  time_secs: (at) => SECONDS.format(at),
  ago: (at) => ago(at),
};

/** `{date_short_pretty} at {time}` for a unix time; null where Slack would use the fallback. */
export function slackDate(unix, format) {
  const at = new Date(Number(unix) * 1000);
  if (!Number.isFinite(at.getTime())) return null;
  let known = true;
  const text = format.replace(/\{(\w+)\}/g, (_, token) => {
    known = known && token in TOKENS;
    return known ? TOKENS[token](at) : "";
  });
  return known ? text : null;
}
