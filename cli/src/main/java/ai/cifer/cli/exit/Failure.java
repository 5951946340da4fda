package ai.cifer.cli.exit;

import ai.cifer.fedlearn.train.TrainingException;
import ai.cifer.node.NodeException;
import ai.cifer.node.identity.IdentityRefused;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.Locale;

/// What a person is told of a failure: one message and a number, never a stack trace.
///
/// @param code the exit code
/// @param message the fact and the cure, one line or a few
public record Failure(ExitCode code, String message) {

  /// Describes any failure; those without a message of their own are named by their kind.
  public static Failure of(Throwable failure) {
    return switch (failure) {
      case CommandFailed failed -> new Failure(failed.code(), text(failed));
      case NodeException node -> new Failure(ExitCode.of(node.reason()), text(node));
      case TrainingException training -> new Failure(ExitCode.DATASET_UNREADABLE, text(training));
      case IdentityRefused identity -> new Failure(ExitCode.IDENTITY_UNUSABLE, text(identity));
      case FileSystemException file -> new Failure(ExitCode.DISK, file(file));
      case IOException io -> new Failure(ExitCode.DISK, text(io));
      case InterruptedException _ -> new Failure(ExitCode.INTERRUPTED, "interrupted");
      case OutOfMemoryError memory ->
          new Failure(
              ExitCode.UNEXPECTED,
              "memory: not enough for this job (%s); give the process more with -Xmx"
                  .formatted(text(memory)));
      default ->
          new Failure(
              ExitCode.UNEXPECTED,
              "%s; run again with --verbose to see where".formatted(kindAndText(failure)));
    };
  }

  /// As it is printed: the message, then where the cure stands.
  public String printed() {
    return "error: %s\n(exit code %d, see %s)".formatted(message, code.number(), code.page());
  }

  // The JDK's message of these is often nothing but the file's name.
  private static String file(FileSystemException failure) {
    String fact =
        switch (failure) {
          case NoSuchFileException _ -> "not found";
          case AccessDeniedException _ -> "permission denied";
          case FileAlreadyExistsException _ -> "exists already";
          default -> failure.getReason() == null ? "cannot be used" : failure.getReason();
        };
    return "%s: %s".formatted(failure.getFile(), fact.toLowerCase(Locale.ROOT));
  }

  private static String text(Throwable failure) {
    String message = failure.getMessage();
    return message == null || message.isBlank()
        ? failure.getClass().getSimpleName()
        : message.strip();
  }

  private static String kindAndText(Throwable failure) {
    String kind = failure.getClass().getSimpleName();
    String text = text(failure);
    return text.equals(kind) ? kind : kind + ": " + text;
  }
}
