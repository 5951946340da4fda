package ai.cifer.homocryption.bench;

/// What CKKS costs on this machine, in one thread, at the top level of a parameter set:
/// microseconds, the 10th percentile of the runs, unless said otherwise.
///
/// @param preset name of the parameters
/// @param degree N; a ciphertext holds N/2 numbers
/// @param depth levels
/// @param lanes doubles in a vector of the kernels; 1 for scalar code
/// @param encodeMicros N/2 numbers to a plaintext
/// @param encryptMicros under the public key
/// @param encryptSeededMicros under the secret key, half the bytes
/// @param addMicros two ciphertexts
/// @param multiplyPlainMicros by an encoded plaintext
/// @param multiplyMicros two ciphertexts, to three polynomials
/// @param relinearizeMicros back to two polynomials
/// @param rescaleMicros one level down
/// @param rotateMicros by one slot
/// @param hoistedRotateMicros each of eight rotations of one ciphertext
/// @param decryptMicros to a plaintext
/// @param decodeMicros to N/2 numbers
/// @param ciphertextBytes of two polynomials at the top level, residues packed to their bits
/// @param logError log2 of the largest error of the square of N/2 numbers in [-1, 1]
public record CkksFigures(
    String preset,
    int degree,
    int depth,
    int lanes,
    double encodeMicros,
    double encryptMicros,
    double encryptSeededMicros,
    double addMicros,
    double multiplyPlainMicros,
    double multiplyMicros,
    double relinearizeMicros,
    double rescaleMicros,
    double rotateMicros,
    double hoistedRotateMicros,
    double decryptMicros,
    double decodeMicros,
    long ciphertextBytes,
    double logError) {}
