package ai.cifer.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import ai.cifer.training.data.NpyHeader;
import ai.cifer.training.data.NpyType;
import ai.cifer.training.data.NpzWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// A file much larger than the heap is inspected and split.
class LargeDataSystemTest {
  @RegisterExtension final Federation federation = new Federation();

  private static final int ROW = 1 << 16;
  private static final List<String> JVM = List.of("-Xmx256m");

  @Test
  @Tag("slow")
  void oneGigabyte() throws Exception {
    inspectAndSplit(1L << 30);
  }

  @Test
  @Tag("full")
  void tenGigabytes() throws Exception {
    inspectAndSplit(10L << 30);
  }

  private void inspectAndSplit(long bytes) throws Exception {
    long rows = bytes / ROW;
    Path file = federation.folder().resolve("large.npz");
    write(file, rows);
    run("inspect", file.toString());
    Path parts = federation.folder().resolve("parts");
    run("split", file.toString(), "--by", "dirichlet", "--clients", "3", "--out", parts.toString());
    long written = 0;
    for (int client = 1; client <= 3; client++) {
      written += Files.size(parts.resolve("client-%d.npz".formatted(client)));
    }
    // Each label takes 8 bytes, each file a header or two.
    assertThat(written).isBetween(bytes + 8 * rows, bytes + 8 * rows + 3 * 4096);
  }

  private void run(String verb, String... words) throws Exception {
    List<String> all = new java.util.ArrayList<>(List.of("data", verb));
    all.addAll(List.of(words));
    Cifer command = federation.start(verb, JVM, all);
    assertThat(command.exitCode()).as(command::report).isZero();
  }

  private static void write(Path file, long rows) throws IOException {
    long[] labels = new long[Math.toIntExact(rows)];
    for (int i = 0; i < labels.length; i++) {
      labels[i] = i % 10;
    }
    try (NpzWriter npz = NpzWriter.create(file)) {
      npz.write(
          "x_train",
          NpyHeader.of(NpyType.UINT8, List.of(rows, (long) ROW)),
          out -> writeRows(rows, out));
      npz.write("y_train", labels);
      npz.commit();
    }
  }

  private static void writeRows(long rows, OutputStream out) throws IOException {
    byte[] row = new byte[ROW];
    for (long i = 0; i < rows; i++) {
      row[0] = (byte) i;
      out.write(row);
    }
  }
}
