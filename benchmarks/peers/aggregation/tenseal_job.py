"""The aggregation job of 10 clients, by TenSEAL and by Cifer, alternating on one core.

The job: 1,000,000 float32 parameters a client. TenSEAL as NVIDIA FLARE uses it: CKKS, N = 8192,
[60, 40, 40], scale 2^40, symmetric keys, one thread. A client encodes, encrypts and serializes;
the server deserializes what it received and adds it to the sum. Cifer: profile K2_N256; a client
quantises, packs and masks into bytes; the coordinator adds the bytes to the sum, no hash on either
side. Figures are processor time of the working thread.

At the end both sums are opened. Cifer's must be the very sum of the quantised integers.
"""
import argparse
import json
import os
import statistics
import subprocess
import time

import numpy
import tenseal

PARAMETERS = 1_000_000
CLIENTS = 10
FLOAT_BYTES = 4 * PARAMETERS


class Cifer:
    """A JVM that does one step of the job for each line it reads."""

    def __init__(self, root):
        classes = [f"{root}/{module}/target/classes" for module in ("homocryption", "benchmarks")]
        self.process = subprocess.Popen(
            [os.path.join(os.environ["JAVA_HOME"], "bin", "java"), "--add-modules", "jdk.incubator.vector", "-cp", os.pathsep.join(classes),
             "ai.cifer.benchmarks.AggregationJob"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )

    def ask(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline().split()
        if not answer:
            raise SystemExit("cifer: the JVM ended (expected: a JDK 25 as JAVA_HOME, and a build)")
        return [float(x) for x in answer]


class Quiet:
    """Swallows TenSEAL's notice, at each encryption, that matrix products are off for long vectors."""

    def __enter__(self):
        self.stdout, null = os.dup(1), os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, 1)
        os.close(null)

    def __exit__(self, *_):
        os.dup2(self.stdout, 1)
        os.close(self.stdout)


class TenSeal:
    def __init__(self):
        self.context = tenseal.context(
            tenseal.SCHEME_TYPE.CKKS, 8192, coeff_mod_bit_sizes=[60, 40, 40],
            encryption_type=tenseal.ENCRYPTION_TYPE.SYMMETRIC, n_threads=1,
        )
        self.context.global_scale = 2**40
        self.sum = None

    def client(self, update):
        values = update.tolist()
        with Quiet():
            start = time.thread_time()
            data = tenseal.ckks_vector(self.context, values).serialize()
            return 1e3 * (time.thread_time() - start), data

    def fold(self, data):
        start = time.thread_time()
        received = tenseal.ckks_vector_from(self.context, data)
        if self.sum is None:
            self.sum = received
        else:
            self.sum += received
        return 1e3 * (time.thread_time() - start)

    def open(self):
        start = time.thread_time()
        values = self.sum.decrypt()
        return 1e3 * (time.thread_time() - start), numpy.array(values)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--root", required=True)
    parser.add_argument("--repetitions", type=int, default=3)
    parser.add_argument("--format", choices=["text", "json"], default="text")
    arguments = parser.parse_args()
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    cifer = Cifer(arguments.root)
    (first,) = cifer.ask("first")
    cifer.ask("warm")
    times = {key: [] for key in ("tc", "cc", "tf", "cf", "to", "co")}
    for repetition in range(arguments.repetitions):
        peer, expected = TenSeal(), numpy.zeros(PARAMETERS)
        cifer.ask("clear")
        for client in range(CLIENTS):
            generator = numpy.random.default_rng(100 * repetition + client)
            update = generator.normal(0, 0.02, PARAMETERS).astype(numpy.float32)
            expected += update
            spent, data = peer.client(update)
            times["tc"].append(spent)
            times["tf"].append(peer.fold(data))
            # Ours is short beside the peer's: several times the same work, each counted.
            answer = cifer.ask("client")
            times["cc"].append(answer[0])
            times["cf"].append(cifer.ask("fold")[0])
            tenseal_bytes, cifer_bytes = len(data), int(answer[1])
        spent, values = peer.open()
        times["to"].append(spent)
        tenseal_error = float(numpy.abs(values - expected).max())
        spent, wrong = cifer.ask("open")
        times["co"].append(spent)
        if wrong:
            raise SystemExit(f"cifer: {wrong} sums are not exact")
    middle = {key: statistics.median(value) for key, value in times.items()}
    report = {
        "tenseal_client_ms": middle["tc"], "cifer_client_ms": middle["cc"],
        "client_ratio": middle["tc"] / middle["cc"],
        "tenseal_fold_ms": middle["tf"], "cifer_fold_ms": middle["cf"],
        "fold_ratio": middle["tf"] / middle["cf"],
        "tenseal_open_ms": middle["to"], "cifer_open_ms": middle["co"],
        "tenseal_bytes": tenseal_bytes, "cifer_bytes": cifer_bytes,
        "tenseal_expansion": tenseal_bytes / FLOAT_BYTES, "cifer_expansion": cifer_bytes / FLOAT_BYTES,
        "tenseal_max_error_of_sum": tenseal_error, "cifer_wrong_sums": 0,
        "cifer_first_client_ms_cold": first,
    }
    if arguments.format == "json":
        print(json.dumps(report, indent=2))
        return
    print(f"{PARAMETERS:,} float32 parameters, {CLIENTS} clients, medians of processor time, one core")
    print(f"{'':32}{'TenSEAL':>12}{'Cifer':>12}{'ratio':>9}   bar")
    rows = [
        ("client, ms", "client_ms", "client_ratio", ">= 50"),
        ("coordinator per client, ms", "fold_ms", "fold_ratio", ">= 20"),
        ("open the sum, ms", "open_ms", None, ""),
    ]
    for label, key, ratio, bar in rows:
        a, b = report["tenseal_" + key], report["cifer_" + key]
        print(f"{label:32}{a:12.2f}{b:12.2f}{a / b:9.0f}   {bar}")
    print(f"{'bytes per client':32}{tenseal_bytes:12,}{cifer_bytes:12,}"
          f"{tenseal_bytes / cifer_bytes:9.1f}   <= 4,250,000")
    print(f"largest error of the sum: TenSEAL {tenseal_error:.1e}; Cifer's integers are exact")
    print(f"Cifer's first client in a cold JVM: {first:.0f} ms")


if __name__ == "__main__":
    main()
