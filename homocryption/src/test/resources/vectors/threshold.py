"""An independent reference of what threshold CKKS draws and weighs, in plain Python integers.

Writes threshold.tsv, the known answers of ThresholdVectorTest:

    python3 threshold.py > threshold.tsv        (needs the package `cryptography`)

A change of the wide Gaussian or of the mask breaks the promise that a party which was updated
between a crash and a resend gives the identical share, so these answers may not change.
"""
import hashlib
import struct
from decimal import Decimal, ROUND_FLOOR, getcontext
from fractions import Fraction
from math import sqrt

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

getcontext().prec = 90
UNIFORM, ERROR = 1, 4
N = 256
SEED = bytes(range(32))


def stream(purpose, block, length):
    iv = bytes([purpose, 0, 0, 0]) + struct.pack(">Q", block) + bytes(4)
    return Cipher(algorithms.AES(SEED), modes.CTR(iv)).encryptor().update(bytes(length))


def weights(sigma):
    """Weights of |x| = 0 ... 127 in units of 2^-63."""
    sigma = Decimal(sigma)
    density = [(-k * k / (2 * sigma * sigma)).exp() * (1 if k == 0 else 2) for k in range(128)]
    total = sum(density)
    out = [int((d / total * 2**63).to_integral_value(ROUND_FLOOR)) for d in density]
    for i in range(2**63 - sum(out)):
        out[1 + i % int(sigma * 3 / 2)] += 1
    return out


def alias_table(rest):
    """Thresholds and aliases of 128 columns of 2^56, by Vose's construction with two queues."""
    thresholds, aliases = [0] * 128, list(range(128))
    light = [c for c in range(128) if rest[c] < 2**56]
    heavy = [c for c in range(128) if rest[c] >= 2**56]
    while light:
        column, donor = light.pop(0), heavy[0]
        thresholds[column], aliases[column] = rest[column], donor
        rest[donor] -= 2**56 - rest[column]
        if rest[donor] < 2**56:
            light.append(heavy.pop(0))
    return thresholds, aliases


def narrow(level, table):
    thresholds, aliases = table
    raw, out = stream(ERROR, level, 8 * N), []
    for group in range(0, len(raw), 512):
        for j in range(64):
            planes = raw[group + j : group + 512 : 64]
            column, fraction = planes[0] & 127, int.from_bytes(planes[1:], "big")
            magnitude = column if fraction < thresholds[column] else aliases[column]
            out.append(-magnitude if planes[0] & 128 else magnitude)
    return out


def width(factors):
    variance = 1.0
    for k in reversed(factors):
        variance = 1 + k * k * variance
    return 12 * sqrt(variance)


def factors_for(least):
    """As few levels as sevens allow, then each factor in turn as small as possible."""
    factors = []
    while width(factors) < least:
        factors = [7] * (len(factors) + 1)
    for i in range(len(factors)):
        while factors[i] > 1 and width(factors[:i] + [factors[i] - 1] + factors[i + 1 :]) >= least:
            factors[i] -= 1
    return factors


def wide(least):
    factors = factors_for(least)
    table = alias_table(weights("12"))
    unit, sums = 1, [0] * N
    for level in range(len(factors) + 1):
        if level > 0:
            unit *= factors[level - 1]
        sums = [s + unit * x for s, x in zip(sums, narrow(level, table))]
    return sums


def mask(bits):
    values = [-(2 ** (bits - 1))] * N
    for start in range(0, bits, 40):
        words = struct.unpack("<%dQ" % N, stream(UNIFORM, start, 8 * N))
        piece = 2 ** min(40, bits - start) - 1
        values = [v + ((w & piece) << start) for v, w in zip(values, words)]
    return values


def digest(values):
    return hashlib.sha256(" ".join(map(str, values)).encode()).hexdigest()


def lagrange(party, parties):
    weight = Fraction(1)
    for other in parties:
        if other != party:
            weight *= Fraction(other, other - party)
    return weight


for exponent in (4, 20, 46, 60, 100):
    values = wide(2.0**exponent)
    print("wide", exponent, " ".join(map(str, values[:8])), digest(values), sep="\t")
for bits in (1, 40, 41, 163):
    values = mask(bits)
    print("mask", bits, " ".join(map(str, values[:8])), digest(values), sep="\t")
for parties in ([1, 2], [1, 3], [2, 5, 9], [1, 2, 3, 4, 5, 6, 7], list(range(50, 63))):
    answers = " ".join("%d:%s" % (p, lagrange(p, parties)) for p in parties)
    print("lagrange", " ".join(map(str, parties)), answers, sep="\t")
