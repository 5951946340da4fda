#!/usr/bin/env bash
# CSV to float32 beside pandas.read_csv: benchmarks/peers/csv/run.sh [MEGABYTES [ROUNDS]]
# Exit code 1 if Cifer is slower. CORE chooses the core, 0 by default.
set -eu
here=$(cd "$(dirname "$0")" && pwd -P)
root=$(cd "$here/../../.." && pwd -P)
JAVA_HOME=$("$root/cifer" test --ready 2>&1 | sed -n "s/^JDK: //p")
export JAVA_HOME
classes=$root/training/target/classes:$root/fedlearn/target/classes
[ -d "$root/training/target/classes" ] || { echo "classes: none in $root/training/target/classes (expected: compiled); see README.md" >&2; exit 1; }
python=$("$root/python/environment.sh" "$here/requirements.txt")
pin=""
if command -v taskset >/dev/null 2>&1; then pin="taskset -c ${CORE:-0}"; fi
# shellcheck disable=SC2086
exec $pin "$python" "$here/compare.py" "$JAVA_HOME/bin/java" "$classes" "$here/CsvPeer.java" "$@"
