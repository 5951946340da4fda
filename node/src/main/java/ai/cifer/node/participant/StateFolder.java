package ai.cifer.node.participant;

import ai.cifer.node.NodeException;
import ai.cifer.node.NodeException.Reason;
import ai.cifer.node.store.OwnerOnly;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// The folder in which a participant keeps what must survive a restart.
final class StateFolder {

  private static final System.Logger LOG = System.getLogger(StateFolder.class.getName());

  /// One of these is in every folder that a participant has used.
  private static final List<String> OWN_FILES =
      List.of("client.journal", "key-holder.journal", "client.log", "key-holder.log");

  private StateFolder() {}

  /// Makes the folder, for its owner alone; one that is there and was used before becomes so.

  static Path create(Path folder) throws NodeException {
    try {
      if (!Files.isDirectory(folder)) {
        OwnerOnly.createFolder(folder);
      } else if (isOwn(folder)) {
        OwnerOnly.tighten(folder)
            .ifPresent(open ->
                LOG.log(
                    System.Logger.Level.WARNING,
                    "state_path {0}: {1} (expected: rwx------, so that nobody else reads models and logs)",
                    folder,
                    open));
      }
      return folder;
    } catch (IOException failure) {
      throw unusable(folder, failure);
    }
  }

  /// A folder of other things, which somebody named by mistake, is left as it is.
  private static boolean isOwn(Path folder) throws IOException {
    if (OWN_FILES.stream().anyMatch(name -> Files.exists(folder.resolve(name)))) {
      return true;
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files.findAny().isEmpty();
    }
  }

  /// Room for files of this participant, in bytes.
  static long room(Path folder) throws LocalFailure {
    return LocalFailure.unless(() -> Files.getFileStore(folder).getUsableSpace());
  }

  static NodeException unusable(Path folder, IOException failure) {
    return new NodeException(
        Reason.DISK,
        "state_path %s: %s (expected: a folder of this participant alone, with room)"
            .formatted(folder, failure.getMessage()),
        failure);
  }
}
