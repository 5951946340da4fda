/// The two schemes of a key holder with a public key, CKKS and Paillier, as the round sees them:
/// slots of a block in, sums of slots out, exact in both.
@NullMarked
package ai.cifer.secagg.cipher;

import org.jspecify.annotations.NullMarked;
