package ai.cifer.fedlearn.train;

/// A program that trains ended, was silent, did not keep to the protocol, or reported a failure of
/// its own. The message may hold what the program printed, so it stays with the program's owner.
public final class TrainerFailed extends TrainingException {
  private static final long serialVersionUID = 1L;

  public TrainerFailed(String message) {
    super(message);
  }

  public TrainerFailed(String message, Throwable cause) {
    super(message, cause);
  }
}
