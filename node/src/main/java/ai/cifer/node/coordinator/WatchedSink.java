package ai.cifer.node.coordinator;

import ai.cifer.transport.BlockSink;
import ai.cifer.transport.LinkRefused;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.file.FileSystemException;
import java.util.function.Consumer;

/// Blocks on their way to a disk that may fail. Its client would come back and send them again for
/// ever, so whoever runs the round has to know.
///
/// @param failed is told on the upload's thread
record WatchedSink(BlockSink blocks, Consumer<IOException> failed) implements BlockSink {

  @FunctionalInterface
  interface Step<T> {
    T run() throws IOException;
  }

  /// Carries out a step that writes; a refusal is the client's fault, a channel that was closed
  /// says nothing of the disk, and a process that has too many files open has a disk all the same.
  static <T> T watch(Step<T> step, Consumer<IOException> failed) throws IOException {
    try {
      return step.run();
    } catch (LinkRefused | ClosedChannelException noFaultOfTheDisk) {
      throw noFaultOfTheDisk;
    } catch (IOException failure) {
      if (!isOfDescriptors(failure)) {
        failed.accept(failure);
      }
      throw failure;
    }
  }

  /// The system's words for EMFILE and ENFILE.
  private static boolean isOfDescriptors(IOException failure) {
    return failure instanceof FileSystemException file
        && String.valueOf(file.getReason()).startsWith("Too many open files");
  }

  @Override
  public long offset() throws IOException {
    return blocks.offset();
  }

  @Override
  public void write(ByteBuffer chunk) throws IOException {
    watch(
        () -> {
          blocks.write(chunk);
          return chunk;
        },
        failed);
  }

  @Override
  public byte[] complete() throws IOException {
    return watch(blocks::complete, failed);
  }

  @Override
  public void close() throws IOException {
    blocks.close();
  }
}
