/// Arithmetic modulo one prime below 2^50 on arrays of doubles; the bottom of the chain `kernel ◄
/// ring ◄ aggregation`, not exported.
@NullMarked
package ai.cifer.homocryption.kernel;

import org.jspecify.annotations.NullMarked;
