// The meeting page: asks for what this person may have of one recording, and shows it.
// Texts of people only ever become text nodes.
"use strict";
(() => {
  const $ = (id) => document.getElementById(id);
  const key = location.pathname.split("/")[2] ?? "";
  const base = `/m/${encodeURIComponent(key)}`;
  const WANTED = "record-bot.wanted";
  const WANTED_FOR_MS = 3_600_000;
  const ALIVE_EVERY_MS = 45_000;
  const LANES = 7;
  const HITS_MOST = 2_000;
  const calm = matchMedia("(prefers-reduced-motion: reduce)");

  /** Everything that is shown. `cues` are all sentences in the order of time. */
  const page = { data: null, turns: [], cues: [], current: -1, now: -1, following: true };

  // -- small things

  function make(tag, attributes = {}, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (name === "class") element.className = value;
      else if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
      else if (value !== null && value !== false) element.setAttribute(name, value === true ? "" : value);
    }
    element.append(...children);
    return element;
  }

  function clock(ms) {
    const all = Math.max(0, Math.floor(ms / 1000));
    const [h, m, s] = [Math.floor(all / 3600), Math.floor(all / 60) % 60, all % 60];
    const two = (n) => String(n).padStart(2, "0");
    return h ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
  }

  function spokenClock(ms) {
    const all = Math.max(0, Math.floor(ms / 1000));
    const parts = [[Math.floor(all / 3600), "hour"], [Math.floor(all / 60) % 60, "minute"], [all % 60, "second"]];
    const said = parts.filter(([n]) => n).map(([n, unit]) => `${n} ${unit}${n === 1 ? "" : "s"}`);
    return said.join(" ") || "the beginning";
  }

  /** `754`, `754s`, `12:34` or `1h2m3s` in milliseconds; null for anything else. */
  function moment(text) {
    if (!text) return null;
    if (/^\d+(\.\d+)?s?$/.test(text)) return Math.round(Number.parseFloat(text) * 1000);
    const parts = /^(?:(\d+):)?(\d{1,2}):(\d{2})$/.exec(text) ?? /^(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/.exec(text);
    if (!parts) return null;
    const [h, m, s] = parts.slice(1).map((n) => Number(n ?? 0));
    return ((h * 60 + m) * 60 + s) * 1000;
  }

  /** Once what is there is on the screen. */
  const afterPaint = (work) => requestAnimationFrame(() => setTimeout(work));

  const tell = (text) => { $("said").textContent = text; };

  // -- the server

  class Refused extends Error {
    constructor(status) { super(`status ${status}`); this.status = status; }
  }

  async function ask(path, options = {}) {
    let answer;
    try {
      answer = await fetch(path, { cache: "no-store", credentials: "same-origin", redirect: "error", ...options });
    } catch {
      throw new Refused(0);
    }
    if (!answer.ok) throw new Refused(answer.status);
    return answer.status === 204 ? null : answer.json();
  }

  /** A ticket is in the fragment; it leaves the address before anything else happens. */
  function takeTicket() {
    const ticket = new URLSearchParams(location.hash.slice(1)).get("k");
    if (location.hash) history.replaceState(history.state, "", location.pathname + location.search);
    return ticket;
  }

  async function enter(ticket) {
    try {
      return await ask("/m/session", { method: "POST", headers: { authorization: `Ticket ${ticket}` } });
    } catch (refused) {
      if (refused.status === 401) return null;
      throw refused;
    }
  }

  // -- what somebody wanted to see before they were signed in

  function keepWanted() {
    const wanted = { path: location.pathname, search: location.search, at: Date.now() };
    try { localStorage.setItem(WANTED, JSON.stringify(wanted)); } catch { /* a browser that keeps nothing */ }
  }

  function takeWanted() {
    try {
      const wanted = JSON.parse(localStorage.getItem(WANTED) ?? "null");
      localStorage.removeItem(WANTED);
      const fresh = wanted && Date.now() - wanted.at < WANTED_FOR_MS;
      return fresh && /^\/m\/[^/]+$/.test(wanted.path) ? wanted : null;
    } catch {
      return null;
    }
  }

  // -- instead of a meeting

  function instead(title, text, { again = false } = {}) {
    forget();
    document.body.dataset.state = "message";
    document.title = title;
    $("title").textContent = "Meeting";
    $("about").textContent = "";
    $("meeting").hidden = true;
    $("message").hidden = false;
    $("message-title").textContent = title;
    $("message-text").textContent = text;
    $("again").hidden = !again;
    $("message").focus();
  }

  function door(why = "") {
    if (key) keepWanted();
    $("viewer").hidden = true;
    const how = "Open the app's Home in Slack and press “Sign in to meeting pages”, or press “Watch” on a recording.";
    instead("Open this from Slack", [why, how].filter(Boolean).join(" "));
  }

  const unavailable = () => instead(
    "This recording is not available",
    "It may have been deleted, or it belongs to a channel that you do not have access to.",
    { again: true },
  );

  const later = () => instead("This does not work right now", "Slack, 100ms or the bot does not answer. Try again in a minute.", { again: true });

  function failed(refused) {
    if (!(refused instanceof Refused)) throw refused;
    if (refused.status === 401) door("You are not signed in.");
    else if (refused.status === 404) unavailable();
    else later();
  }

  /** Nothing of the meeting stays on the page. */
  function forget() {
    media.stop();
    share.close();
    Object.assign(page, { data: null, turns: [], cues: [], current: -1, now: -1 });
    for (const id of ["turns", "lines", "speakers", "messages", "downloads", "timeline"]) $(id).replaceChildren();
    search.clear();
  }

  function showViewer(name) {
    $("viewer-name").textContent = name;
    $("viewer").hidden = false;
  }

  // -- start

  async function start() {
    const ticket = takeTicket();
    try {
      if (ticket) {
        const entered = await enter(ticket);
        if (!entered && !key) return door("That link was used before, or it is older than ten minutes.");
        page.refused = !entered;
      }
      if (!key) return await atTheDoor();
      const [data] = await Promise.all([ask(`${base}/data`), media.prepare()]);
      show(data);
    } catch (refused) {
      if (refused.status === 401 && page.refused) return door("That link was used before, or it is older than ten minutes.");
      failed(refused);
    }
  }

  async function atTheDoor() {
    const { viewer } = await ask("/m/session/viewer");
    const wanted = takeWanted();
    if (wanted) return location.replace(wanted.path + wanted.search);
    showViewer(viewer.name);
    instead("You are signed in", "Links to recordings in Slack now open in this browser for eight hours.");
  }

  function show(data) {
    page.data = data;
    const { recording } = data;
    document.body.dataset.state = "shown";
    document.title = recording.room;
    $("title").textContent = recording.room;
    const began = new Date(recording.began_at);
    const day = began.toLocaleString(undefined, { dateStyle: "full", timeStyle: "short" });
    $("about").textContent = [day, length(recording.length_s), recording.note].filter(Boolean).join(" · ");
    showViewer(data.viewer.name);
    drawTurns(data);
    drawLines(data);
    media.show(data.video);
    $("copy-at").textContent = clock(0);
    openWanted();
    watchOver();
    afterPaint(() => {
      if (page.data !== data) return;
      drawPeople(data);
      drawTimeline(data);
      drawFiles(data);
      if (data.chat) drawChat();
    });
  }

  function length(seconds) {
    if (!seconds) return "";
    const minutes = Math.max(1, Math.round(seconds / 60));
    const [h, m] = [Math.floor(minutes / 60), minutes % 60];
    return [h && `${h} h`, m && `${m} min`].filter(Boolean).join(" ");
  }

  function openWanted() {
    const wanted = takeWanted();
    const mine = wanted?.path === location.pathname ? new URLSearchParams(wanted.search).get("t") : null;
    const at = moment(new URLSearchParams(location.search).get("t") ?? mine);
    if (at !== null) seek(at, { play: false });
  }

  /** The rights may end while the page is open; then it shows nothing any more. */
  function watchOver() {
    clearInterval(page.watching);
    page.watching = setInterval(checkAlive, ALIVE_EVERY_MS);
  }

  async function checkAlive() {
    if (!page.data || document.hidden) return;
    try {
      await ask(`${base}/alive`);
    } catch (refused) {
      if (refused.status === 401 || refused.status === 404) failed(refused);
    }
  }

  // -- the transcript

  const initials = (name) => name.split(/\s+/).map((part) => [...part][0] ?? "").slice(0, 2).join("").toUpperCase();
  const UNKNOWN = "Unknown speaker";

  /** The speakers, those who speak longest first; the last colour is for all others. */
  function voices(turns) {
    const spoke = new Map();
    for (const turn of turns) {
      const took = turn.start_ms === null ? turn.text.length : turn.end_ms - turn.start_ms;
      spoke.set(turn.speaker, (spoke.get(turn.speaker) ?? 0) + took);
    }
    const all = [...spoke.values()].reduce((sum, n) => sum + n, 0) || 1;
    return [...spoke].sort((a, b) => b[1] - a[1]).map(([name, took], n) => (
      { name, share: took / all, voice: Math.min(n, LANES), lane: Math.min(n, LANES - 1) }
    ));
  }

  function drawTurns({ turns, transcript }) {
    page.voices = new Map(voices(turns).map((one) => [one.name, one]));
    const all = document.createDocumentFragment();
    page.turns = turns.map((turn, n) => {
      const drawn = drawTurn(turn, n, transcript.timed);
      all.append(drawn.element);
      return drawn;
    });
    $("turns").replaceChildren(all);
    if (transcript.kept && !transcript.timed) page.turns.forEach((_, n) => share.offer(n));
    page.cues = turns.flatMap(({ cues }, n) => cues.map(([start, end], at) => ({ start, end, turn: n, at })));
    roam(0);
    $("transcript-note").textContent = transcript.note;
    $("transcript-note").hidden = !transcript.note;
    $("search").hidden = !turns.length;
    $("turns").hidden = !turns.length;
  }

  function drawTurn(turn, n, timed) {
    const name = turn.speaker || UNKNOWN;
    const said = make("p", { dir: "auto" }, turn.text);
    const time = timed ? timeButton(turn.start_ms, name, -1) : "";
    const face = make("span", { class: `face voice-${page.voices.get(turn.speaker)?.voice ?? LANES}`, "aria-hidden": "true" }, initials(name));
    const meta = make("div", { class: "meta" }, make("bdi", { class: "speaker" }, name), time);
    const element = make("li", { class: timed ? "turn timed" : "turn", "data-n": n }, face, meta, said);
    return { element, time, said, text: turn.text, turn, timed, spans: null };
  }

  /** The sentences of a turn as elements, made when somebody needs them: most never are. */
  function sentences(n) {
    const one = page.turns[n];
    if (!one.spans) {
      one.said.replaceChildren();
      one.spans = one.turn.cues.map(([start, , from, to], at) => {
        const span = make("span", one.timed ? { "data-at": start } : {}, one.text.slice(from, to));
        one.said.append(...(at ? [" ", span] : [span]));
        return { span, from };
      });
    }
    return one.spans;
  }

  function timeButton(ms, what, tabindex = null) {
    return make("button", {
      type: "button", class: "time", "data-at": ms, tabindex,
      "aria-label": `${clock(ms)}, play from ${spokenClock(ms)}${what ? `: ${what}` : ""}`,
    }, clock(ms));
  }

  /** One stop for the Tab key; the arrow keys go from turn to turn. */
  function roam(n, { focus = false } = {}) {
    const next = page.turns[n];
    if (!next?.time) return;
    if (page.roaming?.time) page.roaming.time.tabIndex = -1;
    page.roaming = next;
    page.roamingAt = n;
    next.time.tabIndex = 0;
    if (focus) {
      next.time.focus({ preventScroll: true });
      next.element.scrollIntoView({ block: "nearest" });
    }
  }

  function onTurnKey(event) {
    if (!event.target.matches(".time")) return;
    const last = page.turns.length - 1;
    const to = { ArrowDown: page.roamingAt + 1, ArrowUp: page.roamingAt - 1, Home: 0, End: last }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    stopFollowing();
    roam(Math.min(Math.max(to, 0), last), { focus: true });
  }

  function onPlayFrom(event) {
    if (event.target.closest(".share")) return;
    const target = event.target.closest("[data-at]") ?? event.target.closest(".turn.timed")?.querySelector(".time");
    if (!target) return;
    const selecting = !event.target.matches("button") && !getSelection().isCollapsed;
    if (selecting) return;
    follow();
    share.picked = Number(target.dataset.at);
    seek(share.picked, { play: true });
  }

  function seek(ms, { play }) {
    media.seek(ms / 1000, play);
    reach(ms, { jump: true });
    const address = new URL(location.href);
    address.searchParams.set("t", String(Math.floor(ms / 1000)));
    history.replaceState(history.state, "", address);
  }

  /** The last index whose value is not above `ms`. */
  function last(starts, ms, of = (value) => value) {
    let [low, high] = [0, starts.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (of(starts[middle]) <= ms) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  function sentence(index) {
    const cue = page.cues[index];
    return cue && sentences(cue.turn)[cue.at].span;
  }

  /** Mark what is said at that time. */
  function reach(ms, { jump = false } = {}) {
    $("copy-at").textContent = clock(ms);
    moveHead(ms);
    if (!page.data?.transcript.timed) return;
    const now = last(page.cues, ms, (cue) => cue.start);
    if (now !== page.now) {
      sentence(page.now)?.classList.remove("now");
      sentence(now)?.classList.add("now");
      page.now = now;
    }
    const current = page.cues[now]?.turn ?? -1;
    if (current !== page.current) {
      const before = page.turns[page.current]?.element;
      before?.classList.remove("current");
      before?.removeAttribute("aria-current");
      const element = page.turns[current]?.element;
      element?.classList.add("current");
      element?.setAttribute("aria-current", "true");
      page.current = current;
      if (!$("turns").contains(document.activeElement)) roam(Math.max(current, 0));
      if (page.following || jump) bring(element, jump);
    } else if (jump) {
      bring(page.turns[current]?.element, jump);
    }
  }

  function bring(element, atOnce) {
    if (!element || element.offsetParent === null) return;
    element.scrollIntoView({ block: "center", behavior: atOnce || calm.matches ? "instant" : "smooth" });
  }

  function stopFollowing() {
    if (!page.following || page.current < 0) return;
    page.following = false;
    $("follow").hidden = false;
  }

  function follow() {
    page.following = true;
    $("follow").hidden = true;
  }

  // -- the summary, the speakers, the timeline, the files

  function drawLines({ lines, recording, transcript }) {
    const box = $("lines");
    box.replaceChildren();
    let list = null;
    let section = null;
    for (const line of lines) {
      if (line.section !== section) {
        section = line.section;
        list = null;
        if (section) box.append(make("h3", { dir: "auto" }, section));
      }
      const text = make("span", { class: "text", dir: "auto" }, line.text);
      const time = line.start_ms === null ? "" : timeButton(line.start_ms, line.text);
      if (time && line.quote) time.title = `“${line.quote}”`;
      if (line.bullet) {
        list ??= box.appendChild(make("ul"));
        list.append(make("li", {}, text, time));
      } else {
        list = null;
        box.append(make("p", { class: "line" }, text, time));
      }
    }
    if (lines.length) return;
    const waiting = recording.note || transcript.state === "not now";
    box.append(make("p", { class: "quiet" }, waiting ? "The summary is not here yet." : "There is no summary of this recording."));
  }

  /** Those who spoke, with their share of what was said; then those who were there and did not. */
  function drawPeople({ turns, recording }) {
    const spoke = turns.some((turn) => turn.speaker) ? [...page.voices.values()] : [];
    const silent = recording.attendees.filter((name) => !page.voices.has(name));
    const person = (name, voice, said) => make("li", {},
      make("span", { class: `dot voice-${voice}`, "aria-hidden": "true" }), make("bdi", {}, name || UNKNOWN),
      make("span", { class: "quiet" }, said));
    $("people").hidden = !spoke.length && !silent.length;
    $("people-title").textContent = recording.attendees.length ? "Who was there" : "Who spoke";
    $("speakers").replaceChildren(
      ...spoke.map(({ name, share, voice }) => person(name, voice, `${Math.max(1, Math.round(share * 100))} %`)),
      ...silent.map((name) => person(name, LANES, "")),
    );
  }

  const SVG = "http://www.w3.org/2000/svg";

  function drawTimeline({ turns, moments, recording, transcript }) {
    const box = $("timeline");
    box.hidden = !transcript.timed;
    if (!transcript.timed) return;
    const end = turns.reduce((most, turn) => Math.max(most, turn.end_ms), 0);
    page.length_ms = Math.max((recording.length_s ?? 0) * 1000, end, 1);
    const lanes = Math.min(page.voices.size, LANES);
    const height = 9;
    const svg = document.createElementNS(SVG, "svg");
    svg.setAttribute("viewBox", `0 0 1000 ${lanes * height - 3}`);
    svg.setAttribute("preserveAspectRatio", "none");
    svg.style.height = `${lanes * height - 3}px`;
    const bar = (name, x, y, width) => {
      const rect = document.createElementNS(SVG, "rect");
      rect.setAttribute("class", name);
      for (const [at, value] of Object.entries({ x, y, width, height: height - 3 })) rect.setAttribute(at, value);
      svg.append(rect);
    };
    for (let lane = 0; lane < lanes; lane += 1) bar("lane", 0, lane * height, 1000);
    for (const turn of turns) {
      const { voice, lane } = page.voices.get(turn.speaker);
      const from = (turn.start_ms / page.length_ms) * 1000;
      bar(`voice-${voice}`, from.toFixed(2), lane * height, Math.max(1.2, ((turn.end_ms - turn.start_ms) / page.length_ms) * 1000).toFixed(2));
    }
    const marks = moments.map(({ start_ms, text }) => {
      const mark = make("span", { class: "mark", title: `${clock(start_ms)} ${text}` });
      mark.style.left = `${(start_ms / page.length_ms) * 100}%`;
      return mark;
    });
    page.head = make("span", { class: "head" });
    box.replaceChildren(svg, ...marks, page.head);
    moveHead(media.element ? media.element.currentTime * 1000 : 0);
  }

  function moveHead(ms) {
    if (page.head) page.head.style.left = `${Math.min(100, (ms / page.length_ms) * 100)}%`;
  }

  function onTimeline(event) {
    const { left, width } = $("timeline").getBoundingClientRect();
    follow();
    seek(Math.min(1, Math.max(0, (event.clientX - left) / width)) * page.length_ms, { play: true });
  }

  function drawFiles({ files }) {
    $("files").hidden = !files.length;
    $("downloads").replaceChildren(...files.map(({ name, href, size }) => (
      make("li", {}, make("a", { href, rel: "noreferrer", ...(href.includes("/files/") ? { target: "_blank" } : { download: true }) }, name),
        size ? make("span", { class: "quiet" }, ` ${bytes(size)}`) : "")
    )));
  }

  function bytes(size) {
    const [unit, scale] = size >= 1e9 ? ["GB", 1e9] : size >= 1e6 ? ["MB", 1e6] : ["KB", 1e3];
    const amount = size / scale;
    return `${amount < 10 ? Math.max(0.1, amount).toFixed(1) : Math.round(amount)} ${unit}`;
  }

  async function drawChat() {
    $("chat").hidden = false;
    $("chat-note").textContent = "Loading…";
    try {
      const { messages } = await ask(`${base}/chat`);
      if (!page.data) return;
      $("chat-note").textContent = messages.length ? "" : "Nobody wrote in the chat.";
      $("messages").replaceChildren(...messages.map(drawMessage));
    } catch (refused) {
      if (refused.status === 401) return failed(refused);
      $("chat-note").textContent = "The chat cannot be shown right now.";
    }
  }

  function drawMessage({ at, sender, text }) {
    const after = Date.parse(at) - Date.parse(page.data.recording.began_at);
    const length_ms = (page.data.recording.length_s ?? 0) * 1000;
    const time = after >= 0 && after <= length_ms && page.data.video.state === "ready" ? timeButton(after, sender) : "";
    return make("li", {}, make("bdi", { class: "speaker" }, sender || UNKNOWN), " ", time, make("div", { dir: "auto" }, text));
  }

  // -- video or audio

  const media = {
    element: null, wanted: null, plays: false, minted: 0, link: null,

    /** Asked for together with the data: most recordings have a video. */
    async prepare() {
      try {
        this.link = await ask(`${base}/video`);
      } catch (refused) {
        if (refused.status === 401 || refused.status === 404) throw refused;
        this.link = { failed: true };
      }
    },

    show({ state, kind, note }) {
      $("stage").classList.toggle("slim", state !== "ready" || kind === "audio");
      $("controls").hidden = state !== "ready";
      if (state !== "ready") return this.say(note);
      this.kind = kind;
      if (!this.link?.url) return this.missing();
      this.element = make(kind === "audio" ? "audio" : "video", { controls: true, preload: "auto", playsinline: true, "aria-label": kind === "audio" ? "Recording" : "Video of the meeting" });
      this.element.addEventListener("loadedmetadata", () => this.loaded());
      this.element.addEventListener("timeupdate", () => reach(this.element.currentTime * 1000));
      this.element.addEventListener("seeked", () => reach(this.element.currentTime * 1000));
      this.element.addEventListener("error", () => this.broke());
      this.element.addEventListener("ratechange", () => { $("speed").value = String(this.element.playbackRate); });
      const { element } = this;
      afterPaint(() => { if (this.element === element) this.addCaptions(); });
      $("stage").replaceChildren(this.element);
      this.element.src = this.link.url;
      this.link = null;
    },

    addCaptions() {
      if (this.kind === "audio" || !page.data.transcript.timed) return;
      const track = this.element.addTextTrack("captions", "Captions", "en");
      track.mode = "hidden";
      for (const turn of page.data.turns) {
        for (const [at, [start, end, from, to]] of turn.cues.entries()) {
          const name = turn.speaker && at === 0 ? `${turn.speaker}: ` : "";
          const cue = new VTTCue(start / 1000, Math.max(end, start + 1) / 1000, "");
          cue.text = (name + turn.text.slice(from, to)).replaceAll("&", "&amp;").replaceAll("<", "&lt;");
          track.addCue(cue);
        }
      }
      $("captions").hidden = false;
      const shown = () => $("captions").setAttribute("aria-pressed", String(track.mode === "showing"));
      this.element.textTracks.addEventListener("change", shown);
      $("captions").onclick = () => { track.mode = track.mode === "showing" ? "hidden" : "showing"; shown(); };
    },

    loaded() {
      if (this.wanted !== null) this.element.currentTime = this.wanted;
      this.wanted = null;
      if (this.plays) this.play();
      this.plays = false;
    },

    seek(seconds, play) {
      if (!this.element) return;
      if (this.element.readyState === 0) {
        this.wanted = seconds;
        this.plays = play;
        return;
      }
      this.element.currentTime = seconds;
      if (play) this.play();
    },

    play() { this.element.play().catch(() => { /* the browser waits for a click on the video itself */ }); },

    skip(seconds) {
      if (this.element) seek(Math.max(0, this.element.currentTime + seconds) * 1000, { play: false });
    },

    /** A link lives ten minutes: after an error there is a new one, and it goes on where it was. */
    async broke() {
      const { element } = this;
      if (!element || element !== this.element) return;
      const at = this.wanted ?? element.currentTime;
      const moved = at !== this.brokeAt;
      this.brokeAt = at;
      this.minted = moved ? 1 : this.minted + 1;
      if (this.minted > 2) return this.missing("This browser cannot play the recording. Download it below.");
      const plays = this.plays || !element.paused;
      await this.prepare().catch((refused) => { if (page.data) failed(refused); });
      if (this.element !== element) return;
      if (!this.link?.url) return this.missing();
      this.wanted = at;
      this.plays = plays;
      element.src = this.link.url;
      this.link = null;
    },

    missing(why = "") {
      const gone = "100ms does not have this file. It keeps files for 15 days in its own storage.";
      const cannot = this.link?.failed ? "100ms does not answer, so the recording cannot be played right now." : gone;
      this.stop();
      $("controls").hidden = true;
      const again = make("button", { type: "button", class: "button", onclick: () => this.again() }, "Try again");
      $("stage").classList.add("slim");
      $("stage").replaceChildren(make("p", {}, why || cannot, make("br"), again));
    },

    async again() {
      this.minted = 0;
      this.brokeAt = undefined;
      await this.prepare().catch(failed);
      if (page.data) this.show(page.data.video);
    },

    say(note) { $("stage").replaceChildren(make("p", {}, note)); },

    stop() {
      const { element } = this;
      this.element = null;
      if (!element) return;
      element.pause();
      element.removeAttribute("src");
      element.load();
      element.remove();
    },
  };

  // -- search

  /** Folded for comparison; as long as the text itself, so that offsets stay true. */
  function fold(text) {
    let folded = "";
    for (const unit of text.split("")) folded += (unit.normalize("NFD")[0].toLowerCase()[0] ?? unit);
    return folded;
  }

  const search = {
    hits: [], at: -1, marked: typeof Highlight === "function" && CSS.highlights,

    run() {
      const wanted = fold($("query").value.trim());
      this.hits = [];
      this.at = -1;
      if (wanted) this.find(wanted);
      this.mark();
      $("next").disabled = $("previous").disabled = !this.hits.length;
      if (!wanted) $("count").textContent = "";
      else if (this.hits.length) this.go(this.nearest());
      else $("count").textContent = "0 found";
    },

    find(wanted) {
      for (const [n, turn] of page.turns.entries()) {
        turn.folded ??= fold(turn.text);
        for (let at = turn.folded.indexOf(wanted); at >= 0; at = turn.folded.indexOf(wanted, at + wanted.length)) {
          this.hits.push({ n, from: at, to: at + wanted.length });
          if (this.hits.length >= HITS_MOST) return;
        }
      }
    },

    /** The first hit from what is being said on. */
    nearest() {
      const found = this.hits.findIndex(({ n }) => n >= page.current);
      return Math.max(found, 0);
    },

    range({ n, from, to }) {
      const range = document.createRange();
      const [start, end] = [this.place(n, from), this.place(n, to - 1)];
      range.setStart(start.node, start.offset);
      range.setEnd(end.node, end.offset + 1);
      return range;
    },

    place(n, at) {
      const spans = sentences(n);
      const span = spans[last(spans, at, (one) => one.from)];
      const node = span.span.firstChild;
      return { node, offset: Math.min(at - span.from, node.length - 1) };
    },

    mark() {
      if (!this.marked) return;
      CSS.highlights.delete("hit");
      CSS.highlights.set("hits", new Highlight(...this.hits.map((hit) => this.range(hit))));
    },

    go(at) {
      this.at = (at + this.hits.length) % this.hits.length;
      const hit = this.hits[this.at];
      if (this.marked) CSS.highlights.set("hit", new Highlight(this.range(hit)));
      stopFollowing();
      bring(page.turns[hit.n].element, true);
      roam(hit.n);
      const most = this.hits.length >= HITS_MOST ? "+" : "";
      $("count").textContent = `${this.at + 1} of ${this.hits.length}${most}`;
    },

    step(by) { if (this.hits.length) this.go(this.at + by); },

    clear() {
      $("query").value = "";
      this.run();
    },
  };

  // -- sharing a moment

  const share = {
    /** The time of the sentence that was clicked last; it is the one that people mean. */
    picked: null, button: null, turn: 0, asked: 0,

    /** One button that goes where the pointer or the keyboard is; without times, one for each. */
    offer(n) {
      const { transcript } = page.data ?? {};
      if (!transcript?.kept || !page.turns[n]) return;
      const { element, turn } = page.turns[n];
      if (element.querySelector(".share")) return;
      const name = turn.speaker || UNKNOWN;
      const label = `Share a moment of ${name}${transcript.timed ? `, ${clock(turn.start_ms)}` : ""}`;
      if (transcript.timed) this.button?.remove();
      this.button = make("button", { type: "button", class: "share", "aria-label": label, onclick: () => this.open(n) }, "Share");
      element.querySelector(".meta").append(this.button);
    },

    async open(n) {
      const { turn } = page.turns[n];
      const asked = this.asked += 1;
      this.turn = n;
      const said = turn.cues.map(([, , from, to]) => turn.text.slice(from, to));
      $("share-sentence").replaceChildren(...said.map((text, at) => make("option", { value: at }, text)));
      $("share-sentence").value = String(this.meant(n));
      $("share-pick").hidden = said.length < 2;
      this.quote();
      $("share-where").hidden = false;
      $("share-channel").replaceChildren();
      this.say("Loading the channels…", { may: false });
      $("share").showModal();
      try {
        const { channels } = await ask(`${base}/channels`);
        if (asked !== this.asked || !$("share").open) return;
        const choices = [{ id: "", name: "Choose a channel" }, ...channels.map(({ id, name }) => ({ id, name: `#${name}` }))];
        $("share-channel").replaceChildren(...choices.map(({ id, name }) => make("option", { value: id }, name)));
        if (channels.length) this.say("Everybody in the channel can read it, guests too.");
        else this.say("There is no channel that you may share it to. Both you and the app must be in the channel.", { may: false });
      } catch (refused) {
        if (refused.status === 401 || refused.status === 404) return failed(refused);
        this.say("Slack does not answer. Try again in a minute.", { may: false });
      }
    },

    /** In this turn: the sentence that was clicked, else the one being said, else the first. */
    meant(n) {
      const { cues } = page.turns[n].turn;
      const clicked = cues.findIndex(([start]) => start !== null && start === this.picked);
      const now = page.cues[page.now];
      if (clicked >= 0) return clicked;
      return now?.turn === n ? now.at : 0;
    },

    quote() {
      const { turn } = page.turns[this.turn];
      const [, , from, to] = turn.cues[Number($("share-sentence").value)];
      $("share-quote").replaceChildren(
        make("bdi", { class: "speaker" }, turn.speaker || UNKNOWN), make("p", { dir: "auto" }, turn.text.slice(from, to)),
      );
    },

    say(text, { may = true } = {}) {
      $("share-note").textContent = text;
      $("share-send").disabled = !may;
      $("share-send").hidden = false;
      $("share-close").textContent = "Cancel";
    },

    async send() {
      const { turn } = page.turns[this.turn];
      const wanted = { sentence: turn.sentence + Number($("share-sentence").value), channel: $("share-channel").value };
      const there = $("share-channel").selectedOptions[0]?.textContent;
      this.say("Sharing…", { may: false });
      try {
        await ask(`${base}/moments`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(wanted) });
        this.say(`Shared. It appears in ${there} in a moment.`);
        $("share-where").hidden = $("share-pick").hidden = $("share-send").hidden = true;
        $("share-close").textContent = "Close";
        $("share-close").focus();
      } catch (refused) {
        if (refused.status === 401 || refused.status === 404) return failed(refused);
        const why = { 403: "You or the app cannot post in that channel any more.", 410: "This transcript is no longer kept." };
        this.say(why[refused.status] ?? "Slack or the bot does not answer. Try again in a minute.");
      }
    },

    close() {
      $("share").close();
      $("share-sentence").replaceChildren();
      $("share-quote").replaceChildren();
      this.button = this.picked = null;
    },
  };

  // -- wiring

  function copyLink() {
    const at = media.element ? Math.floor(media.element.currentTime) : 0;
    const link = `${location.origin}${location.pathname}?t=${at}`;
    const copied = navigator.clipboard?.writeText(link) ?? Promise.reject(new Error("no clipboard"));
    copied.then(() => tell(`Link to ${clock(at * 1000)} copied`), () => window.prompt("Copy this link", link));
  }

  function showPart(part) {
    document.body.dataset.view = part;
    for (const button of document.querySelectorAll("[data-shows]")) {
      button.setAttribute("aria-pressed", String(button.dataset.shows === part));
    }
    if (part === "transcript") bring(page.turns[page.current]?.element, true);
  }

  async function leave() {
    await ask("/m/session/end", { method: "POST" }).catch(() => null);
    door("You are signed out.");
  }

  document.querySelector(".skip").addEventListener("click", () => showPart("transcript"));
  $("turns").addEventListener("click", onPlayFrom);
  $("lines").addEventListener("click", onPlayFrom);
  $("messages").addEventListener("click", onPlayFrom);
  $("turns").addEventListener("pointerover", (event) => {
    const turn = event.target.closest(".turn[data-n]");
    if (!turn) return;
    sentences(Number(turn.dataset.n));
    share.offer(Number(turn.dataset.n));
  });
  $("turns").addEventListener("focusin", (event) => {
    const turn = event.target.closest(".turn[data-n]");
    if (turn) share.offer(Number(turn.dataset.n));
  });
  $("share-form").addEventListener("submit", (event) => { event.preventDefault(); share.send(); });
  $("share-sentence").addEventListener("change", () => share.quote());
  $("share-close").addEventListener("click", () => $("share").close());
  $("turns").addEventListener("keydown", onTurnKey);
  for (const kind of ["wheel", "touchmove"]) $("turns").addEventListener(kind, stopFollowing, { passive: true });
  $("timeline").addEventListener("click", onTimeline);
  $("follow").addEventListener("click", () => { follow(); bring(page.turns[page.current]?.element, false); });
  $("back").addEventListener("click", () => media.skip(-10));
  $("forward").addEventListener("click", () => media.skip(10));
  $("speed").addEventListener("change", () => { if (media.element) media.element.playbackRate = Number($("speed").value); });
  $("copy").addEventListener("click", copyLink);
  $("leave").addEventListener("click", leave);
  $("again").addEventListener("click", () => location.reload());
  $("query").addEventListener("input", () => search.run());
  $("query").addEventListener("keydown", (event) => {
    if (event.key === "Escape") search.clear();
    if (event.key === "Enter" && event.shiftKey) { event.preventDefault(); search.step(-1); }
  });
  $("search").addEventListener("submit", (event) => { event.preventDefault(); search.step(1); });
  $("previous").addEventListener("click", () => search.step(-1));
  for (const button of document.querySelectorAll("[data-shows]")) button.addEventListener("click", () => showPart(button.dataset.shows));
  document.addEventListener("visibilitychange", checkAlive);
  addEventListener("hashchange", () => { if (location.hash.startsWith("#k=")) location.reload(); });

  start();
})();
