package ai.cifer.training.program;

import ai.cifer.fedlearn.tensor.ModelLayout;
import ai.cifer.fedlearn.tensor.Tensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Tensors for a while: small ones in memory, large ones mapped from a file, so that they cost no
/// memory in the size of the model.
final class Scratch {

  /// Up to here a copy in memory is cheaper than a file.
  private static final long IN_MEMORY_BYTES = 64L << 20;

  private static final int CHUNK = 1 << 16;

  private Scratch() {}

  static Tensors create(ModelLayout layout, Path folder) throws IOException {
    if (4 * layout.parameters() <= IN_MEMORY_BYTES) {
      return Tensors.allocate(layout);
    }
    Path file = Files.createTempFile(folder, "scratch", ".f32");
    Tensors tensors = Tensors.create(file, layout);
    try {
      // A mapping outlives the name of its file, and goes with the last that holds it.
      Files.delete(file);
    } catch (IOException inUse) {
      // Where it does not, the file goes with its folder.
      System.getLogger(Scratch.class.getName())
          .log(System.Logger.Level.DEBUG, "deleting " + file, inUse);
    }
    return tensors;
  }

  /// Copies `count` values from one place to another.
  static void copy(Tensors from, long position, Tensors to, long target, long count) {
    float[] chunk = new float[(int) Math.min(CHUNK, count)];
    for (long done = 0; done < count; done += chunk.length) {
      int some = (int) Math.min(chunk.length, count - done);
      from.read(position + done, chunk, some);
      to.write(target + done, chunk, some);
    }
  }
}
