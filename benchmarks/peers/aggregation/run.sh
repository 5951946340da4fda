#!/usr/bin/env bash
# The aggregation job side by side with TenSEAL: benchmarks/peers/aggregation/run.sh [--repetitions N] [--format json]
set -eu
here=$(cd "$(dirname "$0")" && pwd -P)
root=$(cd "$here/../../.." && pwd -P)
JAVA_HOME=$("$root/cifer" test --ready 2>&1 | sed -n "s/^JDK: //p")
export JAVA_HOME
python=$("$root/python/environment.sh" "$here/../requirements.txt")
exec "$python" "$here/tenseal_job.py" --root "$root" "$@"
