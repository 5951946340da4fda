package ai.cifer.node;

import ai.cifer.fedlearn.train.TrainerFailed;
import ai.cifer.fedlearn.train.TrainingException;

/// A process of the federation cannot do what it was asked; the message names the fact and the
/// cure.
public final class NodeException extends Exception {
  private static final long serialVersionUID = 1L;

  /// What kind of failure it is; the command line gives each its own exit code.
  public enum Reason {
    CONFIG_INVALID,
    CONFIG_UNREADABLE,
    IDENTITY_UNUSABLE,
    WRONG_AUTHORITY,
    COORDINATOR_UNREACHABLE,
    REFUSED,
    PORT_IN_USE,
    DATASET_UNREADABLE,
    DATASET_MISMATCH,
    MODEL_UNREADABLE,
    TRAINER_FAILED,
    TOO_FEW_PARTICIPANTS,
    KEY_HOLDER_LOST,
    UPDATE_REFUSED,
    OPENING_FAILED,
    ROUND_ABORTED,
    DISK,
    DAMAGED,
    PLATFORM,
    INTERRUPTED
  }

  private final Reason reason;

  public NodeException(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  public NodeException(Reason reason, String message, Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  /// A failure whose cause already says it all.
  public NodeException(Reason reason, Throwable cause) {
    this(reason, String.valueOf(cause.getMessage()), cause);
  }

  /// A failure of training.
  ///
  /// @param reason what kind it is, unless it is the user's program that failed
  public static NodeException of(Reason reason, TrainingException failure) {
    return new NodeException(
        failure instanceof TrainerFailed ? Reason.TRAINER_FAILED : reason, failure);
  }

  public Reason reason() {
    return reason;
  }
}
