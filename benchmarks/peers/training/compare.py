"""Measures both sides alternately, an epoch each, and compares processor time of the one thread. Exit code 1 if the bar is missed."""

import statistics
import subprocess
import sys

BAR = 1.3
java, jar, here, data, rounds = sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4], int(sys.argv[5])
BATCH = "32"


def start(words):
    return subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def epoch(process):
    process.stdin.write("go\n")
    process.stdin.flush()
    line = process.stdout.readline()
    if not line:
        sys.exit("error: a side ended early (expected: seconds of an epoch)")
    return [float(each) for each in line.split()]


flags = ["--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow", "-Xmx1g"]
sides = {
    "cifer": start([java, *flags, "-cp", jar, here + "/TrainingPeer.java", data, BATCH]),
    "pytorch": start([sys.executable, here + "/torch_peer.py", data, BATCH]),
}
times = {name: [] for name in sides}
for name, process in sides.items():
    epoch(process)  # warms up
for _ in range(rounds):
    for name, process in sides.items():
        times[name].append(epoch(process))
for process in sides.values():
    process.stdin.close()
    process.wait()
for name, each in times.items():
    cpu, wall = (statistics.median(column) for column in zip(*each))
    print(f"{name:8} an epoch: {cpu:6.2f} s of processor time, {wall:6.2f} s by the clock (medians)")
ratios = [
    statistics.median(one[i] / other[i] for one, other in zip(times["cifer"], times["pytorch"]))
    for i in (0, 1)
]
print(f"ratio of neighbouring epochs, median: {ratios[0]:.2f} of processor time (bar: <= {BAR}), {ratios[1]:.2f} by the clock")
sys.exit(ratios[0] > BAR)
