// Drawn for this page: 24 × 24, one path each.
import { svg } from "./dom.js";

const PATHS = {
  hash: "M9 4 7 20M17 4l-2 16M4.5 9h16M3.5 15h16",
  lock: "M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3",
  shared: "M4 12a4 4 0 0 1 4-4h3M20 12a4 4 0 0 1-4 4h-3M9 12h6",
  close: "M6 6l12 12M18 6 6 18",
  back: "M14.5 5.5 8 12l6.5 6.5",
  down: "M6 9.5l6 6 6-6",
  right: "M9.5 6l6 6-6 6",
  send: "M4 12 20 4.5 15.5 20l-3.4-6.6zM12 13.4 20 4.5",
  menu: "M4 6.5h16M4 12h16M4 17.5h16",
  sun:
    "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8M12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2" +
    "M5.3 5.3l1.4 1.4M17.3 17.3l1.4 1.4M18.7 5.3l-1.4 1.4M6.7 17.3l-1.4 1.4",
  moon: "M20 14.2A8.3 8.3 0 0 1 9.8 4a8.3 8.3 0 1 0 10.2 10.2",
  system: "M4 5h16v11H4zM9 20h6M12 16v4",
  thread: "M5 5h14v10h-7l-4.5 4v-4H5z",
  file: "M7 3.5h7l4 4v13H7zM14 3.5v4h4",
  play: "M8 5.5v13l11-6.5z",
  eye:
    "M2.5 12S6 5.8 12 5.8 21.5 12 21.5 12 18 18.2 12 18.2 2.5 12 2.5 12" +
    "M12 9.3a2.7 2.7 0 1 0 0 5.4 2.7 2.7 0 0 0 0-5.4",
  more: "M12 5.3v1M12 11.5v1M12 17.7v1",
  bolt: "M13 3 5.5 13.5H12L11 21l7.5-10.5H12z",
  people:
    "M9 11.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7" +
    "M2.5 19.5c.5-3.4 3-5 6.5-5s6 1.6 6.5 5M16 4.8a3.4 3.4 0 0 1 0 6.4" +
    "M18 14.8c2 .6 3.2 2.2 3.5 4.7",
  download: "M12 4v11M7 10.5l5 5 5-5M5 20h14",
  check: "M5 12.5l4.5 4.5L19 7.5",
  warning: "M12 4 2.8 19.8h18.4zM12 10v4.5M12 17.2v.1",
  info: "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17M12 11v5.5M12 7.6v.1",
  home: "M4 11 12 4l8 7v9h-5.5v-5.5h-5V20H4z",
  camera: "M3.5 7h11v10h-11zM14.5 10.8l6-3.3v9l-6-3.3z",
  plus: "M12 5v14M5 12h14",
  record: "M12 6.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11",
  link:
    "M10 14a4 4 0 0 0 6 .4l3-3a4 4 0 0 0-5.7-5.7L12 7" +
    "M14 10a4 4 0 0 0-6-.4l-3 3a4 4 0 0 0 5.7 5.7L12 17",
  exit: "M14 4.5h5v15h-5M10 8l-4 4 4 4M6 12h9",
};

export const icon = (name, size = 20) => svg(PATHS[name], { size });
export const dot = (size = 12) => svg(PATHS.record, { size, filled: true });
