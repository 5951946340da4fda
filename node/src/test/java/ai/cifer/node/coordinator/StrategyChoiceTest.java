package ai.cifer.node.coordinator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.cifer.fedlearn.privacy.UpdatePrivacy;
import ai.cifer.fedlearn.strategy.FedAvg;
import ai.cifer.fedlearn.strategy.FedYogi;
import ai.cifer.fedlearn.strategy.PrivateStrategy;
import ai.cifer.fedlearn.train.Preprocessing;
import ai.cifer.node.NodeException;
import ai.cifer.node.config.ConfigBuilder;
import ai.cifer.node.config.ServerConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a configuration may name as its strategy, and what is refused before anybody trains.
class StrategyChoiceTest {

  @TempDir Path folder;

  private static ConfigBuilder<ServerConfig> builder(String strategy) {
    return ServerConfig.builder()
        .set("base_api", "https://localhost")
        .set("certfile", "c.pem")
        .set("keyfile", "k.pem")
        .set("n_round_clients", 4)
        .set("strategy", strategy);
  }

  private static ServerConfig config(String strategy, String... pairs) throws NodeException {
    var builder = builder(strategy);
    for (int i = 0; i < pairs.length; i += 2) {
      builder.set(pairs[i], pairs[i + 1]);
    }
    return builder.build();
  }

  private static void choose(ServerConfig config) throws NodeException {
    StrategyChoice.requireFits(StrategyChoice.of(config), config);
  }

  @Test
  void oneOfTheLibrary() throws Exception {
    assertThat(StrategyChoice.of(config("fedyogi"))).isInstanceOf(FedYogi.class);
  }

  @Test
  void oneThatMustSeeSingleUpdates_isRefusedWhereNobodyCan() {
    assertThatThrownBy(() -> choose(config("krum")))
        .isInstanceOf(NodeException.class)
        .hasMessage(
            "strategy: krum needs to see single updates, but encryption: secure-aggregation hides"
                + " them (expected: \"encryption\": \"none\" without quantise, or a linear strategy"
                + " such as fedavg)");
  }

  @Test
  void oneThatNeedsMoreClients_isRefused() {
    assertThatThrownBy(() -> choose(config("bulyan", "encryption", "none")))
        .isInstanceOf(NodeException.class)
        .hasMessage("min_clients: 3 (expected: >= 7, so many does strategy bulyan need)");
  }

  @Test
  void whatIsNoStrategy_isNamed() {
    assertThatThrownBy(() -> choose(config("fedavgg")))
        .isInstanceOf(NodeException.class)
        .hasMessageStartingWith("strategy: fedavgg (expected: one of bulyan, coordinate_median,");
    assertThatThrownBy(() -> choose(config("java.lang.Thread")))
        .isInstanceOf(NodeException.class)
        .hasMessageContaining(
            "expected: a public class with a public constructor that takes StrategySettings");
    assertThatThrownBy(() -> choose(config("com.acme.Own", "strategy_jar", "missing.jar")))
        .isInstanceOf(NodeException.class)
        .hasMessageContaining("missing.jar: no such file");
  }

  @Test
  void aSettingOutOfRange_orUnknown_isNamed() throws Exception {
    ServerConfig outOfRange = settings("fedadam", Map.of("beta1", 1.5));
    assertThatThrownBy(() -> choose(outOfRange))
        .isInstanceOf(NodeException.class)
        .hasMessage("beta1: 1.5 (expected: 0 to < 1)");
    ServerConfig unknown = settings("fedavg", Map.of("beta1", 0.5));
    assertThatThrownBy(() -> choose(unknown))
        .isInstanceOf(NodeException.class)
        .hasMessage("strategy_settings: unknown key beta1 (known of fedavg: server_learning_rate)");
  }

  private static ServerConfig settings(String strategy, Map<String, Double> settings)
      throws NodeException {
    return builder(strategy).set("strategy_settings", settings).build();
  }

  @Test
  void aStrategyThatDemandsEncryption_isRefusedWithout() throws Exception {
    ServerConfig open = config("fedavg", "encryption", "none");
    var demanding = FedAvg.builder().encryption("secure-aggregation").build();
    assertThatThrownBy(() -> StrategyChoice.requireFits(demanding, open))
        .isInstanceOf(NodeException.class)
        .hasMessage("encryption: none (expected: secure-aggregation, as strategy fedavg demands)");
    StrategyChoice.requireFits(demanding, config("fedavg"));
  }

  @Test
  void aRuleThatDoesNotFitTheOptimiser_isRefused() throws Exception {
    ServerConfig adam = config("fednova", "optimiser", "adam");
    assertThatThrownBy(() -> choose(adam))
        .isInstanceOf(NodeException.class)
        .hasMessageStartingWith("fednova with optimiser ADAM");
    ServerConfig momentum = builder("scaffold").set("momentum", 0.9).build();
    assertThatThrownBy(() -> choose(momentum))
        .isInstanceOf(NodeException.class)
        .hasMessageContaining("expected: optimiser: sgd without momentum");
  }

