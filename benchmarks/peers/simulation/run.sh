#!/usr/bin/env bash
# Rounds a minute of a simulation, ours encrypted beside Flower's unencrypted: benchmarks/peers/simulation/run.sh [ROUNDS] [PAIRS]
# Ours runs ROUNDS rounds, the first 20 of which do not count (the JVM compiles); Flower's half as many, without the first 2.
# 1,000 clients of 16 images, 50 in a round, the same network, data and partition, alternately on this machine.
# Exit code 1 if the bar is missed: three times Flower's rounds a minute, in less than 4 GB.
set -eu
here=$(cd "$(dirname "$0")" && pwd -P)
root=$(cd "$here/../../.." && pwd -P)
JAVA_HOME=$("$root/cifer" test --ready 2>&1 | sed -n "s/^JDK: //p")
export JAVA_HOME
jar=$root/cli/target/cifer.jar
[ -f "$jar" ] || "$root/cifer" --version >/dev/null
python=$("$root/python/environment.sh" "$here/requirements.txt")
exec "$python" "$here/compare.py" "$JAVA_HOME/bin/java" "$jar" "$here" "$root/examples/data/fashion_mnist_26k.npz" "${1:-60}" "${2:-2}"
