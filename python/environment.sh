#!/usr/bin/env bash
# Makes the Python environment of a requirements file, once, and prints its python.
#
#   python/environment.sh examples/python/sklearn/requirements.txt
#
# A comment "# Python: 3.10" in the file asks for that version, "# Python: >=3.11" for that or a newer
# one. Looked at: PYTHON if it is set, python3 and python3.x on the path, pyenv's versions.
#
# Environments lie in target/python, or in the folder CIFER_PYTHON_ENVIRONMENTS, under a name with the
# digest of the file and the version: a changed file is another environment.
#
# Exit codes: 0; 2 no such file; 69 no fitting Python; 75 the packages could not be installed, for
# example because there is no network.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd -P)
[ $# -eq 1 ] && [ -f "$1" ] || { echo "usage: $0 REQUIREMENTS_FILE (got: $*)" >&2; exit 2; }
requirements=$(cd "$(dirname "$1")" && pwd -P)/$(basename "$1")
folder=${CIFER_PYTHON_ENVIRONMENTS:-$root/target/python}
wanted=$(sed -n 's/^# Python: *//p' "$requirements")
[ -n "$wanted" ] || wanted=">=3.9"

version_if_fits() { # a python; prints its version
  "$1" - "$wanted" 2>/dev/null <<'PYTHON'
import sys, venv, ensurepip
wanted = sys.argv[1]
have = sys.version_info[:2]
least = tuple(int(part) for part in wanted.lstrip(">=").split("."))
fits = have >= least if wanted.startswith(">=") else have == least
print("%d.%d" % have) if fits else sys.exit(1)
PYTHON
}

python="" version=""
for candidate in ${PYTHON:+"$PYTHON"} python3 python3.9 python3.10 python3.11 python3.12 python3.13 python3.14 \
  "${PYENV_ROOT:-${HOME:-}/.pyenv}"/versions/3.*/bin/python; do
  if version=$(version_if_fits "$candidate"); then
    python=$candidate
    break
  fi
done
if [ -z "$python" ]; then
  echo "Python: none that is $wanted and has venv (looked at: PYTHON, the path, pyenv's versions)." >&2
  echo "$requirements needs it. Install it, or set PYTHON=/path/to/python3." >&2
  exit 69
fi

digest=$("$python" -c 'import hashlib, sys; print(hashlib.sha256(open(sys.argv[1], "rb").read()).hexdigest()[:12])' "$requirements")
environment=$folder/$(basename "$(dirname "$requirements")")-$version-$digest
made=$environment/made # appears when all packages are there

mkdir -p "$folder"
lock=$environment.lock
while ! { [ -f "$made" ] || mkdir "$lock" 2>/dev/null; }; do # somebody else is making it
  owner=$(cat "$lock/pid" 2>/dev/null || true)
  if [ -n "$owner" ] && ! kill -0 "$owner" 2>/dev/null; then rm -rf "$lock"; fi
  sleep 0.5
done
if [ ! -f "$made" ]; then
  echo $$ >"$lock/pid"
  trap 'rm -rf "$lock"' EXIT
  echo "python: installing $requirements" >&2
  "$python" -m venv --clear "$environment" >&2
  if ! "$environment/bin/pip" --quiet --disable-pip-version-check install -r "$requirements" >&2; then
    echo "python: the packages of $requirements could not be installed (expected: a network, or an index that pip knows)" >&2
    exit 75
  fi
  cp "$requirements" "$made"
fi
echo "$environment/bin/python"
