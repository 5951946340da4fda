/// Paillier's cryptosystem: sums of integers under a public key.
///
/// Chain: [PaillierSecretKey][ai.cifer.homocryption.paillier.PaillierSecretKey] →
/// [PaillierPublicKey][ai.cifer.homocryption.paillier.PaillierPublicKey] →
/// [PaillierEncryptor][ai.cifer.homocryption.paillier.PaillierEncryptor] →
/// [PaillierEvaluator][ai.cifer.homocryption.paillier.PaillierEvaluator] →
/// [PaillierDecryptor][ai.cifer.homocryption.paillier.PaillierDecryptor].
///
/// Guarantees: ciphertexts are indistinguishable under chosen plaintexts if deciding composite
/// residuosity is hard and short exponents of `h` cannot be told from full ones
/// ([PaillierEncryptor][ai.cifer.homocryption.paillier.PaillierEncryptor] states the second and
/// offers exponents that do not need it). Sums are exact.
///
/// Does not guarantee: chosen-ciphertext security (never decrypt for strangers), authenticity, that
/// a result hides how it was computed unless it is re-randomised, and, without GMP, time that does
/// not depend on secrets.
///
/// Sources: [1] P. Paillier, EUROCRYPT 1999. [2] I. Damgård, M. Jurik, J. B. Nielsen, "A
/// generalization of Paillier's public-key system with applications to electronic voting", Int. J.
/// Inf. Secur. 9(6), 2010.
@NullMarked
package ai.cifer.homocryption.paillier;

import org.jspecify.annotations.NullMarked;
