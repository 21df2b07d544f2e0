#!/bin/sh
# The browser tests need Chromium. As root with apt, this installs its headless shell, which takes
# a third of the time, or where there is none, all of Chromium. Without either, those tests are
# skipped with a message; in CI they fail.
set -u
has() {
  for name in "$@"; do
    command -v "$name" >/dev/null 2>&1 && return 0
  done
  return 1
}
install() {
  apt-get install -y -qq --no-install-recommends -o Acquire::http::Timeout=20 "$@" fonts-noto-color-emoji >/dev/null 2>&1
}

[ -n "${CHROMIUM:-}" ] && exit 0
has chromium-headless-shell && exit 0
if [ "$(id -u)" = 0 ] && has apt-get; then
  export DEBIAN_FRONTEND=noninteractive
  if has chromium chromium-browser google-chrome; then
    install chromium-headless-shell
    exit 0
  fi
  echo "Installing Chromium for the browser tests…"
  apt-get update -qq >/dev/null 2>&1
  install chromium-headless-shell && exit 0
  install chromium && exit 0
fi
has chromium chromium-browser google-chrome && exit 0
echo "Chromium is missing and cannot be installed from here; the browser tests need it." >&2
exit 0
