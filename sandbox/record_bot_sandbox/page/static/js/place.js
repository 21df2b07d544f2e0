// Who looks, and at what: kept in the address, so that a link leads back here.
import { world, canSee, directMessage, userOf } from "./world.js";

export const HOME = "home";
export const place = { me: "", channel: "", thread: "", target: "" };
const followers = new Set();
export const followPlace = (fn) => followers.add(fn);

export function readAddress() {
  const [me, channel, thread] = location.hash.replace(/^#\/?/, "").split("/");
  const people = [...world.users.values()].filter((user) => !user.is_bot);
  const user = people.find((person) => person.id === me) ?? people[0];
  const seen = [...world.channels.values()].filter((c) => canSee(user, c) && c.kind !== "im");
  const wanted = world.channels.get(channel);
  const known = channel === HOME || (wanted && canSee(user, wanted));
  const there = known ? channel : (seen[0]?.id ?? directMessage(user.id)?.id);
  apply({ me: user.id, channel: there, thread: known ? (thread ?? "") : "", target: "" });
}

function apply(next) {
  Object.assign(place, next);
  const parts = [place.me, place.channel, place.thread].filter(Boolean);
  const address = `#/${parts.join("/")}`;
  if (location.hash !== address) history.pushState(null, "", address);
  for (const fn of followers) fn();
}

export const goTo = (channel) => apply({ channel, thread: "", target: "" });
export const openThread = (ts) => apply({ thread: ts });
export const closeThread = () => apply({ thread: "" });

export function become(me) {
  const user = userOf(me);
  const here = world.channels.get(place.channel);
  const stays = place.channel === HOME || (here && here.kind !== "im" && canSee(user, here));
  if (stays) return apply({ me, thread: "", target: "" });
  const isDm = here?.kind === "im";
  const first = [...world.channels.values()].find((c) => canSee(user, c) && c.kind !== "im");
  const next = isDm ? directMessage(me) : (first ?? directMessage(me));
  return apply({ me, channel: next?.id ?? HOME, thread: "", target: "" });
}

/** A link to a message of this workspace leads there, in the page. */
export function insideLink(url) {
  const pattern = new RegExp(
    `^https://${world.team.domain}\\.slack\\.com/archives/(\\w+)/p(\\d+)(\\d{6})(\\?\\S*)?$`,
  );
  const found = pattern.exec(url);
  if (!found) return null;
  const thread = new URLSearchParams(found[4] ?? "").get("thread_ts") ?? "";
  return { channel: found[1], ts: `${found[2]}.${found[3]}`, thread };
}

export function follow(link) {
  const channel = world.channels.get(link.channel);
  if (!channel || !canSee(userOf(place.me), channel)) return false;
  apply({ channel: link.channel, thread: link.thread, target: link.ts });
  return true;
}
