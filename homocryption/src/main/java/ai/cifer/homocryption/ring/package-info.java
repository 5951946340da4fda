/// Polynomials of `Z[X]/(X^N + 1)` modulo several primes: roots, random streams, samplers, packing
/// and the lift; between `kernel` and `aggregation`, not exported.
@NullMarked
package ai.cifer.homocryption.ring;

import org.jspecify.annotations.NullMarked;
