package ai.cifer.node.coordinator;

import ai.cifer.node.NodeException;
import ai.cifer.node.NodeException.Reason;
import java.io.IOException;
import java.io.UncheckedIOException;

/// Says of a failed write what a person can do about it.
final class DiskFailure {

  private DiskFailure() {}

  static NodeException of(UncheckedIOException failure) {
    IOException cause = failure.getCause();
    return of(cause == null ? new IOException(failure) : cause);
  }

  static NodeException of(IOException failure) {
    return new NodeException(
        Reason.DISK,
        "disk: %s (expected: room and the right to write in the run's folder; nothing of the last completed round is lost)"
            .formatted(failure.getMessage()),
        failure);
  }
}
