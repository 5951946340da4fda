package ai.cifer.secagg.client;

import java.nio.ByteBuffer;

/// Turns the values of one segment into blocks, each block once.
sealed interface BlockEncoder extends AutoCloseable
    permits MaskedBlocks, CipherBlocks, IntegerBlocks, FloatBlocks {
  /// Writes a block at the position of `out`.
  void encode(int block, ByteBuffer out);

  @Override
  void close();
}
