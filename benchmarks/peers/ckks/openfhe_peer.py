"""OpenFHE's side of compare.py, from its own PyPI wheel.

FIXEDMANUAL scaling, HYBRID key switching with as many digits as ours, one thread. Scale primes of
40 bits and a first prime of 50 on both sides; OpenFHE always takes special primes of 60 bits where
ours have the size in SETS. `open` is decryption with decoding: OpenFHE has no decryption without,
and its decoding also estimates the noise. Values are passed as a numpy array, the wheel's fast way.
"""
import importlib.metadata

import numpy
import openfhe

NAME = "OpenFHE"
VERSION = "OpenFHE %s" % importlib.metadata.version("openfhe")
SCALE_BITS = 40
# degree: digits and security level of OpenFHE, then for Cifer (base bits, depth, special primes,
# their bits). The last set is 12 bits over the 438 that the standard allows with OpenFHE's two
# special primes of 60 bits, so its check is off there: for the times only.
CHECKED = openfhe.SecurityLevel.HEStd_128_classic
UNCHECKED = openfhe.SecurityLevel.HEStd_NotSet
SETS = [
    (8192, (3, CHECKED), (50, 2, 1, 50)),
    (16384, (8, CHECKED), (50, 7, 1, 50)),
    (16384, (4, UNCHECKED), (50, 7, 2, 46)),
]


class Peer:
    def __init__(self, degree, choice, sizes):
        digits, level = choice
        base, depth = sizes[:2]
        parameters = openfhe.CCParamsCKKSRNS()
        parameters.SetRingDim(degree)
        parameters.SetBatchSize(degree // 2)
        parameters.SetMultiplicativeDepth(depth)
        parameters.SetFirstModSize(base)
        parameters.SetScalingModSize(SCALE_BITS)
        parameters.SetScalingTechnique(openfhe.ScalingTechnique.FIXEDMANUAL)
        parameters.SetKeySwitchTechnique(openfhe.KeySwitchTechnique.HYBRID)
        parameters.SetNumLargeDigits(digits)
        parameters.SetSecurityLevel(level)
        context = openfhe.GenCryptoContext(parameters)
        for feature in ("PKE", "KEYSWITCH", "LEVELEDSHE"):
            context.Enable(getattr(openfhe.PKESchemeFeature, feature))
        assert context.GetRingDimension() == degree
        keys = context.KeyGen()
        context.EvalMultKeyGen(keys.secretKey)
        steps = range(1, 9)
        context.EvalRotateKeyGen(keys.secretKey, list(steps))
        values = numpy.random.default_rng(1).uniform(-1, 1, degree // 2)
        plain = context.MakeCKKSPackedPlaintext(values)
        a = context.Encrypt(keys.publicKey, plain)
        b = context.Encrypt(keys.publicKey, plain)
        order = context.GetCyclotomicOrder()
        modulus = int(context.GetModulus()).bit_length()
        self.statement = "%d bits without special primes, depth %d, %d digits%s" % (
            modulus, depth, digits, "" if level == CHECKED else ", security check off")

        def product():
            return context.Rescale(context.EvalMult(a, b))

        def rotate8():
            return [context.EvalRotate(a, step) for step in steps]

        def hoisted8():
            cut = context.EvalFastRotationPrecompute(a)
            return [context.EvalFastRotation(a, step, order, cut) for step in steps]

        def decrypted(ciphertext):
            result = context.Decrypt(ciphertext, keys.secretKey)
            result.SetLength(degree // 2)
            return numpy.array(result.GetRealPackedValue())

        for got, expected in [(a, values), (product(), values * values)] + [
            (c, numpy.roll(values, -step))
            for way in (rotate8(), hoisted8()) for step, c in zip(steps, way)
        ]:
            error = numpy.abs(decrypted(got) - expected).max()
            assert error < 1e-4, "OpenFHE's result is off by %g" % error

        self.jobs = {
            "encode": lambda: context.MakeCKKSPackedPlaintext(values),
            "encrypt": lambda: context.Encrypt(keys.publicKey, plain),
            "seeded": lambda: context.Encrypt(keys.secretKey, plain),
            "open": lambda: context.Decrypt(a, keys.secretKey),
            "multiply": lambda: context.EvalMultNoRelin(a, b),
            "product": product,
            "rotate": lambda: context.EvalRotate(a, 1),
            "rotate8": rotate8,
            "hoisted8": hoisted8,
        }
