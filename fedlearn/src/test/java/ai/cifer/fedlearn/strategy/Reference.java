package ai.cifer.fedlearn.strategy;

import ai.cifer.fedlearn.tensor.ModelLayout;
import ai.cifer.fedlearn.tensor.TensorSpec;
import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.fedlearn.update.ClientUpdate;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/// Known answers of other implementations; `src/test/python/reference_strategies.py` made them.
final class Reference {

  private record Line(List<String> words, double[] values) {}

  private final List<Line> lines;

  Reference(String file) {
    try (InputStream in = Reference.class.getResourceAsStream("/strategies/" + file)) {
      lines =
          new String(in.readAllBytes(), StandardCharsets.UTF_8)
              .lines()
              .map(line -> {
                String[] sides = line.split(" = ", -1);
                return new Line(
                    List.of(sides[0].split(" ", -1)),
                    Stream.of(sides[1].split(" ", -1)).mapToDouble(Double::parseDouble).toArray());
              })
              .toList();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  double[] values(String... words) {
    return lines.stream()
        .filter(line -> line.words.equals(List.of(words)))
        .findFirst()
        .orElseThrow()
        .values;
  }

  /// The updates of a round, in the order of their clients.
  List<ClientUpdate> updates(int round) {
    List<ClientUpdate> updates = new ArrayList<>();
    for (Line line : lines) {
      if (line.words.getFirst().equals("update")
          && line.words.get(1).equals(Integer.toString(round))) {
        updates.add(new ClientUpdate(tensors(line.values), Long.parseLong(line.words.get(3))));
      }
    }
    return updates;
  }

  static Tensors tensors(double... values) {
    Tensors tensors =
        Tensors.allocate(new ModelLayout(List.of(new TensorSpec("w", List.of(values.length)))));
    float[] floats = new float[values.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) values[i];
    }
    tensors.write(0, floats, floats.length);
    return tensors;
  }

  static double[] doubles(Tensors tensors) {
    float[] floats = tensors.values(0);
    double[] doubles = new double[floats.length];
    Arrays.setAll(doubles, i -> floats[i]);
    return doubles;
  }
}
