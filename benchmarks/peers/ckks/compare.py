"""CKKS side by side: ai.cifer.homocryption.ckks and a peer, SEAL or OpenFHE, as their wheels hold it.

NAME_peer.py holds the peer's side and says what its sets have in common with ours: equal degree,
depth and scale primes of 40 bits. A peer without a job is left out there.

The sides alternate in rounds on one core and count the CPU time of one thread. Printed: 10th
percentile and median in microseconds, and the ratio of the 10th percentiles, theirs to ours.
"""
import importlib
import subprocess
import sys
import time

BARS = {"encode": 4, "decode": 4, "encrypt": 4, "open": 4, "product": 3, "rotate": 3}
TITLES = {
    "encode": "encode",
    "decode": "decode",
    "encrypt": "encrypt, public key",
    "seeded": "encrypt, secret key",
    "decrypt": "decrypt",
    "open": "decrypt and decode",
    "multiply": "multiply",
    "product": "multiply, relinearize, rescale",
    "rotate": "rotate by 1",
    "rotate8": "rotate by 1 to 8, singly",
    "hoisted8": "rotate by 1 to 8, hoisted",
}


class Java:
    def __init__(self, java, classes, source, degree, sizes):
        self.process = subprocess.Popen(
            [java, "-XX:+UseSerialGC", "-Xms1g", "-Xmn512m", "--add-modules",
             "jdk.incubator.vector", "-cp", classes, source, str(degree.bit_length() - 1)]
            + [str(s) for s in sizes],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.statement = self.line()

    def line(self):
        answer = self.process.stdout.readline()
        if not answer:
            sys.exit("the Java side ended; run it by hand: see CkksPeer.java")
        return answer.strip()

    def times(self, job, millis):
        self.process.stdin.write("%s %d\n" % (job, millis))
        self.process.stdin.flush()
        return [float(t) for t in self.line().split()]

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def peer_times(work, millis):
    times = []
    end = time.perf_counter() + millis / 1e3
    while time.perf_counter() < end or len(times) < 3:
        start = time.thread_time()
        work()
        times.append((time.thread_time() - start) * 1e6)
    return times


def percentile(times, share):
    return sorted(times)[int(len(times) * share)]


def compare(module, command, rounds, degree, choice, sizes):
    peer = module.Peer(degree, choice, sizes)
    ours = Java(*command, degree, sizes)
    print("\nN = %d: %s %s; Cifer %s" % (degree, module.NAME, peer.statement, ours.statement))
    print("%-32s %20s %20s %8s" % ("CPU us: 10th percentile (median)", "Cifer", module.NAME, "ratio"))
    for job in TITLES:
        ours.times(job, 1500)
    mine = {job: [] for job in TITLES}
    theirs = {job: [] for job in TITLES}
    for _ in range(rounds):
        for job in TITLES:
            mine[job] += ours.times(job, 150)
            if job in peer.jobs:
                theirs[job] += peer_times(peer.jobs[job], 150)
    ours.close()
    missed = False
    for job, title in TITLES.items():
        a, b = mine[job], theirs[job]
        text = "%-32s %10.1f (%7.1f)" % (title, percentile(a, 0.1), percentile(a, 0.5))
        if b:
            ratio = percentile(b, 0.1) / percentile(a, 0.1)
            text += " %10.1f (%7.1f) %7.2fx" % (percentile(b, 0.1), percentile(b, 0.5), ratio)
            if job in BARS:
                held = ratio >= BARS[job]
                missed |= not held
                text += "  bar %dx: %s" % (BARS[job], "held" if held else "MISSED")
        print(text)
    if theirs["hoisted8"]:
        share = percentile(theirs["hoisted8"], 0.1) / percentile(theirs["rotate8"], 0.1)
        print("hoisted / singly, %s: %.2f" % (module.NAME, share))
    share = percentile(mine["hoisted8"], 0.1) / percentile(mine["rotate8"], 0.1)
    held = share <= 0.5
    print("hoisted / singly, Cifer: %.2f  bar 0.50: %s" % (share, "held" if held else "MISSED"))
    return missed or not held


def main():
    name, *command = sys.argv[1:5]
    rounds = int(sys.argv[5]) if len(sys.argv) > 5 else 8
    module = importlib.import_module(name + "_peer")
    print(module.VERSION)
    missed = [compare(module, command, rounds, *s) for s in module.SETS]
    sys.exit(1 if any(missed) else 0)


if __name__ == "__main__":
    main()
