"""An independent reference of the aggregation scheme, in plain Python integers.

Writes aggregation.tsv, the known answers of AggregationVectorTest:

    python3 aggregation.py > aggregation.tsv        (needs the package `cryptography`)

Nothing here is shared with the Java code: roots by search, transforms by recursion on
polynomials, the sampler by its definition, the lift by the Chinese remainder theorem.
"""
import hashlib
import struct
from decimal import Decimal, ROUND_FLOOR, getcontext
from fractions import Fraction

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

getcontext().prec = 90
PRIMES = [1125899903827969, 1125899902124033, 1125899887312897, 1125899886395393]
UNIFORM, REPLACEMENT, SECRET, ERROR, ROUNDING = 1, 2, 3, 4, 5


def stream(key, purpose, prime, block, length):
    iv = bytes([purpose, prime, 0, 0]) + struct.pack(">Q", block) + bytes(4)
    return Cipher(algorithms.AES(key), modes.CTR(iv)).encryptor().update(bytes(length))


def expand(key, block, index, n):
    """n values of a, and the positions that were replaced."""
    p = PRIMES[index]
    values = []
    raw = stream(key, UNIFORM, index, block, n * 50 // 8)
    for j in range(0, n, 4):
        group = int.from_bytes(raw[j // 4 * 25 : j // 4 * 25 + 25], "little")
        values += [(group >> (50 * i)) & ((1 << 50) - 1) for i in range(4)]
    words = stream(key, REPLACEMENT, index, block, 8 * 1024)
    at, replaced = 0, []
    for j in range(n):
        if values[j] >= p:
            replaced.append(j)
        while values[j] >= p:
            values[j] = int.from_bytes(words[at : at + 8], "little") % (1 << 50)
            at += 8
    return values, replaced


def gaussian_weights(sigma):
    """Weights of |x| = 0 ... 127 in units of 2^-63."""
    sigma = Decimal(sigma)
    density = [(-k * k / (2 * sigma * sigma)).exp() * (1 if k == 0 else 2) for k in range(128)]
    total = sum(density)
    weights = [int((d / total * 2**63).to_integral_value(ROUND_FLOOR)) for d in density]
    spread = int(sigma * 3 / 2)
    for i in range(2**63 - sum(weights)):
        weights[1 + i % spread] += 1
    return weights


def alias_table(weights):
    """Thresholds and aliases of 128 columns of 2^56, by Vose's construction with two queues."""
    rest, capacity = list(weights), 2**56
    thresholds, aliases = [0] * 128, list(range(128))
    light = [c for c in range(128) if rest[c] < capacity]
    heavy = [c for c in range(128) if rest[c] >= capacity]
    while light:
        column, donor = light.pop(0), heavy[0]
        thresholds[column], aliases[column] = rest[column], donor
        rest[donor] -= capacity - rest[column]
        if rest[donor] < capacity:
            light.append(heavy.pop(0))
    made = [0] * 128
    for c in range(128):
        made[c] += thresholds[c]
        made[aliases[c]] += capacity - thresholds[c]
    assert made == weights
    return thresholds, aliases


WEIGHTS = gaussian_weights("8")
THRESHOLDS, ALIASES = alias_table(WEIGHTS)


def gaussian(raw):
    """Groups of 64 samples from eight planes of 64 bytes: column and sign, then the fraction."""
    out = []
    for group in range(0, len(raw), 512):
        for j in range(64):
            planes = raw[group + j : group + 512 : 64]
            column, fraction = planes[0] & 127, int.from_bytes(planes[1:], "big")
            magnitude = column if fraction < THRESHOLDS[column] else ALIASES[column]
            out.append(-magnitude if planes[0] & 128 else magnitude)
    return out


def root(n, p):
    g = 2
    while True:
        psi = pow(g, (p - 1) // (2 * n), p)
        if pow(psi, n, p) == p - 1:
            return psi
        g += 1


def evaluate(a, psi, p):
    """a(psi), a(psi^3), a(psi^5) … in natural order, by splitting even and odd coefficients."""
    n = len(a)
    if n == 1:
        return a
    even = evaluate(a[0::2], psi * psi % p, p)
    odd = evaluate(a[1::2], psi * psi % p, p)
    out, x, square = [], psi, psi * psi % p
    for k in range(n):
        out.append((even[k % (n // 2)] + x * odd[k % (n // 2)]) % p)
        x = x * square % p
    return out


def bit_reverse(i, bits):
    return int(format(i, f"0{bits}b")[::-1], 2)


def transform(a, index):
    p, n = PRIMES[index], len(a)
    values = evaluate([x % p for x in a], root(n, p), p)
    bits = n.bit_length() - 1
    return [values[bit_reverse(i, bits)] for i in range(n)]


def pack(values):
    out = bytearray()
    for j in range(0, len(values), 4):
        group = sum(v << (50 * i) for i, v in enumerate(values[j : j + 4]))
        out += group.to_bytes(25, "little")
    return bytes(out)


def update_value(i):
    """A deterministic float32, many of them beyond the clip of 0.5."""
    return struct.unpack("<f", struct.pack("<f", ((i * 7919) % 20011 - 10005) / 16384.0))[0]


def quantise(row, key, weight, cap, block, count):
    n, k, b = row["n"], row["k"], row["b"]
    raw = stream(key, ROUNDING, 0, block, 3 * n * k)
    first = (2 if k == 1 else 1) if block == 0 else 0
    width, levels = n - first, 2 ** (b - 1) - 1
    slots = [0] * (n * k)
    # Two float64 roundings make the factor; then one fused operation, here exact and rounded once.
    factor = float(min(weight, cap)) / cap * levels / 0.5
    for i in range(count):
        slot = i // width * n + first + i % width
        x = min(max(update_value(i), -0.5), 0.5)
        xi = Fraction(int.from_bytes(raw[3 * slot : 3 * slot + 3], "little"), 2**24)
        exact = Fraction(x) * Fraction(factor) + xi
        rounded = Fraction(exact.numerator / exact.denominator)
        value = rounded.numerator // rounded.denominator
        slots[slot] = min(max(value, -levels), levels) + levels + 1
    if block == 0:
        slots[0] = min(weight, cap)
        slots[1 if k == 1 else n] = 1
    return slots


def mask(row, block, slots):
    n, k, f, primes = row["n"], row["k"], row["f"], row["primes"]
    s = gaussian(stream(bytes([1] * 32), SECRET, 0, 0, 8 * n))
    e = gaussian(stream(bytes([2] * 32), ERROR, 0, block, 8 * n))
    message = [
        sum(slots[g * n + j] << (f * g) for g in range(k)) + (e[j] << (f * k)) for j in range(n)
    ]
    out = b""
    for i in range(primes):
        p = PRIMES[i]
        a, _ = expand(bytes([3] * 32), block, i, n)
        ts, tm = transform(s, i), transform(message, i)
        out += pack([(x * y + z) % p for x, y, z in zip(a, ts, tm)])
    return out


def ints(values):
    return hashlib.sha256(struct.pack(f"<{len(values)}i", *values)).hexdigest()


ROWS = {
    "K1_N64": dict(n=2048, primes=1, k=2, f=18, b=12),
    "K1_N256": dict(n=2048, primes=1, k=1, f=34, b=26),
    "K2_N256": dict(n=4096, primes=2, k=3, f=28, b=20),
    "K2_HIFI": dict(n=4096, primes=2, k=2, f=40, b=28),
    "K4_N256_DENSE": dict(n=8192, primes=4, k=7, f=26, b=18),
}

if __name__ == "__main__":
    for name, row in ROWS.items():
        for block in (0, 70000):
            count = 2000 if block == 0 else row["n"] * row["k"]
            slots = quantise(row, bytes([4] * 32), 37, 100, block, count)
            masked = hashlib.sha256(mask(row, block, slots)).hexdigest()
            print(name, block, count, ints(slots), masked, sep="\t")
    for block, index in ((9851, 1), (19944, 0)):
        values, replaced = expand(bytes(32), block, index, 4096)
        digest = hashlib.sha256(struct.pack("<4096q", *values)).hexdigest()
        print("expand", block, index, replaced[0], digest, sep="\t")
    for sigma in ("8", "3.19"):
        weights = gaussian_weights(sigma)
        thresholds, aliases = alias_table(weights)
        table = struct.pack("<128q", *weights) + struct.pack("<128q128B", *thresholds, *aliases)
        support = sum(1 for w in weights if w)
        print("weights", sigma, support, hashlib.sha256(table).hexdigest(), sep="\t")
    raw = stream(bytes(32), SECRET, 0, 0, 8 * 4096)
    samples = struct.pack("<4096b", *gaussian(raw))
    print("samples", "8", hashlib.sha256(samples).hexdigest(), sep="\t")
    for n in (2048, 4096, 8192):
        print("roots", n, *[root(n, p) for p in PRIMES], sep="\t")
