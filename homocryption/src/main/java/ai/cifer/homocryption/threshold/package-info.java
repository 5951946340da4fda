/// Threshold CKKS: a key that n parties make together, of which any t decrypt together and fewer
/// learn nothing. Chain: `kernel ◄ ring ◄ rns ◄ ckks ◄ threshold`.
///
/// ## Steps
///
/// | step | who | rounds | types |
/// |---|---|---|---|
/// | agree on the job, a fresh public seed, n and t | all | | [ThresholdSession][ai.cifer.homocryption.threshold.ThresholdSession] |
/// | draw `s_i` | each | | [PartySecretKey][ai.cifer.homocryption.threshold.PartySecretKey] |
/// | public key | all n | commit, open | [PublicKeyGeneration][ai.cifer.homocryption.threshold.PublicKeyGeneration], [CommitThenOpen][ai.cifer.homocryption.threshold.CommitThenOpen] |
/// | relinearization key | all n | commit, open, answer | [RelinearizationKeyGeneration][ai.cifer.homocryption.threshold.RelinearizationKeyGeneration] |
/// | keys for rotations | all n | 1 | [GaloisKeyGeneration][ai.cifer.homocryption.threshold.GaloisKeyGeneration] |
/// | share `s_i`, close it | all n | 1, sealed | [SecretSharing][ai.cifer.homocryption.threshold.SecretSharing] |
/// | encrypt, evaluate | anybody | | `ckks` |
/// | bound the circuit's error, choose the smudging | each party for itself | | [TrackedErrorBound][ai.cifer.homocryption.threshold.TrackedErrorBound], [Smudging][ai.cifer.homocryption.threshold.Smudging] |
/// | decrypt | t parties | 1 | [PartialDecryptor][ai.cifer.homocryption.threshold.PartialDecryptor], [ResultCombiner][ai.cifer.homocryption.threshold.ResultCombiner] |
/// | refresh | t parties | 1 | [CollectiveRefresh][ai.cifer.homocryption.threshold.CollectiveRefresh] |
///
/// Every message has a byte form. Who transports them authenticates them, and seals the dealt
/// shares; nothing here opens a connection.
///
/// ## What is promised
///
/// CKKS is IND-CPA; decryptions must stay with the key holders. Threshold release smudges with
/// `√(12·τ)·2^(s/2)` times a bounded error, for at most τ decryptions under a key, against up to t
/// - 1 parties and a semi-honest evaluator. This is "liberal", not simulation, security in the
///   sense of [ePrint 2025/395](https://eprint.iacr.org/2025/395): independent smudging in CKKS
///   protocols cannot be simulated. Nothing here is CCA secure.
///
/// ## Never retry
///
/// Running a protocol again over the same secrets and the same public randomness, or decrypting one
/// ciphertext again with a fresh error or another active set, reveals the secrets: ePrint
/// [2024/194](https://eprint.iacr.org/2024/194), [2025/409](https://eprint.iacr.org/2025/409) and
/// [2026/031](https://eprint.iacr.org/2026/031), and the security notes of Lattigo. Here it is not
/// a warning but code:
/// - each step is taken once by each secret; a run that failed needs a new session and new secrets;
/// - a share for a ciphertext is given once, ever, and recorded durably before it leaves
///   ([DecryptionLog][ai.cifer.homocryption.threshold.DecryptionLog]);
/// - a key serves one active set;
/// - the errors of a share are derived from what is asked, so even a log that was rolled back does
///   not give two different ones for one request.
///
/// One key a job or epoch; the fewer decryptions under it, the less is lost to smudging.
///
/// ## Not covered
///
/// Parties that send wrong shares can spoil keys and results, which is noticed, but not always who
/// did it. Ciphertexts that were not computed as agreed: verify the whole computation before a
/// share is given. Rolled-back machines, copied key shares. Timing: the sources have no branch or
/// address that depends on a secret, the machine code was not inspected.
@NullMarked
package ai.cifer.homocryption.threshold;

import org.jspecify.annotations.NullMarked;
