package ai.cifer.training.program;

/// The program ended without being asked to; started again, it can be given the same request.
final class ChildEnded extends Exception {
  private static final long serialVersionUID = 1L;

  ChildEnded(String message) {
    super(message);
  }
}
