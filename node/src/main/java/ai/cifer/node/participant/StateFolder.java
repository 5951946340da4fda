package ai.cifer.node.participant;

import ai.cifer.node.NodeException;
import ai.cifer.node.NodeException.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// The folder in which a participant keeps what must survive a restart.
final class StateFolder {

  private StateFolder() {}

  static Path create(Path folder) throws NodeException {
    try {
      return Files.createDirectories(folder);
    } catch (IOException failure) {
      throw unusable(folder, failure);
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
