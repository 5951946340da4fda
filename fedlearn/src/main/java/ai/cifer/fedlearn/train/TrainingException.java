package ai.cifer.fedlearn.train;

/// Training or reading a model or dataset failed; the message names the fact and the cure.
public class TrainingException extends Exception {
  private static final long serialVersionUID = 1L;

  public TrainingException(String message) {
    super(message);
  }

  public TrainingException(String message, Throwable cause) {
    super(message, cause);
  }
}
