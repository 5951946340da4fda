/// Polynomials in residue number systems: base conversion, division by primes, hybrid key switching
/// and samplers; between `ring` and `ckks`, not exported.
@NullMarked
package ai.cifer.homocryption.rns;

import org.jspecify.annotations.NullMarked;
