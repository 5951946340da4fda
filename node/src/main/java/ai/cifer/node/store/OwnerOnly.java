package ai.cifer.node.store;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/// What nobody but its owner may open, on systems with such permissions.
public final class OwnerOnly {

  private static final Set<PosixFilePermission> FILE = PosixFilePermissions.fromString("rw-------");
  private static final Set<PosixFilePermission> FOLDER =
      PosixFilePermissions.fromString("rwx------");

  private OwnerOnly() {}

  /// For a file that is made.
  static FileAttribute<?>[] file() {
    return made(FILE);
  }

  private static FileAttribute<?>[] made(Set<PosixFilePermission> permissions) {
    return FileSystems.getDefault().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(permissions)}
        : new FileAttribute<?>[0];
  }

  /// Makes a folder; those above it are made as the user makes any.
  public static void createFolder(Path folder) throws IOException {
    Path parent = folder.toAbsolutePath().getParent();
    if (parent != null) {
      Files.createDirectories(parent);
    }
    Files.createDirectories(folder, made(FOLDER));
  }

  /// Takes from others what they may do in a folder that is there.
  ///
  /// @return what they still may, if it cannot be taken: some other user's folder, or one that all
  ///   may write, such as `/tmp`
  public static Optional<String> tighten(Path folder) throws IOException {
    PosixFileAttributeView view = Files.getFileAttributeView(folder, PosixFileAttributeView.class);
    if (view == null) {
      return Optional.empty();
    }
    Set<PosixFilePermission> now = view.readAttributes().permissions();
    if (FOLDER.containsAll(now)) {
      return Optional.empty();
    }
    boolean own =
        view.getOwner().getName().equals(System.getProperty("user.name"))
            && !now.contains(PosixFilePermission.OTHERS_WRITE);
    if (!own) {
      return Optional.of(PosixFilePermissions.toString(now));
    }
    Set<PosixFilePermission> kept = EnumSet.copyOf(FOLDER);
    kept.retainAll(now);
    view.setPermissions(kept);
    return Optional.empty();
  }
}
