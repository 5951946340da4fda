package ai.cifer.node;

import ai.cifer.fedlearn.history.RunEvent;
import ai.cifer.fedlearn.history.RunListener;
import ai.cifer.node.config.KeyHolderConfig;
import ai.cifer.node.participant.Ending;
import ai.cifer.node.participant.HelperRun;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;

/// The trusted node that opens sums, and only sums of cohorts that it signed: it never receives an
/// update, encrypted or not.
///
/// ```java
/// KeyHolder.fromConfig(Path.of("key-holder.json")).run();
/// ```
public final class KeyHolder {

  private final KeyHolderConfig config;
  private RunListener listener = event -> {};

  private KeyHolder(KeyHolderConfig config) {
    this.config = config;
  }

  /// @throws NodeException if the file is missing or malformed
  public static KeyHolder fromConfig(Path file) throws NodeException {
    return fromConfig(file, Map.of());
  }

  /// @param overrides keys and values that go before the file's
  public static KeyHolder fromConfig(Path file, Map<String, String> overrides)
      throws NodeException {
    return of(KeyHolderConfig.read(file, overrides));
  }

  /// From a configuration made in Java: [KeyHolderConfig#builder()].
  public static KeyHolder of(KeyHolderConfig config) {
    return new KeyHolder(config);
  }

  /// Has `listener` told what happens; call it before [#run].
  public KeyHolder listener(RunListener listener) {
    this.listener = listener;
    return this;
  }

  /// Answers until the run ends, reconnecting when the link is lost.
  ///
  /// @return how the run ended
  /// @throws NodeException if it cannot take part, or not any more
  public Ending run() throws NodeException, InterruptedException {
    Ending ending = new HelperRun(config, InstantSource.system(), listener).run();
    listener.on(
        new RunEvent.RunEnded(
            "",
            ending.completed(),
            ending.reason().isEmpty() ? Optional.empty() : Optional.of(ending.reason())));
    return ending;
  }
}
