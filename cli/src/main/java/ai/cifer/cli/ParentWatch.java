package ai.cifer.cli;

import ai.cifer.cli.exit.ExitCode;
import java.util.Optional;

/// Ends this process when the one that started it is gone, however that ended.
final class ParentWatch {

  private ParentWatch() {}

  /// @param parent its process id; nothing is watched without
  static void start(Optional<Long> parent) {
    if (parent.isEmpty()) {
      return;
    }
    Optional<ProcessHandle> handle = ProcessHandle.of(parent.get()).filter(ProcessHandle::isAlive);
    if (handle.isEmpty()) {
      end();
      return;
    }
    var _ = handle.get().onExit().thenRun(ParentWatch::end);
  }

  // Not System.exit, whose hooks may wait for a peer: nobody is there any more to end this process
  // a second time. What must survive is on disk before it takes effect.
  private static void end() {
    Runtime.getRuntime().halt(ExitCode.INTERRUPTED.number());
  }
}
