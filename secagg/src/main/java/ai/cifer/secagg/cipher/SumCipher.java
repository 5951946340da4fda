package ai.cifer.secagg.cipher;

import java.nio.ByteBuffer;

/// The public half of a key holder's key: encrypts blocks and adds ciphertexts; opens nothing.
///
/// A client encrypts under a one-time pad as well, whose seed it seals to the key holder. So the
/// coordinator cannot have anything opened but the sum over the cohort whose seeds the key holder
/// takes away, and the key holder learns nothing from a ciphertext that it should not have.
///
/// Thread-safe.
public sealed interface SumCipher permits CkksCipher, PaillierCipher {
  /// Bytes of the seed of a client's pads, one seed for each segment and attempt.
  int SEED_BYTES = 32;

  /// Encrypts the slots of one block.
  ///
  /// @param block number in the segment; a pair of seed and block serves once
  /// @param slots all slots of the block; not modified
  /// @param out has exactly the bytes of a block remaining
  void encrypt(int block, int[] slots, byte[] seed, ByteBuffer out);

  /// An empty sum of encrypted blocks.
  Sum sum();

  /// Adds encrypted blocks up. Not thread-safe.
  interface Sum {
    /// Back to the empty sum.
    void clear();

    /// Adds a block, which is read to its end.
    ///
    /// @throws CipherRefused if it is no ciphertext under the key; the sum is void then
    void add(ByteBuffer block);

    /// Writes the sum, as many bytes as a block has.
    void write(ByteBuffer out);
  }
}
