"""An independent reference of Paillier, in plain Python integers.

Writes paillier.tsv, the keys and known answers of the tests of ai.cifer.homocryption.paillier:

    python3 paillier.py > paillier.tsv        (Python 3.8 or newer, no packages)

Nothing here is shared with the Java code: no Chinese remaindering, no tables, no blinding;
decryption is the textbook's, with lambda. All numbers but the first column are hexadecimal.

    key    name p q                    two primes, 3 modulo 4
    djn    name m rho c                c = (1+n)^m * (h^n)^rho mod n^2, h hashed from n
    text   name m r c                  c = (1+n)^m * r^n mod n^2, r of full length
    root   name context index root     the n-th root of a challenge of the key proof
    form   name kind sha256            a written form, version 1: of the key, of the first djn row,
                                       of the roots
"""
import hashlib
import struct
from math import gcd


def stream(label, count):
    """Deterministic bytes for everything that is random elsewhere."""
    out = b""
    i = 0
    while len(out) < count:
        out += hashlib.sha512(b"%s %d" % (label.encode(), i)).digest()
        i += 1
    return out[:count]


def is_prime(n):
    for a in (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37):
        if n % a == 0:
            return n == a
    d, s = n - 1, 0
    while d % 2 == 0:
        d, s = d // 2, s + 1
    for k in range(40):
        a = 2 + int.from_bytes(stream("witness %d" % k, 16), "big") % (n - 3)
        x = pow(a, d, n)
        if x in (1, n - 1):
            continue
        for _ in range(s - 1):
            x = x * x % n
            if x == n - 1:
                break
        else:
            return False
    return True


def prime(bits, label):
    n = int.from_bytes(stream(label, (bits + 7) // 8), "big") % (1 << bits)
    n |= 3 << (bits - 2) | 3
    while not is_prime(n):
        n += 4
    assert n.bit_length() == bits
    return n


def big_endian(n):
    """As java.math.BigInteger.toByteArray writes it: with a sign bit."""
    return n.to_bytes(n.bit_length() // 8 + 1, "big")


def hashed(label, bound, *parts):
    need = (bound.bit_length() + 128 + 7) // 8
    out = b""
    counter = 0
    while len(out) < need:
        sha = hashlib.sha256()
        for part in (label.encode(),) + parts:
            sha.update(len(part).to_bytes(4, "big") + part)
        sha.update(counter.to_bytes(4, "big"))
        out += sha.digest()
        counter += 1
    return int.from_bytes(out[:need], "big") % bound


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def frame(kind, n, body):
    """The frame of ai.cifer.homocryption.format, under the digest of the key n."""
    part = big_endian(n)
    digest = hashlib.sha256(
        b"cifer-parameters-v1" + struct.pack("<I", 8) + b"paillier"
        + struct.pack("<IQ", 1, len(part)) + part
    ).digest()
    form = b"\x89CIFER\r\n" + struct.pack("<HHIQ", kind, 1, 0, len(body)) + digest
    form += struct.pack("<I", crc32c(form)) + body
    return form + struct.pack("<I", crc32c(form))


def form(name, kind, n, body):
    print("form", name, "%x" % kind, hashlib.sha256(frame(kind, n, body)).hexdigest(), sep="\t")


def decrypt(c, p, q):
    n = p * q
    lam = (p - 1) * (q - 1) // gcd(p - 1, q - 1)
    return (pow(c, lam, n * n) - 1) // n * pow(lam, -1, n) % n


def main():
    for name, bits, answers in (
        ("tiny", 96, 6),
        ("odd", 182, 6),
        ("n2048", 2048, 2),
        ("n3072", 3072, 2),
        ("n4096", 4096, 1),
    ):
        p, q = prime(bits // 2, name + " p"), prime(bits // 2, name + " q")
        n = p * q
        assert n.bit_length() == bits and gcd(n, (p - 1) * (q - 1)) == 1
        print("key", name, "%x" % p, "%x" % q, sep="\t")
        h = -pow(hashed("cifer-paillier-h-v1", n, big_endian(n)), 2, n) % n
        for i in range(answers):
            m = (0, n - 1, 1)[i] if i < 3 and bits < 2048 else None
            if m is None:
                m = int.from_bytes(stream("%s m %d" % (name, i), bits // 8 + 8), "big") % n
            size = 304 if bits > 3072 else 256
            rho = int.from_bytes(stream("%s rho %d" % (name, i), size // 8), "big")
            if i == 0 and bits < 2048:
                rho = (1 << size) - 1
            c = pow(1 + n, m, n * n) * pow(h, n * rho, n * n) % (n * n)
            assert decrypt(c, p, q) == m
            print("djn", name, "%x" % m, "%x" % rho, "%x" % c, sep="\t")
            if i == 0 and bits >= 2048:
                form(name, 0x103, n, c.to_bytes(bits // 4, "little"))
            r = int.from_bytes(stream("%s r %d" % (name, i), bits // 8 + 8), "big") % n
            c = pow(1 + n, m, n * n) * pow(r, n, n * n) % (n * n)
            assert decrypt(c, p, q) == m
            print("text", name, "%x" % m, "%x" % r, "%x" % c, sep="\t")
        if bits >= 2048:
            root = pow(n, -1, (p - 1) * (q - 1))
            size = struct.pack("<I", bits)
            form(name, 0x101, n, size + n.to_bytes(bits // 8, "little"))
            halves = p.to_bytes(bits // 16, "little") + q.to_bytes(bits // 16, "little")
            form(name, 0x102, n, size + halves)
            roots = b""
            for i in range(8):
                challenge = hashed(
                    "cifer-paillier-key-proof-v1", n, big_endian(n), b"federation 7", bytes([i])
                )
                sigma = pow(challenge, root, n)
                assert pow(sigma, n, n) == challenge
                print("root", name, b"federation 7".hex(), "%x" % i, "%x" % sigma, sep="\t")
                roots += sigma.to_bytes(bits // 8, "little")
            form(name, 0x104, n, roots)


if __name__ == "__main__":
    main()
