package ai.cifer.cli.keys;

import ai.cifer.cli.exit.CommandFailed;
import ai.cifer.cli.exit.ExitCode;
import ai.cifer.homocryption.StoredForm;
import ai.cifer.homocryption.codec.FormKind;
import ai.cifer.homocryption.codec.FormatException;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/// Files that hold one key each. New files are never written over old ones, and are forced to disk.
public final class KeyStore {
  private static final Set<PosixFilePermission> OWNER_ONLY =
      EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);
  private static final Set<PosixFilePermission> OTHERS =
      EnumSet.complementOf(
          EnumSet.of(
              PosixFilePermission.OWNER_READ,
              PosixFilePermission.OWNER_WRITE,
              PosixFilePermission.OWNER_EXECUTE));
  private static final int MOST_SECRET_BYTES =
      SealedKeyDescriptor.HEADER_BYTES
          + SealedKeyDescriptor.MOST_SEALED_BYTES
          + SealedKeyDescriptor.TRAILER_BYTES;

  private KeyStore() {}

  /// Writes a key's form.
  @FunctionalInterface
  public interface Writer {
    void write(OutputStream out) throws IOException;
  }

  /// What a file says of itself.
  ///
  /// @param bytes of the file
  /// @param protection how a secret key is protected; empty for a public one
  public record Inspection(StoredForm form, long bytes, Optional<String> protection) {}

  /// @throws CommandFailed if one of the files is there
  public static void requireAbsent(Path... files) throws CommandFailed {
    for (Path file : files) {
      if (Files.exists(file)) {
        throw new CommandFailed(
            ExitCode.KEY_FILE_UNUSABLE,
            "%s: exists and is not overwritten: what it encrypted could not be read any more"
                    .formatted(file)
                + " (expected: a new folder); choose another --out");
      }
    }
  }

  /// Writes a public key.
  public static void writePublic(Path file, Writer key) throws IOException {
    try (FileChannel channel = create(file, false);
        OutputStream out = new java.io.BufferedOutputStream(Channels.newOutputStream(channel))) {
      key.write(out);
      out.flush();
      channel.force(true);
    }
  }

  /// Writes a secret key's form under a passphrase, or as it is; readable by the owner only.
  ///
  /// @param form zeroed
  public static void writeSecret(Path file, byte[] form, Optional<Passphrase> passphrase)
      throws CommandFailed, IOException {
    byte[] bytes = form;
    try {
      if (passphrase.isPresent()) {
        StoredForm inner = StoredForm.inspect(new ByteArrayInputStream(form));
        bytes =
            SealedKey.seal(
                inner.kind(),
                inner.digest(),
                form,
                passphrase.get(),
                StretchCost.RFC_9106,
                new SecureRandom());
      }
      try (FileChannel channel = create(file, true)) {
        ByteBuffer left = ByteBuffer.wrap(bytes);
        while (left.hasRemaining()) {
          channel.write(left);
        }
        channel.force(true);
      }
    } finally {
      Arrays.fill(form, (byte) 0);
    }
  }

  private static FileChannel create(Path file, boolean ownerOnly) throws IOException {
    boolean posix = file.getFileSystem().supportedFileAttributeViews().contains("posix");
    FileAttribute<?>[] attributes =
        ownerOnly && posix
            ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(OWNER_ONLY)}
            : new FileAttribute<?>[0];
    return FileChannel.open(
        file, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), attributes);
  }

  /// Reads a secret key's form; the caller zeroes it.
  ///
  /// @param source asked only if the key is under a passphrase
  /// @throws CommandFailed if the file is missing, damaged, open to others, or does not open
  public static byte[] readSecret(Path file, PassphraseSource source)
      throws CommandFailed, IOException {
    byte[] bytes = readBounded(file);
    if (SealedKeyDescriptor.hasMagic(bytes)) {
      SealedKeyDescriptor.read(bytes, file.toString());
      try (Passphrase passphrase = source.get("Passphrase of " + file, false)) {
        return SealedKey.open(bytes, passphrase, file.toString());
      }
    }
    StoredForm form = inspect(new ByteArrayInputStream(bytes), file);
    if (!form.kind().secret()) {
      throw new CommandFailed(
          ExitCode.KEY_FILE_UNUSABLE,
          "%s: a %s (expected: a secret key)".formatted(file, form.kind().title()));
    }
    refuseExposed(file, form.kind());
    return bytes;
  }

  private static byte[] readBounded(Path file) throws CommandFailed, IOException {
    requireFile(file);
    if (Files.size(file) > MOST_SECRET_BYTES) {
      throw new CommandFailed(
          ExitCode.KEY_FILE_UNUSABLE,
          "%s: %d bytes (expected: a secret key, at most %d)"
              .formatted(file, Files.size(file), MOST_SECRET_BYTES));
    }
    return Files.readAllBytes(file);
  }

  private static void requireFile(Path file) throws CommandFailed {
    if (!Files.isRegularFile(file)) {
      throw new CommandFailed(
          ExitCode.KEY_FILE_UNUSABLE,
          "%s: %s (expected: a file that 'cifer keys generate' wrote)"
              .formatted(file, Files.exists(file) ? "not a file" : "not found"));
    }
  }

  /// What a key file says of itself; its checksums are verified, no passphrase is needed.
  public static Inspection inspect(Path file) throws CommandFailed, IOException {
    requireFile(file);
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
      in.mark(8);
      byte[] first = in.readNBytes(8);
      in.reset();
      if (SealedKeyDescriptor.hasMagic(first)) {
        byte[] bytes = readBounded(file);
        SealedKeyDescriptor.Header header = SealedKeyDescriptor.read(bytes, file.toString());
        var form =
            new StoredForm(
                header.kind(),
                1,
                header.digest(),
                header.sealedBytes() - SealedKeyDescriptor.TAG_BYTES);
        return new Inspection(
            form, bytes.length, Optional.of("passphrase (" + header.cost() + "; AES-256-GCM)"));
      }
      StoredForm form = inspect(in, file);
      Optional<String> protection = Optional.empty();
      if (form.kind().secret()) {
        refuseExposed(file, form.kind());
        protection = Optional.of("none but the file's mode: only its owner may read it");
      }
      return new Inspection(form, Files.size(file), protection);
    }
  }

  private static StoredForm inspect(InputStream in, Path file) throws CommandFailed, IOException {
    try {
      StoredForm form = StoredForm.inspect(in);
      if (in.read() >= 0) {
        throw SealedKeyDescriptor.damaged(file.toString(), "bytes follow the key");
      }
      return form;
    } catch (FormatException refused) {
      throw refused(file, refused);
    }
  }

  /// A refused form as a failure of the command.
  public static CommandFailed refused(Path file, FormatException refused) {
    ExitCode code =
        switch (refused) {
          case FormatException.Corrupted _,
              FormatException.Truncated _,
              FormatException.TrailingBytes _,
              FormatException.Malformed _ ->
              ExitCode.KEY_FILE_DAMAGED;
          default -> ExitCode.KEY_FILE_UNUSABLE;
        };
    return new CommandFailed(code, "%s: %s".formatted(file, refused.getMessage()), refused);
  }

  /// Numbers that are no key as a failure of the command.
  public static CommandFailed invalid(Path file, RuntimeException refused) {
    return new CommandFailed(
        ExitCode.KEY_FILE_DAMAGED, "%s: %s".formatted(file, refused.getMessage()), refused);
  }

  private static void refuseExposed(Path file, FormKind kind) throws CommandFailed, IOException {
    var view = Files.getFileAttributeView(file, PosixFileAttributeView.class);
    if (view == null) {
      return;
    }
    Set<PosixFilePermission> permissions = view.readAttributes().permissions();
    if (permissions.stream().anyMatch(OTHERS::contains)) {
      throw new CommandFailed(
          ExitCode.KEY_FILE_UNUSABLE,
          "%s: a %s without passphrase that others may open (%s, expected: rw-------)"
                  .formatted(file, kind.title(), PosixFilePermissions.toString(permissions))
              + "; run 'chmod 600 %s', and if others had access, make new keys".formatted(file));
    }
  }
}
