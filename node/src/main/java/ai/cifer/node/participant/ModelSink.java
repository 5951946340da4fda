package ai.cifer.node.participant;

import ai.cifer.node.store.FileSink;
import ai.cifer.secagg.round.RoundRefused;
import ai.cifer.transport.BlockSink;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.function.LongConsumer;

/// The model on its way into a file: a length that is not the layout's is the sender's fault, and
/// whatever else fails is the disk's.
final class ModelSink implements BlockSink {

  private final FileSink file;
  private final long length;
  private long at;

  ModelSink(Path file, long length, LongConsumer progress) throws LocalFailure {
    this.file = LocalFailure.unless(() -> new FileSink(file, length, progress));
    this.length = length;
  }

  @Override
  public void write(ByteBuffer chunk) throws IOException {
    at += chunk.remaining();
    if (at > length) {
      throw wrongLength();
    }
    LocalFailure.unlessDone(() -> file.write(chunk));
  }

  @Override
  public byte[] complete() throws IOException {
    if (at != length) {
      throw wrongLength();
    }
    return LocalFailure.unless(file::complete);
  }

  private RoundRefused wrongLength() {
    return new RoundRefused(
        RoundRefused.Reason.MODEL,
        "model: %s%d bytes (expected: %d, as its layout says)"
            .formatted(at > length ? "more than " : "", Math.min(at, length), length));
  }

  @Override
  public void close() throws LocalFailure {
    LocalFailure.unlessDone(file::close);
  }
}
