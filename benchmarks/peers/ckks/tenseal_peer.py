"""SEAL's side of compare.py, from TenSEAL's PyPI wheel.

SEAL is called through tenseal.sealapi, operation by operation, so nothing of TenSEAL's tensors is in
its times. SEAL has a first and a special prime of 60 bits, Cifer's primes end at 50, so its moduli
have 20 bits less; a second set at N = 16384 uses two special primes and has 22 bits more than SEAL's.
"""
import random

import tenseal
import tenseal.sealapi as seal

NAME = "SEAL"
VERSION = "TenSEAL %s" % tenseal.__version__
# degree: moduli of SEAL, then for Cifer (base bits, depth, special primes, their bits)
SETS = [
    (8192, [60, 40, 40, 60], (50, 2, 1, 50)),
    (16384, [60] + 7 * [40] + [60], (50, 7, 1, 50)),
    (16384, [60] + 7 * [40] + [60], (50, 7, 2, 46)),
]


class Peer:
    def __init__(self, degree, moduli, _):
        self.statement = "%s, %d bits" % (moduli, sum(moduli))
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

        def opened():
            decrypted = seal.Plaintext()
            decryptor.decrypt(a, decrypted)
            return encoder.decode_double(decrypted)

        encoded = seal.Plaintext()
        self.jobs = {
            "encode": lambda: encoder.encode(values, 2.0**40, encoded),
            "decode": lambda: encoder.decode_double(plain),
            "encrypt": lambda: encryptor.encrypt(plain, out),
            "seeded": lambda: encryptor.encrypt_symmetric(plain, out),
            "decrypt": lambda: decryptor.decrypt(a, seal.Plaintext()),
            "open": opened,
            "multiply": lambda: evaluator.multiply(a, b, out),
            "product": product,
            "rotate": lambda: evaluator.rotate_vector(a, 1, galois, out),
            "rotate8": rotate8,
        }
