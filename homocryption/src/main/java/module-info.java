/// Homomorphic encryption of the JDK alone: the RLWE aggregation scheme with exact integer sums.
///
/// Inside: `kernel` (modular arithmetic in doubles, NTT) is used by `ring` (primes, streams,
/// samplers, packing), and both by `aggregation`, the only exported package.
module ai.cifer.homocryption {
  requires static org.jspecify;

  exports ai.cifer.homocryption.aggregation;
  exports ai.cifer.homocryption.codec;
  exports ai.cifer.homocryption.paillier;
}
