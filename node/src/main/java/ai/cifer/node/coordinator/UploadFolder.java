package ai.cifer.node.coordinator;

import ai.cifer.fedlearn.tensor.Segment;
import ai.cifer.node.store.Durable;
import ai.cifer.secagg.codec.Bytes;
import ai.cifer.secagg.codec.Names;
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
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/// Where the blocks of a round lie until their cohort is folded: a file for each client, segment
/// and attempt, which bears its name only when all its bytes came and are canonical.
///
/// Safe for several threads: uploads run beside each other.
final class UploadFolder {

  private record Key(String client, int segment, int attempt) {}

  private final Path folder;
  private final VerifiedRound round;
  private final Map<Key, Bytes> roots = new ConcurrentHashMap<>();
  private final Map<Key, Upload> running = new ConcurrentHashMap<>();
  private final AtomicLong begun = new AtomicLong();
  private volatile boolean closed;

  UploadFolder(Path folder, VerifiedRound round) {
    this.folder = folder;
    this.round = round;
  }

  /// Names in files are `[a-z0-9._~-]{1,128}`, so they cannot leave the folder.
  Path file(String client, int segment, int attempt) {
    return folder.resolve("%s.%06d.%02d.blocks".formatted(Names.inFile(client), segment, attempt));
  }

  private Path file(Key key) {
    return file(key.client, key.segment, key.attempt);
  }

  /// Where the update of a client is put together that sends it unencrypted.
  Path update(String client) {
    return folder.resolve(Names.inFile(client) + ".update");
  }

  /// The hash over the blocks, if they came whole.
  Optional<Bytes> root(String client, int segment, int attempt) {
    return Optional.ofNullable(roots.get(new Key(client, segment, attempt)));
  }

  /// Lets a client upload a segment. A second upload at a time takes the place of the first: its
  /// client lost the link and is back before that was noticed here.
  ///
  /// @param attempt the one that runs
  /// @throws LinkRefused if it is not in the round, or the segment or length is not the plan's
  BlockSink receive(Seat seat, int segment, int attempt, long length) throws IOException {
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
    Key key = new Key(seat.name(), segment, attempt);
    if (closed || roots.containsKey(key)) {
      throw LinkRefused.declined(
          "segment %d of %s is here already, or the round is over".formatted(segment, seat.name()));
    }
    Upload upload = new Upload(seat, key, new SegmentReceiver(round, cut, seat.name()));
    Upload before = running.put(key, upload);
    if (before != null) {
      before.superseded = true;
    }
    return upload;
  }

  /// Ends uploads that still run: the round is over, and its folder goes.
  void close() {
    closed = true;
  }

  /// Deletes the blocks of an attempt at a segment.
  void delete(Collection<String> clients, int segment, int attempt) throws IOException {
    for (String client : clients) {
      Files.deleteIfExists(file(client, segment, attempt));
    }
  }

  /// Blocks on their way to disk.
  private final class Upload implements BlockSink {
    private final Seat seat;
    private final Key key;
    private final SegmentReceiver receiver;
    private final Path partial;
    private final FileChannel channel;
    private volatile boolean superseded;

    Upload(Seat seat, Key key, SegmentReceiver receiver) throws IOException {
      this.seat = seat;
      this.key = key;
      this.receiver = receiver;
      Path whole = file(key);
      // Of its own: one that is superseded may still write.
      partial =
          whole.resolveSibling(
              "%s.%d.partial".formatted(whole.getFileName(), begun.getAndIncrement()));
      channel = FileChannel.open(partial, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    }

    private void requireOpen() throws LinkRefused {
      if (closed) {
        throw LinkRefused.declined("round %d is over".formatted(round.open().round()));
      }
      if (superseded) {
        throw LinkRefused.declined(
            "segment %d of %s is being uploaded anew".formatted(key.segment, key.client));
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
      // One of two that end at the same time is the segment; the other has no say any more.
      synchronized (UploadFolder.this) {
        requireOpen();
        Durable.rename(partial, file(key));
        roots.put(key, root);
        superseded = true;
        Upload other = running.get(key);
        if (other != null) {
          other.superseded = true;
        }
      }
      return root.toByteArray();
    }

    @Override
    public void close() throws IOException {
      channel.close();
      Files.deleteIfExists(partial);
      running.remove(key, this);
    }
  }
}
