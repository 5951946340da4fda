package ai.cifer.node.coordinator;

import ai.cifer.fedlearn.tensor.Segment;
import ai.cifer.node.store.Durable;
import ai.cifer.secagg.codec.Bytes;
import ai.cifer.secagg.coordinator.ContributionRefused;
import ai.cifer.secagg.coordinator.SegmentReceiver;
import ai.cifer.secagg.round.VerifiedRound;
import ai.cifer.transport.BlockSink;
import ai.cifer.transport.LinkRefused;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Where the blocks of a round lie until their cohort is folded: a file for each client and
/// segment, which bears its name only when all its bytes came and are canonical.
///
/// Safe for several threads: uploads run beside each other.
final class UploadFolder {

  private record Key(String client, int segment) {}

  private final Path folder;
  private final VerifiedRound round;
  private final Map<Key, Bytes> roots = new ConcurrentHashMap<>();
  private final Set<Key> running = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  UploadFolder(Path folder, VerifiedRound round) {
    this.folder = folder;
    this.round = round;
  }

  /// Names are `[A-Za-z0-9._-]{1,64}`, so they cannot leave the folder.
  Path file(String client, int segment) {
    return folder.resolve("%s.%06d.blocks".formatted(client, segment));
  }

  /// Where the update of a client is put together that sends it unencrypted.
  Path update(String client) {
    return folder.resolve(client + ".update");
  }

  /// The hash over the blocks, if they came whole.
  Optional<Bytes> root(String client, int segment) {
    return Optional.ofNullable(roots.get(new Key(client, segment)));
  }

  /// Lets a client upload a segment, once at a time.
  ///
  /// @throws LinkRefused if it is not in the round, or the segment or length is not the plan's
  BlockSink receive(Seat seat, int segment, long length) throws IOException {
    if (!round.open().clients().contains(seat.name())) {
      throw LinkRefused.declined(
          "%s is not a client of round %d".formatted(seat.name(), round.open().round()));
    }
    if (segment >= round.segments().size()) {
      throw LinkRefused.declined(
          "segment: %d (expected: 0 to %d)".formatted(segment, round.segments().size() - 1));
    }
    Segment cut = round.segments().get(segment);
    long expected = round.plan().segmentBytes(cut.size());
    if (length != expected) {
      throw LinkRefused.declined(
          "length of segment %d: %d bytes (expected: %d)".formatted(segment, length, expected));
    }
    Key key = new Key(seat.name(), segment);
    // Two uploads at once would write into one file.
    if (!running.add(key)) {
      throw LinkRefused.declined(
          "segment %d of %s is being uploaded already".formatted(segment, seat.name()));
    }
    // Looked at only now: an upload that ended a moment ago has left its root before it made way.
    if (closed || roots.containsKey(key)) {
      running.remove(key);
      throw LinkRefused.declined(
          "segment %d of %s is here already, or the round is over".formatted(segment, seat.name()));
    }
    return new Upload(seat, segment, new SegmentReceiver(round, cut, seat.name()));
  }

  /// Ends uploads that still run: the round is over, and its folder goes.
  void close() {
    closed = true;
  }

  /// Deletes a segment's blocks.
  void delete(Collection<String> clients, int segment) throws IOException {
    for (String client : clients) {
      Files.deleteIfExists(file(client, segment));
    }
  }

  /// Blocks on their way to disk.
  private final class Upload implements BlockSink {
    private final Seat seat;
    private final int segment;
    private final SegmentReceiver receiver;
    private final Path partial;
    private final FileChannel channel;

    Upload(Seat seat, int segment, SegmentReceiver receiver) throws IOException {
      this.seat = seat;
      this.segment = segment;
      this.receiver = receiver;
      Path whole = file(seat.name(), segment);
      partial = whole.resolveSibling(whole.getFileName() + ".partial");
      try {
        channel =
            FileChannel.open(
                partial,
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.WRITE);
      } catch (IOException failure) {
        running.remove(new Key(seat.name(), segment));
        throw failure;
      }
    }

    private void requireOpen() throws LinkRefused {
      if (closed) {
        throw LinkRefused.declined("round %d is over".formatted(round.open().round()));
      }
    }

    @Override
    public void write(ByteBuffer chunk) throws IOException {
      requireOpen();
      seat.alive();
      try {
        receiver.accept(chunk.duplicate());
      } catch (ContributionRefused refused) {
        throw LinkRefused.declined(String.valueOf(refused.getMessage()));
      }
      while (chunk.hasRemaining()) {
        channel.write(chunk);
      }
    }

    @Override
    public byte[] complete() throws IOException {
      requireOpen();
      Bytes root = receiver.root();
      channel.force(true);
      channel.close();
      Durable.rename(partial, file(seat.name(), segment));
      roots.put(new Key(seat.name(), segment), root);
      return root.toByteArray();
    }

    @Override
    public void close() throws IOException {
      channel.close();
      Files.deleteIfExists(partial);
      running.remove(new Key(seat.name(), segment));
    }
  }
}
