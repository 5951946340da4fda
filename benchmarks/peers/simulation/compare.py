"""Runs both simulations alternately and compares the time from the end of one round to the end of the next. Exit code 1 if the bar is missed."""

import datetime
import json
import os
import statistics
import subprocess
import sys
import tempfile

import numpy as np

BAR, MEMORY_BAR = 3.0, 4 << 30
CLIENTS, IMAGES, PER_ROUND = 1000, 16, 50
# Rounds that do not count: while classes are loaded and compiled, and actors started. Ours runs longer, as it compiles longer.
WARM_UP = {"cifer": 20, "flower": 2}
SHARE_OF_ROUNDS = {"cifer": 1, "flower": 2}
java, jar, here, data, rounds, pairs = sys.argv[1:5] + [int(each) for each in sys.argv[5:7]]


def run(words, out):
    """Seconds of processor time and the most memory of one process."""
    with open(out, "w") as log:
        process = subprocess.Popen(words, stdout=log, stderr=log, cwd=folder)
        _, status, usage = os.wait4(process.pid, 0)
    if status:
        sys.exit(f"error: {words[0]} ended with {status}; it printed:\n" + open(out).read()[-2000:])
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024


def cifer(pair):
    name = f"pair-{pair}"
    flags = "--enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow --add-modules=jdk.incubator.vector -XX:+UseSerialGC -XX:+UseCompactObjectHeaders -Dai.djl.offline=true -Dio.netty.allocator.type=pooled -Xms2g -Xmx2g -Xmn1200m".split()
    words = ["simulate", "--client-data", "clients", "--per-round", str(PER_ROUND), "--rounds", str(rounds // SHARE_OF_ROUNDS["cifer"]), "--model", "cnn", "--no-evaluation", "--run-id", name]
    keys = ["encryption=secure-aggregation", "strategy=fedavg", f"batch_size={IMAGES}", "learning_rate=0.05", "local_epochs=1"]
    cpu, memory = run([java, *flags, "-jar", jar, *words, *(word for key in keys for word in ("--set", key))], f"{folder}/cifer.log")
    ends = []
    for line in open(f"{folder}/runs/{name}/events.jsonl"):
        event = json.loads(line)
        if event["event"] == "round_completed":
            ends.append(datetime.datetime.fromisoformat(event["time"]).timestamp())
    return ends, cpu, memory


def flower(pair):
    out = f"{folder}/flower.json"
    cpu, memory = run([sys.executable, f"{here}/flower_peer.py", data, f"{folder}/partition.npy", str(rounds // SHARE_OF_ROUNDS["flower"]), out], f"{folder}/flower.log")
    return json.load(open(out)), cpu, memory


with tempfile.TemporaryDirectory(prefix="cifer-peer-") as folder:
    arrays = np.load(data)
    partition = np.random.default_rng(1).permutation(len(arrays["x_train"]))[: CLIENTS * IMAGES].reshape(CLIENTS, IMAGES)
    np.save(f"{folder}/partition.npy", partition)
    os.mkdir(f"{folder}/clients")
    for number, rows in enumerate(partition):
        np.savez(f"{folder}/clients/client-{number + 1}.npz", x_train=arrays["x_train"][rows], y_train=arrays["y_train"][rows])
    figures, worst = {"cifer": [], "flower": []}, 0
    for pair in range(pairs):
        for side, measure in (("cifer", cifer), ("flower", flower)):
            ends, cpu, memory = measure(pair)
            expected = rounds // SHARE_OF_ROUNDS[side]
            assert len(ends) >= expected, f"{side}: {len(ends)} rounds (expected: {expected})"
            times = [after - before for before, after in zip(ends, ends[1:])][WARM_UP[side] :]
            figures[side].append(statistics.median(times))
            print(f"{side:7} {figures[side][-1]:5.2f} s a round (median of {len(times)}, {min(times):.2f} to {max(times):.2f}): {60 / figures[side][-1]:5.1f} rounds a minute; processor {cpu:.0f} s, main process {memory / 1e9:.2f} GB at most", flush=True)
            if side == "cifer":
                worst = max(worst, memory)
ratio = statistics.median(theirs / ours for ours, theirs in zip(figures["cifer"], figures["flower"]))
print(f"ratio of neighbouring runs, median: {ratio:.2f} (bar: >= {BAR}); our memory {worst / 1e9:.2f} GB (bar: < {MEMORY_BAR / 1e9:.2f})")
sys.exit(ratio < BAR or worst >= MEMORY_BAR)
