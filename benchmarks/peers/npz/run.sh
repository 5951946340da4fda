#!/usr/bin/env bash
# An uncompressed npz beside `dd` of the same file: benchmarks/peers/npz/run.sh [MEGABYTES [ROUNDS]]
# Exit code 1 if Cifer reads neither 1 GB/s nor as fast as the disk. FOLDER chooses the disk, /tmp by default; CORE chooses the core, 0 by default.
set -eu
here=$(cd "$(dirname "$0")" && pwd -P)
root=$(cd "$here/../../.." && pwd -P)
JAVA_HOME=$("$root/cifer" test --ready 2>&1 | sed -n "s/^JDK: //p")
export JAVA_HOME
classes=$root/training/target/classes:$root/fedlearn/target/classes
[ -d "$root/training/target/classes" ] || { echo "classes: none in $root/training/target/classes (expected: compiled); see README.md" >&2; exit 1; }
python=$("$root/python/environment.sh" "$here/../csv/requirements.txt")
pin=""
if command -v taskset >/dev/null 2>&1; then pin="taskset -c ${CORE:-0}"; fi
# shellcheck disable=SC2086
exec $pin "$python" "$here/compare.py" "$JAVA_HOME/bin/java" "$classes" "$here/NpzPeer.java" "${FOLDER:-/tmp}" "$@"
