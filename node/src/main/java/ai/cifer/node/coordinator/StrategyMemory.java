package ai.cifer.node.coordinator;

import ai.cifer.fedlearn.strategy.Memory;
import ai.cifer.fedlearn.strategy.MemoryVector;
import ai.cifer.fedlearn.strategy.Strategy;
import ai.cifer.fedlearn.tensor.ModelLayout;
import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.node.store.RunFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/// What the strategy remembers after a round, as files beside the model, mapped.
///
/// @param round the round that wrote it; 0 for the beginning
/// @param vectors what the strategy declares, in its order
/// @param values a file for each
record StrategyMemory(int round, List<MemoryVector> vectors, List<Tensors> values)
    implements AutoCloseable {

  private static final int CHUNK = 1 << 16;

  /// Writes the initial values.
  static StrategyMemory initial(Strategy strategy, ModelLayout layout, RunFolder folder)
      throws IOException {
    for (MemoryVector vector : strategy.memory()) {
      float[] chunk = new float[CHUNK];
      Arrays.fill(chunk, vector.initial());
      try (Tensors file = Tensors.create(folder.memory(0, vector.name()), layout)) {
        for (long at = 0; at < layout.parameters(); at += CHUNK) {
          file.write(at, chunk, (int) Math.min(CHUNK, layout.parameters() - at));
        }
        file.force();
      }
    }
    return open(0, strategy.memory(), layout, folder);
  }

  /// Opens what `round` wrote.
  static StrategyMemory open(
      int round, List<MemoryVector> vectors, ModelLayout layout, RunFolder folder)
      throws IOException {
    List<Tensors> values = new ArrayList<>();
    for (MemoryVector vector : vectors) {
      values.add(Tensors.open(folder.memory(round, vector.name()), 0, layout));
    }
    return new StrategyMemory(round, vectors, values);
  }

  /// What clients get beside the model.
  List<Tensors> sent() {
    return sent(values);
  }

  /// Those of the vectors that clients get.
  List<Tensors> sent(List<Tensors> all) {
    return IntStream.range(0, vectors.size())
        .filter(i -> vectors.get(i).sent())
        .mapToObj(all::get)
        .toList();
  }

  List<Path> sentFiles(RunFolder folder) {
    return vectors.stream()
        .filter(MemoryVector::sent)
        .map(vector -> folder.memory(round, vector.name()))
        .toList();
  }

  /// Makes room for what `round` writes, beside what is.
  Memory writtenBy(int round, ModelLayout layout, RunFolder folder) throws IOException {
    List<Tensors> after = new ArrayList<>();
    for (MemoryVector vector : vectors) {
      after.add(Tensors.create(folder.memory(round, vector.name()), layout));
    }
    return new Memory(values, after);
  }

  /// Closes it and deletes its files.
  void delete(RunFolder folder) throws IOException {
    close();
    for (MemoryVector vector : vectors) {
      Files.deleteIfExists(folder.memory(round, vector.name()));
    }
  }

  @Override
  public void close() {
    values.forEach(Tensors::close);
  }
}
