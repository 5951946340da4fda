"""CKKS side by side: ai.cifer.homocryption.ckks and Microsoft SEAL as TenSEAL's wheel holds it.

SEAL is called through tenseal.sealapi, operation by operation, so nothing of TenSEAL's tensors is in
its times. Equal degree and depth; scale primes of 40 bits on both sides. SEAL has a first and a
special prime of 60 bits, Cifer's primes end at 50, so its moduli have 20 bits less; a second set at
N = 16384 uses two special primes and has 22 bits more than SEAL's.

The sides alternate in rounds on one core and count the CPU time of one thread. Printed: 10th
percentile and median in microseconds, and the ratio of the 10th percentiles, theirs to ours.
"""
import random
import subprocess
import sys
import time

import tenseal
import tenseal.sealapi as seal

# degree: moduli of SEAL, then for Cifer (base bits, depth, special primes, their bits)
SETS = [
    (8192, [60, 40, 40, 60], (50, 2, 1, 50)),
    (16384, [60] + 7 * [40] + [60], (50, 7, 1, 50)),
    (16384, [60] + 7 * [40] + [60], (50, 7, 2, 46)),
]
BARS = {"encode": 4, "decode": 4, "encrypt": 4, "product": 3, "rotate": 3}
TITLES = {
    "encode": "encode",
    "decode": "decode",
    "encrypt": "encrypt, public key",
    "seeded": "encrypt, secret key",
    "decrypt": "decrypt",
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


class Seal:
    def __init__(self, degree, moduli):
        parameters = seal.EncryptionParameters(seal.SCHEME_TYPE.CKKS)
        parameters.set_poly_modulus_degree(degree)
        parameters.set_coeff_modulus(seal.CoeffModulus.Create(degree, moduli))
        context = seal.SEALContext(parameters, True, seal.SEC_LEVEL_TYPE.TC128)
        generator = seal.KeyGenerator(context)
        public, relin, galois = seal.PublicKey(), seal.RelinKeys(), seal.GaloisKeys()
        generator.create_public_key(public)
        generator.create_relin_keys(relin)
        generator.create_galois_keys([pow(3, k, 2 * degree) for k in range(1, 9)], galois)
        secret = generator.secret_key()
        encoder = seal.CKKSEncoder(context)
        encryptor = seal.Encryptor(context, public, secret)
        decryptor = seal.Decryptor(context, secret)
        evaluator = seal.Evaluator(context)
        values = [random.uniform(-1, 1) for _ in range(degree // 2)]
        plain = seal.Plaintext()
        encoder.encode(values, 2.0**40, plain)
        a, b = seal.Ciphertext(), seal.Ciphertext()
        encryptor.encrypt(plain, a)
        encryptor.encrypt(plain, b)
        out = seal.Ciphertext()

        def product():
            evaluator.multiply(a, b, out)
            evaluator.relinearize_inplace(out, relin)
            evaluator.rescale_to_next_inplace(out)

        def rotate8():
            for k in range(1, 9):
                evaluator.rotate_vector(a, k, galois, out)

        encoded = seal.Plaintext()
        self.jobs = {
            "encode": lambda: encoder.encode(values, 2.0**40, encoded),
            "decode": lambda: encoder.decode_double(plain),
            "encrypt": lambda: encryptor.encrypt(plain, out),
            "seeded": lambda: encryptor.encrypt_symmetric(plain, out),
            "decrypt": lambda: decryptor.decrypt(a, seal.Plaintext()),
            "multiply": lambda: evaluator.multiply(a, b, out),
            "product": product,
            "rotate": lambda: evaluator.rotate_vector(a, 1, galois, out),
            "rotate8": rotate8,
        }

    def times(self, job, millis):
        work = self.jobs.get(job)
        if work is None:
            return []
        times = []
        end = time.perf_counter() + millis / 1e3
        while time.perf_counter() < end or len(times) < 3:
            start = time.thread_time()
            work()
            times.append((time.thread_time() - start) * 1e6)
        return times


def percentile(times, share):
    return sorted(times)[int(len(times) * share)]


def compare(java, classes, source, rounds, degree, moduli, sizes):
    peer = Seal(degree, moduli)
    ours = Java(java, classes, source, degree, sizes)
    print("\nN = %d: SEAL %s, %d bits; Cifer %s" % (degree, moduli, sum(moduli), ours.statement))
    print("%-32s %20s %20s %8s" % ("CPU us: 10th percentile (median)", "Cifer", "SEAL", "ratio"))
    for job in TITLES:
        ours.times(job, 1500)
    mine = {job: [] for job in TITLES}
    theirs = {job: [] for job in TITLES}
    for _ in range(rounds):
        for job in TITLES:
            mine[job] += ours.times(job, 150)
            theirs[job] += peer.times(job, 150)
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
    share = percentile(mine["hoisted8"], 0.1) / percentile(mine["rotate8"], 0.1)
    held = share <= 0.5
    print("hoisted / singly: %.2f  bar 0.50: %s" % (share, "held" if held else "MISSED"))
    return missed or not held


def main():
    java, classes, source = sys.argv[1:4]
    rounds = int(sys.argv[4]) if len(sys.argv) > 4 else 8
    print("TenSEAL %s" % tenseal.__version__)
    missed = [compare(java, classes, source, rounds, *s) for s in SETS]
    sys.exit(1 if any(missed) else 0)


if __name__ == "__main__":
    main()
