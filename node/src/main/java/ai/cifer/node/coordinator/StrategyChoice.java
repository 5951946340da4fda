package ai.cifer.node.coordinator;

import ai.cifer.fedlearn.privacy.UpdatePrivacy;
import ai.cifer.fedlearn.strategy.MemoryVector;
import ai.cifer.fedlearn.strategy.Strategies;
import ai.cifer.fedlearn.strategy.Strategy;
import ai.cifer.fedlearn.strategy.StrategySettings;
import ai.cifer.fedlearn.train.Statistics;
import ai.cifer.fedlearn.train.TrainConfig;
import ai.cifer.node.NodeException;
import ai.cifer.node.NodeException.Reason;
import ai.cifer.node.config.ServerConfig;
import java.lang.reflect.InvocationTargetException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// The strategy that a configuration names: one of the library's, or a class of its user's own.
public final class StrategyChoice {

  private StrategyChoice() {}

  /// Makes the strategy that the config names.
  ///
  /// @throws NodeException if there is none of that name, or a setting is unknown or out of range
  public static Strategy of(ServerConfig config) throws NodeException {
    StrategySettings settings =
        new StrategySettings(
            new TrainConfig(
                    config.learningRate(), config.batchSize(), config.localEpochs(), config.seed())
                .withOptions(config.options()),
            config.strategy().settings());
    try {
      Optional<Strategy> known = Strategies.named(config.strategy().name(), settings);
      return known.isPresent() ? known.get() : own(config, settings);
    } catch (IllegalArgumentException invalid) {
      throw new NodeException(Reason.CONFIG_INVALID, invalid);
    }
  }

  /// A class of the user's own, with a public constructor that takes [StrategySettings].
  private static Strategy own(ServerConfig config, StrategySettings settings) throws NodeException {
    String name = config.strategy().name();
    if (!name.contains(".")) {
      throw invalid(
          name,
          "one of %s, or the full name of a class".formatted(String.join(", ", Strategies.names())),
          null);
    }
    try {
      Class<?> type = Class.forName(name, true, loader(config.strategy().jar()));
      if (!(type.getConstructor(StrategySettings.class).newInstance(settings)
          instanceof Strategy strategy)) {
        throw invalid(name, "a class that implements " + Strategy.class.getName(), null);
      }
      settings.requireKnown(name);
      return strategy;
    } catch (ClassNotFoundException missing) {
      throw invalid(
          name, "a class on the class path or in the jar that strategy_jar names", missing);
    } catch (NoSuchMethodException | InstantiationException | IllegalAccessException unusable) {
      throw invalid(
          name, "a public class with a public constructor that takes StrategySettings", unusable);
    } catch (InvocationTargetException failed) {
      if (failed.getCause() instanceof IllegalArgumentException invalid) {
        throw new NodeException(Reason.CONFIG_INVALID, invalid);
      }
      throw invalid(name, "a constructor that does not fail: " + failed.getCause(), failed);
    } catch (LinkageError unusable) {
      throw invalid(name, "a class made for this version: " + unusable, unusable);
    }
  }

  private static ClassLoader loader(Optional<Path> jar) throws NodeException {
    ClassLoader ours = StrategyChoice.class.getClassLoader();
    if (jar.isEmpty()) {
      return ours;
    }
    if (!Files.isReadable(jar.get())) {
      throw new NodeException(
          Reason.CONFIG_INVALID,
          "strategy_jar: %s: no such file (expected: a jar)".formatted(jar.get()));
    }
    try {
      // Never closed: the strategy may load further classes as long as the process lives.
      return new URLClassLoader(new URL[] {jar.get().toUri().toURL()}, ours);
    } catch (MalformedURLException impossible) {
      throw new IllegalStateException("every path has a URL", impossible);
    }
  }

  private static NodeException invalid(String name, String expected, @Nullable Throwable cause) {
    String message = "strategy: %s (expected: %s)".formatted(name, expected);
    return cause == null
        ? new NodeException(Reason.CONFIG_INVALID, message)
        : new NodeException(Reason.CONFIG_INVALID, message, cause);
  }

  /// What a strategy made in Java demands is never weakened by a file.
  private static void requireEncryption(Strategy strategy, ServerConfig config)
      throws NodeException {
    Optional<String> demanded =
        strategy instanceof Strategy.Linear linear ? linear.encryption() : Optional.empty();
    String key = config.encryption().key();
    if (demanded.isPresent() && !demanded.get().equals(key)) {
      throw new NodeException(
          Reason.CONFIG_INVALID,
          "encryption: %s (expected: %s, as strategy %s demands)"
              .formatted(key, demanded.get(), strategy.name()));
    }
  }

