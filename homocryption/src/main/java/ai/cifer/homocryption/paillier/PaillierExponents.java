package ai.cifer.homocryption.paillier;

/// How long the random exponents r of the masks `h^(n·r)` are.
public enum PaillierExponents {
  /// Twice the security level: 256 bits for n of up to 3072 bits, 304 for larger n.
  ///
  /// Assumption: `h^r` with such an r cannot be told from a power with an exponent of full length
  /// (short-exponent indistinguishability; Koshiba and Kurosawa, PKC 2004). The best known attack
  /// is Pollard's kangaroo method with 2^(bits/2) steps: 2^128, 2^152 (van Oorschot and Wiener,
  /// EUROCRYPT 1996); the order of h is unknown, so r cannot be found modulo its small factors.
  SHORT,

  /// Half the bits of n, as Damgård, Jurik and Nielsen chose: indistinguishable from full length if
  /// factoring n is hard (Goldreich and Rosen, J. Cryptology 16, 2003). Six times the table, six
  /// times the work.
  HALF_LENGTH;

  int bits(int modulusBits) {
    return switch (this) {
      case SHORT -> modulusBits <= PaillierPublicKey.DEFAULT_BITS ? 256 : 304;
      case HALF_LENGTH -> (modulusBits / 2 + 7) / 8 * 8;
    };
  }
}
