#!/usr/bin/env bash
# CKKS side by side with a peer: benchmarks/peers/ckks/run.sh [--peer tenseal|openfhe] [ROUNDS]
# Exit code 1 if a bar is missed. CORE chooses the core, 0 by default.
set -eu
here=$(cd "$(dirname "$0")" && pwd -P)
root=$(cd "$here/../../.." && pwd -P)
peer=tenseal
if [ "${1:-}" = --peer ]; then
  peer=${2:-}
  shift $(($# < 2 ? $# : 2))
fi
case $peer in
  tenseal) environment="" ;;
  openfhe) environment=-openfhe ;;
  *) echo "--peer: '$peer' (expected: tenseal or openfhe)" >&2; exit 2 ;;
esac
JAVA_HOME=$("$root/cifer" test --ready 2>&1 | sed -n "s/^JDK: //p")
export JAVA_HOME
java=$JAVA_HOME/bin/java
classes=$root/homocryption/target/classes
[ -d "$classes" ] || { echo "classes: none in $classes (expected: compiled); see README.md" >&2; exit 1; }
python=$("$root/python/environment.sh" "$here/../requirements$environment.txt")
export OMP_NUM_THREADS=1
pin=""
if command -v taskset >/dev/null 2>&1; then pin="taskset -c ${CORE:-0}"; fi
# shellcheck disable=SC2086
exec $pin "$python" "$here/compare.py" "$peer" "$java" "$classes" "$here/CkksPeer.java" "$@"
