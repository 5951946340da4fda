package ai.cifer.homocryption.threshold;

import ai.cifer.homocryption.threshold.DecryptionLogDescriptor.Entry;
import ai.cifer.homocryption.threshold.ThresholdException.DecryptionLogUnusable;
import ai.cifer.homocryption.threshold.ThresholdException.DecryptionRefused;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystems;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What one party ever gave under one key: a file that is written and forced to the disk BEFORE a
/// share leaves. It holds the rules that no protocol run can be trusted to remember:
///
/// 1. **One share for each ciphertext, ever.** A ciphertext is recognised by `c_1` modulo the
///    primes of level 0, which is what a share depends on: another `c_0`, scale or level is no new
///    ciphertext.
/// 2. **At most τ decryptions under the key**, since each got the smudging of τ.
/// 3. **One active set for the key's life.** Two shares `d = λ·x + e`, `d' = λ'·x + e'` of one
///    ciphertext under Lagrange weights with `λ/λ' = p/q` give `q·d - p·d' = q·e - p·e'` exactly,
///    hence e modulo p: the smudging leaks. Who loses a party rotates the key.
/// 4. After a crash between writing and sending, **the identical share or none**:
///    [PartialDecryptor#resend] makes it again and compares it with the hash in the log.
///
/// A tail that a crash left incomplete is cut off: its share did not leave. Any other damage makes
/// the log, and with it the key share, unusable: forgetting is the one thing it may not do. A log
/// that was replaced by an older copy of itself cannot be noticed; do not restore it from backups
/// or snapshots, rotate the key.
///
/// One process at a time (a lock on the file), thread-safe within it. Holds no secret.
public final class DecryptionLog implements AutoCloseable {
  /// What a share was given for.
  enum Kind {
    DECRYPTION(1),
    REFRESH(2);

    final int number;

    Kind(int number) {
      this.number = number;
    }
  }

  private static final int BLOCK = DecryptionLogDescriptor.BLOCK_BYTES;

  private final Path file;
  private final FileChannel channel;
  private final byte[] header;
  private final SmudgingPolicy policy;
  private final SecretKeyShare share;
  private final Map<String, Entry> entries = new HashMap<>();
  private long decryptions;
  private long boundSet;
  private boolean broken;

  private DecryptionLog(
      Path file, FileChannel channel, SecretKeyShare share, SmudgingPolicy policy) {
    this.file = file;
    this.channel = channel;
    this.share = share;
    this.header = DecryptionLogDescriptor.header(share, policy);
    this.policy = policy;
  }

  /// Creates the log of a new key share, readable by its owner only. A key share has exactly one
  /// log, for its whole life.
  ///
  /// @param share a share that never decrypted anything
  /// @param policy of the key, for its whole life
  /// @throws FileAlreadyExistsException if there is one
  public static DecryptionLog create(Path file, SecretKeyShare share, SmudgingPolicy policy)
      throws IOException {
    FileChannel channel =
        FileChannel.open(
            file,
            Set.of(
                StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW),
            ownerOnly());
    try {
      lock(file, channel);
      var log = new DecryptionLog(file, channel, share, policy);
      log.write(0, log.header);
      forceFolder(file);
      return log;
    } catch (IOException | RuntimeException failure) {
      channel.close();
      throw failure;
    }
  }

  /// Opens the log of a key share.
  ///
  /// @param policy the one that it was created with
  /// @throws NoSuchFileException if there is none: the key share may not be used any more
  /// @throws DecryptionLogUnusable if it is another key's, has another policy, or is damaged
  public static DecryptionLog open(Path file, SecretKeyShare share, SmudgingPolicy policy)
      throws IOException {
    FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
    try {
      lock(file, channel);
      var log = new DecryptionLog(file, channel, share, policy);
      log.recover();
      return log;
    } catch (IOException | RuntimeException failure) {
      channel.close();
      throw failure;
    }
  }

  private static FileAttribute<?>[] ownerOnly() {
    if (!FileSystems.getDefault().supportedFileAttributeViews().contains("posix")) {
      return new FileAttribute<?>[0];
    }
    return new FileAttribute<?>[] {
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
    };
  }

  private static void lock(Path file, FileChannel channel) throws IOException {
    FileLock lock;
    try {
      lock = channel.tryLock();
    } catch (OverlappingFileLockException held) {
      lock = null;
    }
    if (lock == null) {
      throw new IOException(
          "decryption log " + file + ": in use (expected: one process for each key share)");
    }
  }

  private void recover() throws IOException {
    long size = channel.size();
    if (size < BLOCK) {
      throw new DecryptionLogUnusable(
          "decryption log "
              + file
              + ": "
              + size
              + " bytes (expected: a header of "
              + BLOCK
              + "); if it was being created just now and the key share gave nothing yet, delete and"
              + " create it, otherwise rotate the key");
    }
    if (!Arrays.equals(read(0), header)) {
      throw new DecryptionLogUnusable(
          "decryption log "
              + file
              + ": of another key, party or smudging policy, or damaged (expected: that of "
              + share
              + ", "
              + policy
              + "); a policy never changes under a key: rotate the key to change it");
    }
    long at = BLOCK;
    for (long sequence = 1; at + BLOCK <= size; sequence++, at += BLOCK) {
      Entry entry = DecryptionLogDescriptor.decode(header, read(at), sequence);
      if (entry == null) {
        requireZeros(at, size, sequence);
        break;
      }
      remember(entry);
    }
    if (at < size) {
      channel.truncate(at);
      channel.force(true);
    }
  }