  private static void requireRule(Strategy strategy, ServerConfig config) throws NodeException {
    TrainConfig train = config.train(strategy.trainConfig(1));
    try {
      train.requireFits();
      train.privacy().ifPresent(privacy -> privacy.step(config.profile().parameters().valueBits()));
    } catch (IllegalArgumentException unfit) {
      throw new NodeException(Reason.CONFIG_INVALID, unfit);
    }
    long sent = strategy.memory().stream().filter(MemoryVector::sent).count();
    boolean further = train.evaluated() || train.rule().vectors() + train.rule().numbers() > 0;
    if (sent != train.rule().guides() || (further && strategy instanceof Strategy.Robust)) {
      throw new NodeException(
          Reason.CONFIG_INVALID,
          "strategy: %s sends %d vectors of its memory with rule %s of the clients (expected: %d, and for a robust one a rule that sends nothing beside the change, and evaluate_clients false)"
              .formatted(strategy.name(), sent, train.rule(), train.rule().guides()));
    }
  }

  /// What is told beside updates has no noise, and neither is a single update private by the noise
  /// of others.
  private static void requirePrivacy(Strategy strategy, ServerConfig config) throws NodeException {
    Optional<UpdatePrivacy> demanded = strategy.trainConfig(1).privacy();
    Optional<UpdatePrivacy> privacy = config.train(strategy.trainConfig(1)).privacy();
    int rounds = config.rounds();
    if (!IntStream.rangeClosed(1, rounds)
        .allMatch(round -> config.train(strategy.trainConfig(round)).privacy().equals(privacy))) {
      throw new NodeException(
          Reason.CONFIG_INVALID,
          "privacy of strategy %s: not the same in all of %d rounds (expected: the same, as what is spent is counted by rounds)"
              .formatted(strategy.name(), rounds));
    }
    if (privacy.isEmpty()) {
      return;
    }
    if (demanded.isPresent() && !demanded.equals(privacy)) {
      throw new NodeException(
          Reason.CONFIG_INVALID,
          "privacy: %s (expected: %s as the strategy demands, or no privacy in the file)"
              .formatted(privacy.get(), demanded.get()));
    }
    if (!Statistics.missing(config.preprocessing()).isEmpty()) {
      throw new NodeException(
          Reason.CONFIG_INVALID,
          "preprocessing with privacy: steps whose constants are measured (expected: steps with constants, as sums over the data have no noise)");
    }
    if (strategy instanceof Strategy.Robust && privacy.get().scope() != UpdatePrivacy.Scope.LOCAL) {
      throw new NodeException(
          Reason.CONFIG_INVALID,
          "privacy: scope central with strategy %s (expected: local, as it sees single updates)"
              .formatted(strategy.name()));
    }
  }

  /// Refuses what cannot work before anybody trains: a strategy that must see single updates in a
  /// run where nobody can.
  ///
  /// @throws NodeException naming what has to change
  public static void requireFits(Strategy strategy, ServerConfig config) throws NodeException {
    requireRule(strategy, config);
    requirePrivacy(strategy, config);
    requireEncryption(strategy, config);
    if (!(strategy instanceof Strategy.Robust robust)) {
      return;
    }
    if (config.encryption().isProtected() || config.quantise()) {
      throw new NodeException(
          Reason.CONFIG_INVALID,
          "strategy: %s needs to see single updates, but %s (expected: \"encryption\": \"none\""
                  .formatted(
                      robust.name(),
                      config.quantise()
                          ? "quantise is true"
                          : "encryption: %s hides them".formatted(config.encryption().key()))
              + " without quantise, or a linear strategy such as fedavg)");
    }
    if (config.partialRounds()) {
      throw new NodeException(
          Reason.CONFIG_INVALID,
          "partial_rounds: true with strategy %s (expected: false, since it compares whole updates)"
              .formatted(robust.name()));
    }
    if (config.minClients() < robust.minClients()) {
      throw new NodeException(
          Reason.CONFIG_INVALID,
          "min_clients: %d (expected: >= %d, so many does strategy %s need)"
              .formatted(config.minClients(), robust.minClients(), robust.name()));
    }
  }
}
