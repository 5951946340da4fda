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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Where the blocks of a round lie until their cohort is folded: a file for each client, segment
/// and attempt, which bears its name only when all its bytes came and are canonical.
///
/// Safe for several threads: uploads run beside each other.
final class UploadFolder {

  /// Uploads of one client that may run at a time; an honest one runs one after the other.
  private static final int MAX_RUNNING = 8;

  /// How often one client may begin to upload one segment anew: a link that breaks more often than
  /// that never carries it, and a client that never ends would hold up the round for ever.
  private static final int MAX_BEGUN = 64;

  private static final int CHUNK = 1 << 20;
  private static final Pattern WHOLE =
      Pattern.compile("([a-z0-9._~-]{1,128})\\.(\\d{6})\\.(\\d{2})\\.blocks");

  private record Key(String client, int segment, int attempt) {}

  private final Path folder;
  private final VerifiedRound round;
  private final Map<Key, Bytes> roots = new ConcurrentHashMap<>();
  private final Map<Key, Upload> running = new ConcurrentHashMap<>();
  private final Map<Key, Integer> begun = new ConcurrentHashMap<>();
  private final AtomicLong files = new AtomicLong();
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

  /// Lets a client upload a segment. A second upload at a time takes the place of the first, whose
  /// bytes are deleted: its client lost the link and is back before that was noticed here.
  ///
  /// @param attempt the one that runs
  /// @throws LinkRefused if it is not in the round, the segment or length is not the plan's, or it
  ///   uploads more at a time or more often than anybody needs
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
    synchronized (this) {
      requireMissing(key);
      requireModest(key);
      Upload upload = new Upload(seat, key, new SegmentReceiver(round, cut, seat.name()));
      Upload before = running.put(key, upload);
      if (before != null) {
        before.supersede();
      }
      return upload;
    }
  }

  /// What is here stays as it is: its manifest may have come.
  private void requireMissing(Key key) throws LinkRefused {
    if (closed || roots.containsKey(key)) {
      throw LinkRefused.notNeeded(
          "segment %d of %s is here already, or the round is over"
              .formatted(key.segment, key.client));
    }
  }

  /// What lies on the disk half-written is bounded by what each client has to send anyway.
  private void requireModest(Key key) throws LinkRefused {
    int times = begun.merge(key, 1, Integer::sum);
    if (times > MAX_BEGUN) {
      throw LinkRefused.declined(
          "segment %d of %s: begun %d times (expected: <= %d)"
              .formatted(key.segment, key.client, times, MAX_BEGUN));
    }
    long others =
        running.keySet().stream()
            .filter(other -> other.client.equals(key.client) && !other.equals(key))
            .count();
    if (others >= MAX_RUNNING) {
      throw LinkRefused.declined(
          "uploads of %s at a time: %d (expected: <= %d)"
              .formatted(key.client, others + 1, MAX_RUNNING));
    }
  }

  /// Looks through what a process before this one received: what is whole and canonical is here.
  void recover() throws IOException {
    List<Path> files;
    try (Stream<Path> inside = Files.list(folder)) {
      files = inside.toList();
    }
    Map<String, String> clients = new HashMap<>();
    round.open().clients().forEach(client -> clients.put(Names.inFile(client), client));
    for (Path file : files) {
      String name = String.valueOf(file.getFileName());
      Matcher whole = WHOLE.matcher(name);
      if (name.endsWith(".partial")) {
        Files.delete(file);
      } else if (whole.matches() && clients.containsKey(whole.group(1))) {
        Key key =
            new Key(
                clients.get(whole.group(1)),
                Integer.parseInt(whole.group(2)),
                Integer.parseInt(whole.group(3)));
        root(file, key).ifPresent(root -> roots.put(key, root));
      }
    }
  }

  /// @return empty if it is no segment of the round
  private Optional<Bytes> root(Path file, Key key) throws IOException {
    if (key.segment >= round.segments().size()) {
      return Optional.empty();
    }
    SegmentReceiver receiver =
        new SegmentReceiver(round, round.segments().get(key.segment), key.client);
    ByteBuffer chunk = ByteBuffer.allocate(CHUNK);
    try (FileChannel stored = FileChannel.open(file, StandardOpenOption.READ)) {
      while (stored.read(chunk) >= 0) {
        receiver.accept(chunk.flip());
        chunk.clear();
      }
      return receiver.isComplete() ? Optional.of(receiver.root()) : Optional.empty();
    } catch (ContributionRefused damaged) {
      return Optional.empty();
    }
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
              "%s.%d.partial".formatted(whole.getFileName(), files.getAndIncrement()));
      channel = FileChannel.open(partial, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    }

    /// Whoever still writes finds its channel closed, or reads that it was superseded. Called with
    /// the folder's lock, under which a segment gets its name: that of a deleted file cannot.
    void supersede() throws IOException {
      superseded = true;
      close();
    }

    private void requireOpen() throws LinkRefused {
      if (closed) {
        throw LinkRefused.notNeeded("round %d is over".formatted(round.open().round()));
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
        requireMissing(key);
        Durable.rename(partial, file(key));
        roots.put(key, root);
        superseded = true;
        Upload other = running.get(key);
        if (other != null && other != this) {
          other.supersede();
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
