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
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// A file much larger than the heap is inspected and split, and trained on in random order.
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

  @Test
  @Tag("slow")
  void trainingOnOneGigabyte() throws Exception {
    train(1L << 30);
  }

  @Test
  @Tag("full")
  void trainingOnTenGigabytes() throws Exception {
    train(10L << 30);
  }

  /// One client alone, so that nothing but its training is measured.
  private void train(long bytes) throws Exception {
    Path file = federation.folder().resolve("large.npz");
    write(file, bytes / ROW);
    run(
        "model",
        "init",
        "--architecture",
        "mlp %d 4 10".formatted(ROW),
        "--out",
        federation.folder().resolve("model.safetensors").toString());
    federation.encryption("none");
    Cifer server =
        federation.server(
            Map.of(
                "n_round_clients",
                1,
                "min_clients",
                1,
                "k_min",
                1,
                "rounds",
                1,
                "batch_size",
                64,
                "patience",
                120));
    Cifer client =
        federation.start(
            "client-1",
            JVM,
            federation.clientWords(
                "client-1",
                Map.of(),
                Map.of("trainer", "djl", "dataset_path", file.toString(), "patience", 120)));
    assertThat(server.exitCode()).as(server::report).isZero();
    assertThat(client.exitCode()).as(client::report).isZero();
    assertThat(federation.plannedAndActual()).containsEntry(1, "1 planned, 1 actual");
  }

  private void inspectAndSplit(long bytes) throws Exception {
    long rows = bytes / ROW;
    Path file = federation.folder().resolve("large.npz");
    write(file, rows);
    run("data", "inspect", file.toString());
    Path parts = federation.folder().resolve("parts");
    run(
        "data",
        "split",
        file.toString(),
        "--by",
        "dirichlet",
        "--clients",
        "3",
        "--out",
        parts.toString());
    long written = 0;
    for (int client = 1; client <= 3; client++) {
      written += Files.size(parts.resolve("client-%d.npz".formatted(client)));
    }
    // Each label takes 8 bytes, each file a header or two.
    assertThat(written).isBetween(bytes + 8 * rows, bytes + 8 * rows + 3 * 4096);
  }

  private void run(String... words) throws Exception {
    Cifer command = federation.start(words[0] + "-" + words[1], JVM, List.of(words));
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
