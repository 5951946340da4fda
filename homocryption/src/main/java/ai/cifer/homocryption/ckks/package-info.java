/// RNS-CKKS: approximate arithmetic on encrypted vectors of real or complex numbers.
///
/// Stands on `rns`, `ring` and `kernel`. CKKS is IND-CPA secure only: see [CkksDecryptor] for what
/// may be done with decrypted results.
@NullMarked
package ai.cifer.homocryption.ckks;

import org.jspecify.annotations.NullMarked;
