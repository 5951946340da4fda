#!/usr/bin/env bash
# Makes a Python environment with pinned peers, once, and prints its python.
#
#   environment.sh            requirements.txt          in .venv
#   environment.sh openfhe    requirements-openfhe.txt  in .venv-openfhe
#
# A line "# Python: 3.10" in the requirements asks for that version: PYTHON if it is set, python3.10
# on the path, or one of pyenv's.
set -eu
here=$(cd "$(dirname "$0")" && pwd -P)
suffix=${1:+-$1}
requirements=$here/requirements$suffix.txt
venv=$here/.venv$suffix
[ -f "$requirements" ] || { echo "peer: $1 (expected: one with a file $requirements)" >&2; exit 2; }
wanted=$(sed -n 's/^# Python: *//p' "$requirements")

fits() {
  version=$("$1" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null) || return 1
  [ -z "$wanted" ] || [ "$version" = "$wanted" ]
}

find_python() {
  pyenv=${PYENV_ROOT:-$(pyenv root 2>/dev/null || echo "${HOME:-}/.pyenv")}
  for candidate in ${PYTHON:+"$PYTHON"} "python${wanted:-3}" "$pyenv/versions/$wanted".*/bin/python; do
    if fits "$candidate"; then
      echo "$candidate"
      return
    fi
  done
  echo "Python: none that is ${wanted:-3} (looked at: PYTHON, the path, $pyenv/versions)." >&2
  echo "The wheels of $requirements need it. Get it with 'pyenv install ${wanted:-3}'," >&2
  echo "or set PYTHON=/path/to/python${wanted:-3}." >&2
  return 1
}

if ! cmp -s "$requirements" "$venv/installed.txt" 2>/dev/null; then
  python=$(find_python)
  "$python" -m venv --clear "$venv" >&2
  "$venv/bin/pip" --quiet --disable-pip-version-check install -r "$requirements" >&2
  cp "$requirements" "$venv/installed.txt"
fi
echo "$venv/bin/python"
