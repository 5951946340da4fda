package ai.cifer.node.config;

import ai.cifer.fedlearn.train.TrainOptions;
import ai.cifer.fedlearn.train.TrainOptions.Buffers;
import ai.cifer.fedlearn.train.TrainOptions.Loss;
import ai.cifer.fedlearn.train.TrainOptions.Optimiser;
import ai.cifer.node.NodeException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/// The keys that say how a step of training is made.
final class TrainOptionSettings {

  static final Set<String> KEYS =
      Set.of(
          "optimiser",
          "momentum",
          "weight_decay",
          "loss",
          "gradient_clip",
          "class_weights",
          "proximal",
          "early_stop",
          "buffers",
          "local",
          "accumulate");

  private TrainOptionSettings() {}

  static TrainOptions read(Settings settings) throws NodeException {
    TrainOptions plain = TrainOptions.DEFAULT;
    try {
      return new TrainOptions(
          choice(settings, "optimiser", Optimiser.values(), plain.optimiser()),
          settings.number("momentum", plain.momentum()),
          settings.number("weight_decay", plain.weightDecay()),
          choice(settings, "loss", Loss.values(), plain.loss()),
          settings.number("gradient_clip", plain.gradientClip()),
          weights(settings),
          settings.number("proximal", plain.proximal()),
          (int) settings.integer("early_stop", plain.earlyStop(), 0, 1000),
          choice(settings, "buffers", Buffers.values(), plain.buffers()),
          names(settings),
          settings.flag("accumulate", plain.accumulate()));
    } catch (IllegalArgumentException bad) {
      throw settings.invalid(String.valueOf(bad.getMessage()));
    }
  }

  private static <T extends Enum<T>> T choice(
      Settings settings, String key, T[] choices, T otherwise) throws NodeException {
    List<String> words = Arrays.stream(choices).map(TrainOptionSettings::word).toList();
    return choices[words.indexOf(settings.word(key, word(otherwise), words))];
  }

  private static String word(Enum<?> choice) {
    return choice.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static List<String> names(Settings settings) throws NodeException {
    Optional<JsonNode> list = settings.tree("local");
    List<String> names = new ArrayList<>();
    if (list.isPresent()) {
      if (!list.get().isArray()) {
        throw settings.invalid("local", "a list of names of tensors, * for any characters");
      }
      for (JsonNode node : list.get()) {
        names.add(node.asString(""));
      }
    }
    return names;
  }

  private static List<Double> weights(Settings settings) throws NodeException {
    Optional<JsonNode> list = settings.tree("class_weights");
    List<Double> weights = new ArrayList<>();
    if (list.isPresent()) {
      if (!list.get().isArray()) {
        throw settings.invalid("class_weights", "a list of numbers, one a class");
      }
      for (JsonNode node : list.get()) {
        weights.add(node.asDouble(0));
      }
    }
    return weights;
  }
}
