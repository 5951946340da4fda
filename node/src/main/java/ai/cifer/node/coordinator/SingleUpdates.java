package ai.cifer.node.coordinator;

import ai.cifer.fedlearn.tensor.Segment;
import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.fedlearn.update.ClientUpdate;
import ai.cifer.secagg.round.VerifiedRound;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;

/// The updates of an unencrypted round one by one, for a strategy that must see them: each in a
/// mapped file, put together from the segments that its client sent.
final class SingleUpdates implements AutoCloseable {

  private static final int CHUNK = 1 << 16;

  private final List<ClientUpdate> updates = new ArrayList<>();

  /// @param examples of each client that sent all segments, by name
  SingleUpdates(VerifiedRound round, UploadFolder uploads, SortedMap<String, Long> examples)
      throws IOException {
    try {
      for (var client : examples.entrySet()) {
        Tensors delta = Tensors.create(uploads.update(client.getKey()), round.open().layout());
        updates.add(new ClientUpdate(delta, client.getValue()));
        for (Segment segment : round.segments()) {
          copy(uploads, client.getKey(), segment, delta);
        }
      }
    } catch (IOException | RuntimeException failure) {
      close();
      throw failure;
    }
  }

  /// A segment of floats is its values, block after block without gaps.
  private static void copy(UploadFolder uploads, String client, Segment segment, Tensors delta)
      throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(4 * CHUNK).order(ByteOrder.LITTLE_ENDIAN);
    float[] values = new float[CHUNK];
    try (FileChannel channel =
        FileChannel.open(uploads.file(client, segment.index()), StandardOpenOption.READ)) {
      for (long at = 0; at < segment.size(); at += CHUNK) {
        int count = (int) Math.min(CHUNK, segment.size() - at);
        bytes.clear().limit(4 * count);
        while (bytes.hasRemaining()) {
          if (channel.read(bytes) < 0) {
            throw new IOException("segment %d of %s ends early".formatted(segment.index(), client));
          }
        }
        bytes.flip();
        bytes.asFloatBuffer().get(values, 0, count);
        delta.write(segment.from() + at, values, count);
      }
    }
  }

  /// In ascending order of the clients' names.
  List<ClientUpdate> all() {
    return Collections.unmodifiableList(updates);
  }

  @Override
  public void close() {
    updates.forEach(ClientUpdate::close);
  }
}
