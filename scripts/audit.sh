#!/bin/sh
# Is anything that uv.lock pins known to be vulnerable? Asks OSV, or what OSV_URL names.
# Status 1 if so. Where nobody can be asked it says that in one line, and is no failure.
set -u
cd "$(dirname "$0")/.."
export PYTHONPATH="$PWD/.tools" UV_HTTP_RETRIES="${UV_HTTP_RETRIES:-1}"

said=$("${PYTHON:-python3}" -m uv audit --frozen --preview-features audit-command \
    --service-url "${OSV_URL:-https://api.osv.dev/}" 2>&1)
status=$?
case "$status:$said" in
0:* | 1:*) printf '%s\n' "$said" ;;
*"error sending request"* | *"HTTP status"* | *"operation timed out"*)
    echo "Not audited: ${OSV_URL:-api.osv.dev} cannot be asked from here."
    status=0
    ;;
*) printf '%s\n' "$said" ;; # not a question of the network: uv itself, or the lock file
esac
exit "$status"
