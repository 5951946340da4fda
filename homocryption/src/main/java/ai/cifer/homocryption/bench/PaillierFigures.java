package ai.cifer.homocryption.bench;

import ai.cifer.homocryption.paillier.PaillierBackend;

/// What Paillier costs on this machine, in one thread: milliseconds, the 10th percentile of the
/// runs, unless said otherwise.
///
/// @param backend who computed
/// @param statement one line for people about the back end, with the cure if it is not the best
/// @param bits of n
/// @param fields numbers of 20 bits in one ciphertext, for sums of up to 256 vectors
/// @param bytesPerValue of a ciphertext for each of its fields
/// @param setUpMillis to make an encryptor for a public key, once
/// @param encryptMillis with exponents of twice the security level
/// @param halfLengthEncryptMillis with exponents of half the key's length
/// @param addMillis two ciphertexts
/// @param scaleMillis a ciphertext times a number of 28 bits
/// @param rerandomizeMillis a ciphertext
/// @param decryptMillis with both blindings
public record PaillierFigures(
    PaillierBackend backend,
    String statement,
    int bits,
    int fields,
    double bytesPerValue,
    double setUpMillis,
    double encryptMillis,
    double halfLengthEncryptMillis,
    double addMillis,
    double scaleMillis,
    double rerandomizeMillis,
    double decryptMillis) {}
