#!/usr/bin/env bash
# Paillier side by side with python-paillier + gmpy2: benchmarks/peers/paillier/run.sh [BITS] [ROUNDS]
# Exit code 1 if a bar is missed (3072 bits only). CORE chooses the core, 0 by default.
set -eu
here=$(cd "$(dirname "$0")" && pwd -P)
root=$(cd "$here/../../.." && pwd -P)
JAVA_HOME=$("$root/cifer" test --ready 2>&1 | sed -n "s/^JDK: //p")
export JAVA_HOME
java=$JAVA_HOME/bin/java
classes=$root/homocryption/target/classes
[ -d "$classes" ] || { echo "classes: none in $classes (expected: compiled); see README.md" >&2; exit 1; }
python=$("$root/python/environment.sh" "$here/../requirements.txt")
pin=""
if command -v taskset >/dev/null 2>&1; then pin="taskset -c ${CORE:-0}"; fi
# shellcheck disable=SC2086
exec $pin "$python" "$here/compare.py" "$java" "$classes" "$here/PaillierPeer.java" "$@"
