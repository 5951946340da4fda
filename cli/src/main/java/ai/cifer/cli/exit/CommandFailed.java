package ai.cifer.cli.exit;

/// A command cannot do what it was asked; the message names the fact and the cure.
public final class CommandFailed extends Exception {
  private static final long serialVersionUID = 1L;

  private final ExitCode code;

  public CommandFailed(ExitCode code, String message) {
    super(message);
    this.code = code;
  }

  public CommandFailed(ExitCode code, String message, Throwable cause) {
    super(message, cause);
    this.code = code;
  }

  public ExitCode code() {
    return code;
  }
}
