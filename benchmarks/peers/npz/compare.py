"""An uncompressed npz streamed as examples beside `dd` of the same file, alternately; prints GB a second.

python compare.py JAVA CLASSPATH NpzPeer.java FOLDER [MEGABYTES [ROUNDS]]

Once with the file in memory and once without: its pages are given back before each reading (Linux). Exit code 1
unless the file in memory is read at 1 GB/s, or the one on the disk at nine tenths of what `dd` reaches.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time

import numpy as np

BAR = 1.0
java, classes, source, place = sys.argv[1:5]
megabytes = int(sys.argv[5]) if len(sys.argv) > 5 else 1000
rounds = int(sys.argv[6]) if len(sys.argv) > 6 else 5


def evict(path):
    with open(path, "rb") as file:
        os.fsync(file.fileno())
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def dd():
    start = time.perf_counter()
    subprocess.run(["dd", "if=" + path, "of=/dev/null", "bs=1M", "status=none"], check=True)
    return time.perf_counter() - start


def ours():
    process.stdin.write("go\n")
    process.stdin.flush()
    line = process.stdout.readline()
    if not line:
        sys.exit("error: Cifer ended early (expected: seconds of a reading)")
    return float(line)


with tempfile.TemporaryDirectory(dir=place) as folder:
    path = os.path.join(folder, "large.npz")
    rows = megabytes * 1_000_000 // (784 * 4)
    x = np.zeros((rows, 784), "f4")
    x[:, ::7] = np.arange(112, dtype="f4")
    np.savez(path, x_train=x, y_train=np.arange(rows) % 10)
    del x
    gigabytes = os.path.getsize(path) / 1e9
    words = [java, "-Xmx256m", "-cp", classes, source, path]
    process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    sides = {"Cifer": ours, "dd": dd}
    speeds = {}
    ours()  # compiles
    for where in ("in memory", "on the disk"):
        times = {name: [] for name in sides}
        for _ in range(rounds):
            for name, read in sides.items():
                if where == "on the disk":
                    evict(path)
                times[name].append(read())
        speeds[where] = {name: gigabytes / statistics.median(each) for name, each in times.items()}
        print(f"{gigabytes:.2f} GB {where}: " + ", ".join(f"{name} {speed:.2f} GB/s" for name, speed in speeds[where].items()))
    process.stdin.close()
    process.wait()
good = speeds["in memory"]["Cifer"] >= BAR or speeds["on the disk"]["Cifer"] >= 0.9 * speeds["on the disk"]["dd"]
print(f"expected: Cifer >= {BAR} GB/s, or the disk's speed: " + ("yes" if good else "no"))
sys.exit(not good)
