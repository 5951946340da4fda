#!/usr/bin/env bash
# Makes benchmarks/peers/.venv with the peers of requirements.txt, once, and prints its python.
set -eu
here=$(cd "$(dirname "$0")" && pwd -P)
venv=$here/.venv
if ! cmp -s "$here/requirements.txt" "$venv/installed.txt" 2>/dev/null; then
  python3 -m venv "$venv" >&2
  "$venv/bin/pip" --quiet --disable-pip-version-check install -r "$here/requirements.txt" >&2
  cp "$here/requirements.txt" "$venv/installed.txt"
fi
echo "$venv/bin/python"
