package ai.cifer.node.coordinator;

import ai.cifer.node.NodeException;
import ai.cifer.node.NodeException.Reason;
import ai.cifer.node.store.Damaged;
import java.io.UncheckedIOException;

/// Says of a failed write what a person can do about it.
final class DiskFailure {

  private DiskFailure() {}

  /// @param failure an IOException, or what wraps one
  static NodeException of(Exception failure) {
    Throwable fact = failure instanceof UncheckedIOException ? failure.getCause() : failure;
    if (fact instanceof Damaged) {
      return new NodeException(Reason.DAMAGED, fact);
    }
    return new NodeException(
        Reason.DISK,
        "disk: %s (expected: room and the right to write in the run's folder; nothing of the last completed round is lost)"
            .formatted(fact == null ? failure : fact.getMessage()),
        failure);
  }
}
