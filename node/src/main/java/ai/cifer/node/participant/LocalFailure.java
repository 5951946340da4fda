package ai.cifer.node.participant;

import java.io.IOException;

/// The participant's own disk failed.
///
/// It passes through the methods of a link like any other failure of a stream; its type tells it
/// from a lost link, after which trying again would help.
final class LocalFailure extends IOException {
  private static final long serialVersionUID = 1L;

  private LocalFailure(IOException cause) {
    super(String.valueOf(cause.getMessage()), cause);
  }

  /// What reads or writes the participant's own files.
  @FunctionalInterface
  interface Operation<T> {
    T run() throws IOException;
  }

  /// What reads or writes the participant's own files and has no result.
  @FunctionalInterface
  interface Action {
    void run() throws IOException;
  }

  /// @throws LocalFailure instead of any other [IOException]
  static <T> T unless(Operation<T> operation) throws LocalFailure {
    try {
      return operation.run();
    } catch (IOException failure) {
      throw of(failure);
    }
  }

  static LocalFailure of(IOException failure) {
    return failure instanceof LocalFailure known ? known : new LocalFailure(failure);
  }

  /// @throws LocalFailure instead of any other [IOException]
  static void unlessDone(Action action) throws LocalFailure {
    unless(() -> {
      action.run();
      return true;
    });
  }
}
