#!/usr/bin/env bash
# Paillier at 3072 bits side by side with python-paillier + gmpy2, in one run, one core.
#   benchmarks/peers/paillier/run.sh [BITS] [ROUNDS]
# Needs python3 with venv, JDK 25 as `java` or in JAVA_HOME, and `./cifer` run once (it builds).
set -eu
here=$(cd "$(dirname "$0")" && pwd -P)
home=$(cd "$here/../../.." && pwd -P)
venv=$home/target/peers/paillier
java=${JAVA_HOME:+$JAVA_HOME/bin/}java
classes=$home/homocryption/target/classes

[ -d "$classes" ] || { echo "no classes in $classes (expected: built; run ./cifer --version)" >&2; exit 1; }
if [ ! -x "$venv/bin/python" ] || ! cmp -s "$here/requirements.txt" "$venv/installed.txt"; then
  python3 -m venv "$venv"
  "$venv/bin/pip" install --quiet --require-virtualenv -r "$here/requirements.txt"
  cp "$here/requirements.txt" "$venv/installed.txt"
fi
pin=""
command -v taskset >/dev/null 2>&1 && pin="taskset -c ${CORE:-0}"
exec $pin "$venv/bin/python" "$here/compare.py" "$java" "$classes" "$here/PaillierPeer.java" "$@"