  private static ServerConfig withPrivacy(
      String strategy, Map<String, Object> privacy, String... pairs) throws NodeException {
    var builder = builder(strategy).set("privacy", privacy);
    for (int i = 0; i < pairs.length; i += 2) {
      builder.set(pairs[i], pairs[i + 1]);
    }
    return builder.build();
  }

  private static final Map<String, Object> CENTRAL = Map.of("clip_norm", 1, "noise_multiplier", 1);

  @Test
  void privacyThatWouldNotHold_isRefused() throws Exception {
    choose(withPrivacy("fedavg", CENTRAL));
    Map<String, Object> local = Map.of("scope", "local", "clip_norm", 1, "noise_multiplier", 1);
    choose(withPrivacy("coordinate_median", local, "encryption", "none"));
    refused("privacy with FedNova", withPrivacy("fednova", CENTRAL));
    refused(
        "privacy with evaluate_clients",
        builder("fedavg").set("privacy", CENTRAL).set("evaluate_clients", true).build());
    refused(
        "expected: local, as it sees single updates",
        withPrivacy("coordinate_median", CENTRAL, "encryption", "none"));
    refused(
        "expected: steps with constants",
        builder("fedavg")
            .set("privacy", CENTRAL)
            .set(
                "preprocessing",
                new Preprocessing(
                    List.of(new Preprocessing.Standardize(List.of(), 0, 1, List.of(), List.of()))))
            .build());
    refused(
        "sampling: 0.5 with Ditto",
        withPrivacy("ditto", Map.of("clip_norm", 1, "noise_multiplier", 1, "sampling", 0.5)));
    refused("privacy with Scaffold", withPrivacy("scaffold", CENTRAL));
    refused("privacy with FedDyn", withPrivacy("feddyn", CENTRAL));
    refused(
        "in steps of 15 bits",
        withPrivacy(
            "fedavg",
            Map.of("clip_norm", 1, "noise_multiplier", 0.0001),
            "profile",
            "K2_N64_DENSE"));
    assertThatThrownBy(() -> builder("fedavg").set("privacy", CENTRAL).set("clip", 1).build())
        .hasMessageContaining("expected: none with privacy");
    assertThatThrownBy(() -> withPrivacy("fedavg", Map.of("clip_norm", 1)))
        .hasMessageContaining("noise_multiplier");
  }

  @Test
  void theStrategysOwnPrivacyIsNotWeakenedByTheFile() throws Exception {
    var demanding =
        PrivateStrategy.around(FedAvg.builder().build(), UpdatePrivacy.central(1, 2, 3, 1e-5));
    ServerConfig weaker = withPrivacy("fedavg", CENTRAL);
    assertThatThrownBy(() -> StrategyChoice.requireFits(demanding, weaker))
        .hasMessageContaining("as the strategy demands");
    ServerConfig silent = config("fedavg");
    StrategyChoice.requireFits(demanding, silent);
    assertThat(silent.train(demanding.trainConfig(1)).privacy())
        .isEqualTo(demanding.trainConfig(1).privacy());
  }

  private static void refused(String message, ServerConfig config) {
    assertThatThrownBy(() -> choose(config))
        .isInstanceOf(NodeException.class)
        .hasMessageContaining(message);
  }

  @Test
  void optionsOfTheFileStay_whereAStrategySetsOthers() throws Exception {
    ServerConfig config = builder("fedprox").set("momentum", 0.9).build();
    var options = config.train(StrategyChoice.of(config).trainConfig(1)).options();
    assertThat(options.proximal()).isEqualTo(1);
    assertThat(options.momentum()).isEqualTo(0.9);
  }

  @Test
  void aClassInAJar() throws Exception {
    Path jar = jar();
    assertThat(StrategyChoice.of(config("com.acme.Halves", "strategy_jar", jar.toString())).name())
        .isEqualTo("halves");
  }

  private Path jar() throws IOException {
    Path source = Files.createDirectories(folder.resolve("com/acme")).resolve("Halves.java");
    Files.writeString(
        source,
        """
        package com.acme;

        import ai.cifer.fedlearn.strategy.*;
        import ai.cifer.fedlearn.train.TrainConfig;

        public final class Halves implements Elementwise {
          private final StrategySettings settings;
          public Halves(StrategySettings settings) { this.settings = settings; }
          public String name() { return "halves"; }
          public TrainConfig trainConfig(int round) { return settings.train(); }
          public void step(float[] model, float[] mean, float[][] memory, int count) {
            for (int i = 0; i < count; i++) model[i] += mean[i] / 2;
          }
        }
        """);
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    Path strategies =
        Path.of(FedYogi.class.getProtectionDomain().getCodeSource().getLocation().getPath());
    List<String> arguments =
        new ArrayList<>(List.of("-proc:none", "-cp", strategies.toString(), source.toString()));
    assertThat(compiler.run(null, null, null, arguments.toArray(String[]::new))).isZero();
    Path jar = folder.resolve("own.jar");
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
      out.putNextEntry(new JarEntry("com/acme/Halves.class"));
      Files.copy(source.resolveSibling("Halves.class"), out);
      out.closeEntry();
    }
    return jar;
  }
}
