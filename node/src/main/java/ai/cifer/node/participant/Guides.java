package ai.cifer.node.participant;

import ai.cifer.fedlearn.tensor.ModelLayout;
import ai.cifer.fedlearn.tensor.Tensors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// What the coordinator sent beside the model: further vectors of its layout, in the same file.
record Guides(List<Tensors> all) implements AutoCloseable {

  static Guides open(Path file, int count, ModelLayout layout) throws IOException {
    List<Tensors> all = new ArrayList<>();
    try {
      for (int i = 1; i <= count; i++) {
        all.add(Tensors.open(file, (long) i * Float.BYTES * layout.parameters(), layout));
      }
      return new Guides(all);
    } catch (IOException failure) {
      all.forEach(Tensors::close);
      throw failure;
    }
  }

  @Override
  public void close() {
    all.forEach(Tensors::close);
  }
}
