package ai.cifer.node.store;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// A file of a run is not as it was written, so that nothing can go on from it.
public final class Damaged extends IOException {
  private static final long serialVersionUID = 1L;

  /// @param fact what is wrong with it
  public Damaged(Path file, String fact, @Nullable Throwable cause) {
    super(
        "%s: damaged: %s (expected: as it was written; restore the run's folder, or begin a new run)"
            .formatted(file, fact),
        cause);
  }
}