  /// A crash can leave the file longer than what was written: zeros.
  private void requireZeros(long from, long size, long sequence) throws IOException {
    for (long at = from; at < size; at += BLOCK) {
      for (byte x : read(at)) {
        if (x != 0) {
          throw new DecryptionLogUnusable(
              "decryption log "
                  + file
                  + ": entry "
                  + sequence
                  + " is damaged (expected: a matching checksum); what it said is forgotten, so this"
                  + " key share may not decrypt any more: rotate the key");
        }
      }
    }
  }

  private void remember(Entry entry) {
    entries.put(name(entry.ciphertext()), entry);
    boundSet = entry.set();
    if (entry.kind() == Kind.DECRYPTION.number) {
      decryptions++;
    }
  }

  private static String name(byte[] ciphertext) {
    return HexFormat.of().formatHex(ciphertext);
  }

  /// The policy of the key.
  public SmudgingPolicy policy() {
    return policy;
  }

  /// Partial decryptions that were given.
  public synchronized long decryptions() {
    return decryptions;
  }

  /// Partial decryptions that may still be given.
  public synchronized long remaining() {
    return policy.decryptions() - decryptions;
  }

  /// The set that the key is bound to, empty before the first share.
  public synchronized Optional<ActiveSet> boundSet() {
    return boundSet == 0
        ? Optional.empty()
        : Optional.of(ActiveSet.ofBits(share.session().committee(), boundSet));
  }

  void requireFor(SecretKeyShare used) {
    if (used != share) {
      throw new IllegalArgumentException(
          "decryption log " + file + ": opened for another share (expected: " + share + ")");
    }
  }

  /// Refuses what the rules forbid, before any work is done.
  synchronized void requireAllowed(Kind kind, ActiveSet set, byte[] ciphertext) {
    requireUsable();
    if (entries.containsKey(name(ciphertext))) {
      throw new DecryptionRefused(
          "ciphertext "
              + name(ciphertext).substring(0, 16)
              + ": already has a share of this key (expected: one, ever); if that share was lost on"
              + " the way, resend the identical one, otherwise compute and encrypt anew");
    }
    if (boundSet != 0 && boundSet != set.bits()) {
      throw new DecryptionRefused(
          set
              + ": not the active set of this key (expected: "
              + ActiveSet.ofBits(share.session().committee(), boundSet)
              + ", bound by its first use); rotate the key to decrypt with other parties");
    }
    if (kind == Kind.DECRYPTION && remaining() <= 0) {
      throw new DecryptionRefused(
          "decryptions: "
              + decryptions
              + " given (expected: at most "
              + policy.decryptions()
              + " under this key); rotate the key");
    }
  }

  /// Writes that a share is about to be given, and forces it to the disk.
  synchronized void append(
      Kind kind, ActiveSet set, byte[] ciphertext, byte[] request, byte[] shareHash)
      throws IOException {
    requireAllowed(kind, set, ciphertext);
    Entry entry =
        new Entry(entries.size() + 1L, set.bits(), kind.number, ciphertext, request, shareHash);
    write(BLOCK * entry.sequence(), DecryptionLogDescriptor.entry(header, entry));
    remember(entry);
  }

  /// Refuses to give a share again unless it is the one in the log, to the last bit.
  synchronized void requireIdentical(
      Kind kind, ActiveSet set, byte[] ciphertext, byte[] request, byte[] shareHash) {
    requireUsable();
    Entry entry = entries.get(name(ciphertext));
    if (entry == null
        || !entry.sameAs(new Entry(0, set.bits(), kind.number, ciphertext, request, shareHash))) {
      throw new DecryptionRefused(
          "resend of ciphertext "
              + name(ciphertext).substring(0, 16)
              + ": not what was given before (expected: the identical share, or none)");
    }
  }

  private void requireUsable() {
    if (broken) {
      throw new DecryptionLogUnusable(
          "decryption log "
              + file
              + ": closed, or an earlier write failed (expected: open, every write durable); open it"
              + " again when the disk is well");
    }
  }

  private byte[] read(long at) throws IOException {
    ByteBuffer block = ByteBuffer.allocate(BLOCK);
    while (block.hasRemaining() && channel.read(block, at + block.position()) >= 0) {
      // Reads on until the block is full or the file ends.
    }
    return block.array();
  }

  private void write(long at, byte[] block) throws IOException {
    broken = true;
    ByteBuffer bytes = ByteBuffer.wrap(block);
    while (bytes.hasRemaining()) {
      channel.write(bytes, at + bytes.position());
    }
    channel.force(true);
    broken = false;
  }

  /// Makes the name of the file durable, where the system lets a folder be opened.
  private static void forceFolder(Path file) throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    if (folder == null
        || !FileSystems.getDefault().supportedFileAttributeViews().contains("posix")) {
      return;
    }
    try (FileChannel directory = FileChannel.open(folder, StandardOpenOption.READ)) {
      directory.force(true);
    }
  }

  @Override
  public synchronized void close() throws IOException {
    broken = true;
    channel.close();
  }

  @Override
  public String toString() {
    return "DecryptionLog(" + file + ", " + decryptions() + " of " + policy.decryptions() + ")";
  }
}
