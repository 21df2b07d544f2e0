#!/bin/sh
# The browser tests need Chromium. As root with apt, this installs it if it is missing.
# Without it, those tests are skipped with a message; in CI they fail.
set -u
for name in chromium chromium-browser google-chrome; do
  command -v "$name" >/dev/null 2>&1 && exit 0
done
[ -n "${CHROMIUM:-}" ] && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  echo "Installing Chromium for the browser tests…"
  export DEBIAN_FRONTEND=noninteractive
  { apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium fonts-noto-color-emoji; } >/dev/null 2>&1 && exit 0
fi
echo "Chromium is missing and cannot be installed from here; the browser tests need it." >&2
exit 0
