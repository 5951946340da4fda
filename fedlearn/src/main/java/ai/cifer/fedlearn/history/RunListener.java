package ai.cifer.fedlearn.history;

/// Follows a run: the terminal, the event log, a page.
@FunctionalInterface
public interface RunListener {

  /// Called in order, by one thread at a time; must not block for long, since the round waits for
  /// it.
  void on(RunEvent event);

  /// Makes everything last that was told so far: called before something is done because of it.
  /// Only for listeners that keep a record.
  default void keep() {}
}
