/// Homomorphic encryption of the JDK alone: the RLWE aggregation scheme with exact integer sums,
/// and RNS-CKKS.
///
/// Inside: `kernel` (modular arithmetic in doubles, NTT) is used by `ring` (primes, streams,
/// samplers, packing), both by `aggregation` and by `rns` (residue number systems, key switching),
/// on which `ckks` stands. The root package is the front door: encrypted vectors and matrices.
module ai.cifer.homocryption {
  requires static jdk.incubator.vector;
  requires static org.jspecify;

  exports ai.cifer.homocryption;
  exports ai.cifer.homocryption.aggregation;
  exports ai.cifer.homocryption.bench;
  exports ai.cifer.homocryption.ckks;
  exports ai.cifer.homocryption.codec;
  exports ai.cifer.homocryption.paillier;
  exports ai.cifer.homocryption.threshold;
}
