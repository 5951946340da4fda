package ai.cifer.node.participant;

import ai.cifer.secagg.client.UpdateProtector;
import ai.cifer.transport.BlockSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.LongConsumer;

/// A segment that is protected while it is read, so that memory is one block.
final class ProtectedSource implements BlockSource {

  private final UpdateProtector protector;
  private final UploadTally tally;
  private final LongConsumer progress;

  ProtectedSource(UpdateProtector protector, UploadTally tally, LongConsumer progress) {
    this.protector = protector;
    this.tally = tally;
    this.progress = progress;
  }

  @Override
  public long length() {
    return protector.length();
  }

  @Override
  public void position(long offset) {
    protector.position(offset);
  }

  /// Fills the buffer: a message of the link holds many blocks.
  @Override
  public int read(ByteBuffer target) throws IOException {
    long start = System.nanoTime();
    int count = 0;
    while (target.hasRemaining()) {
      int read = LocalFailure.unless(() -> protector.read(target));
      if (read < 0) {
        break;
      }
      count += read;
    }
    tally.encrypted(System.nanoTime() - start);
    if (count == 0) {
      return -1;
    }
    tally.sent(count);
    progress.accept(tally.bytes());
    return count;
  }

  /// The protector is closed by whoever made it, after the manifest.
  @Override
  public void close() {}
}
