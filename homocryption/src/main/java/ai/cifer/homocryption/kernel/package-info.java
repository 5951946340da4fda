/// Arithmetic modulo one prime below 2^50 on arrays of doubles; the bottom of the chain `kernel ◄
/// ring ◄ { aggregation, rns ◄ ckks }`, not exported.
///
/// Every kernel is a pair of twins that give the same bits: a scalar one, and one on the Vector
/// API, an incubator module that can be absent. [KernelProvider] chooses once, and no class but
/// those whose name begins with `Vector` may mention a vector type. While the JVM is cold the
/// scalar twin computes in the vector one's stead ([WarmUp]).
///
/// The vector kernels in `src/main/kernels` use small methods like `multiply(a, w, v, q, p)`. The
/// optimising compiler does not reliably inline them, so `ExpandKernels` writes them out into
/// `target/generated-sources/kernels` before compilation.
///
/// Passes of a transform, for the forward direction:
///
/// ```
///  N = 8192, 8 lanes, a block of 2048 stays in the first cache
///
///   distance  4096 2048 | 1024  512   256  128   64   32   16    8  |  4     2     1
///             radix-4   | radix-4    radix-4    radix-4   radix-4,  |  exchange of lanes,
///             whole     |                                 one vector|  VectorTail
///             array     |  block by block                 a row     |
/// ```
@NullMarked
package ai.cifer.homocryption.kernel;

import org.jspecify.annotations.NullMarked;
