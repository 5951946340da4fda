package ai.cifer.node.coordinator;

import ai.cifer.secagg.codec.MalformedMessage;
import ai.cifer.secagg.codec.Names;
import ai.cifer.secagg.coordinator.Delivery;
import ai.cifer.secagg.message.Manifest;
import ai.cifer.secagg.message.SealedShare;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collection;
import java.util.function.Function;

/// Where sealed shares and manifests lie until their segment is open: a file for each client,
/// segment and attempt. In memory they would take 17 kB for each client, helper and segment.
///
/// ```
/// | share for helper 1 | share for helper 2 | ... | share for helper c | manifest |
/// ```
///
/// Each begins with its length in four bytes and has a place of fixed size, so that they may come
/// in any order and one helper's are read without the others'. Nothing is forced to disk: a
/// coordinator that ends loses its round.
final class DeliveryFolder {

  private final Path folder;
  private final int helpers;
  private final int place;

  /// @param shareValues how many numbers a share has
  DeliveryFolder(Path folder, int helpers, int shareValues) {
    this.folder = folder;
    this.helpers = helpers;
    place = Integer.BYTES + SealedShare.maxBytes(shareValues);
  }

  /// Names in files are `[a-z0-9._~-]{1,128}`, so they cannot leave the folder.
  private Path file(String client, int segment, int attempt) {
    return folder.resolve("%s.%06d.%d.shares".formatted(Names.inFile(client), segment, attempt));
  }

  /// Keeps a share.
  ///
  /// @param helper the index of its helper, from 1
  void store(SealedShare share, int helper) throws IOException {
    write(file(share.client(), share.segment(), share.attempt()), helper - 1, share.encode());
  }

  /// Keeps a manifest.
  ///
  /// @param shares how many shares of the same client and segment came before
  Delivery store(Manifest manifest, int shares) throws IOException {
    Path file = file(manifest.client(), manifest.segment(), manifest.attempt());
    write(file, helpers, manifest.encode());
    return new Delivery() {
      @Override
      public Manifest manifest() throws IOException {
        return read(file, helpers, Manifest::decode);
      }

      @Override
      public int shares() {
        return shares;
      }

      @Override
      public SealedShare share(int helper) throws IOException {
        return read(file, helper - 1, SealedShare::decode);
      }
    };
  }

  private void write(Path file, int index, byte[] bytes) throws IOException {
    ByteBuffer out = ByteBuffer.allocate(Integer.BYTES + bytes.length);
    out.order(ByteOrder.LITTLE_ENDIAN).putInt(bytes.length).put(bytes).flip();
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      long at = (long) index * place;
      while (out.hasRemaining()) {
        at += channel.write(out, at);
      }
    }
  }

  private <T> T read(Path file, int index, Function<byte[], T> decode) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      long at = (long) index * place;
      ByteBuffer length = ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
      readFully(channel, length, at);
      int bytes = length.flip().getInt();
      if (bytes < 0 || bytes > channel.size() - at - Integer.BYTES) {
        throw new MalformedMessage("length: %d bytes".formatted(bytes));
      }
      ByteBuffer body = ByteBuffer.allocate(bytes);
      readFully(channel, body, at + Integer.BYTES);
      return decode.apply(body.array());
    } catch (MalformedMessage damaged) {
      throw new IOException("%s: damaged (expected: as it was written)".formatted(file), damaged);
    }
  }

  private static void readFully(FileChannel channel, ByteBuffer target, long from)
      throws IOException {
    while (target.hasRemaining()) {
      if (channel.read(target, from + target.position()) < 0) {
        throw new EOFException("end of file at byte " + (from + target.position()));
      }
    }
  }

  /// Deletes what came in an attempt at a segment.
  void delete(Collection<String> clients, int segment, int attempt) throws IOException {
    for (String client : clients) {
      Files.deleteIfExists(file(client, segment, attempt));
    }
  }
}
