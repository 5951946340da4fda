#!/usr/bin/env bash
# The trainer djl side by side with PyTorch in Python: benchmarks/peers/training/run.sh [EPOCHS]
# The same CNN on the same 16,000 images, one thread each, alternately. Exit code 1 if the bar is missed.
set -eu
here=$(cd "$(dirname "$0")" && pwd -P)
root=$(cd "$here/../../.." && pwd -P)
JAVA_HOME=$("$root/cifer" test --ready 2>&1 | sed -n "s/^JDK: //p")
export JAVA_HOME
jar=$root/cli/target/cifer.jar
[ -f "$jar" ] || "$root/cifer" --version >/dev/null
python=$("$root/python/environment.sh" "$here/requirements.txt")
export OMP_NUM_THREADS=1 MKL_NUM_THREADS=1
exec "$python" "$here/compare.py" "$JAVA_HOME/bin/java" "$jar" "$here" "$root/examples/data/fashion_mnist_26k.npz" "${1:-7}"
