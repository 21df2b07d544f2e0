#!/bin/sh
# Check the packages in uv.lock for known vulnerabilities, at OSV or at OSV_URL.
# Status 1 if there are any. Without a network it prints one line and succeeds.
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
*) printf '%s\n' "$said" ;; # an error of uv or in the lock file, not of the network
esac
exit "$status"
