// Light, dark, or as the system has it.
import { changed } from "./world.js";

const KEY = "sandbox-theme";

export function themeNow() {
  return document.documentElement.dataset.theme ?? "system";
}

export function setTheme(theme) {
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // no storage: the choice lasts as long as the page
  }
  changed();
}

export function restoreTheme() {
  try {
    const theme = localStorage.getItem(KEY);
    if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
  } catch {
    // as above
  }
}
