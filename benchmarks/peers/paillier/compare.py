"""Paillier side by side: ai.cifer.homocryption.paillier and python-paillier + gmpy2.

Both use the same key (drawn by the peer), alternate in rounds on one core, and count the CPU time
of one thread. Printed: 10th percentile and median in milliseconds, and the ratio of the 10th
percentiles. Each side also opens a ciphertext of the other, so both do the same work.
"""
import secrets
import subprocess
import sys
import time

import gmpy2
import phe
from phe import paillier

BARS = {("GMP", "decrypt"): 1.6, ("GMP", "encrypt"): 0.2}


def timed(work, count):
    times = []
    for _ in range(count):
        start = time.thread_time()
        work()
        times.append((time.thread_time() - start) * 1e3)
    return times


class Java:
    def __init__(self, java, classes, source, backend, private):
        self.process = subprocess.Popen(
            [java, "-XX:+UseSerialGC", "--enable-native-access=ALL-UNNAMED", "-cp", classes, source],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.statement = self.ask("%s %x %x" % (backend, private.p, private.q))

    def ask(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            sys.exit("the Java side ended; run it by hand: see PaillierPeer.java")
        return answer.strip()

    def times(self, job, count):
        return [float(t) for t in self.ask("%s %d" % (job, count)).split()]


def percentile(times, share):
    return sorted(times)[int(len(times) * share)]


def main():
    java, classes, source = sys.argv[1:4]
    bits = int(sys.argv[4]) if len(sys.argv) > 4 else 3072
    rounds = int(sys.argv[5]) if len(sys.argv) > 5 else 12
    public, private = paillier.generate_paillier_keypair(n_length=bits)
    message = secrets.randbelow(public.n)
    c = public.raw_encrypt(message)
    one, two = (paillier.EncryptedNumber(public, public.raw_encrypt(m)) for m in (5, 7))
    peer = {
        "encrypt": lambda: public.raw_encrypt(message),
        "add": lambda: one._raw_add(one.ciphertext(False), two.ciphertext(False)),
        "decrypt": lambda: private.raw_decrypt(c),
    }
    peer["half"] = peer["encrypt"]
    titles = {
        "encrypt": "encrypt (short exponent)",
        "half": "encrypt (half-length exponent)",
        "add": "add",
        "decrypt": "decrypt (both blindings)",
    }
    count = {"encrypt": (20, 4), "half": (6, 0), "add": (200, 400), "decrypt": (6, 6)}

    print("n: %d bits; phe %s, gmpy2 %s (GMP %s); CPU ms, 10th percentile (median)"
          % (bits, phe.__version__, gmpy2.version(), gmpy2.mp_version().split()[-1]))
    failed = False
    for backend in ("GMP", "BIG_INTEGER"):
        ours = Java(java, classes, source, backend, private)
        assert int(ours.ask("open %x" % c), 16) == message
        assert private.raw_decrypt(int(ours.ask("seal %x" % message), 16)) == message
        for job in count:
            ours.times(job, 3000 if job == "add" else 30)
        mine = {job: [] for job in count}
        theirs = {job: [] for job in count}
        for _ in range(rounds):
            for job, (here, there) in count.items():
                mine[job] += ours.times(job, here)
                theirs[job] += timed(peer[job], there)
        theirs["half"] = theirs["encrypt"]
        print("\nCifer by %s" % (ours.statement.removeprefix("Paillier: ") if backend == "GMP" else "BigInteger, the fallback"))
        print("%-32s %18s %18s %8s" % ("", "Cifer", "phe + gmpy2", "ratio"))
        for job, title in titles.items():
            a, b = mine[job], theirs[job]
            ratio = percentile(a, 0.1) / percentile(b, 0.1)
            bar = BARS.get((backend, job)) if bits == 3072 else None
            verdict = "" if bar is None else "  (bar %.1f: %s)" % (bar, "held" if ratio <= bar else "MISSED")
            failed |= "MISSED" in verdict
            print("%-32s %9.3f (%6.3f) %9.3f (%6.3f) %8.3f%s" % (
                title, percentile(a, 0.1), percentile(a, 0.5),
                percentile(b, 0.1), percentile(b, 0.5), ratio, verdict))
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
