package ai.cifer.node.participant;

import ai.cifer.fedlearn.local.ClientMemory;
import ai.cifer.fedlearn.tensor.KeptPlaces;
import ai.cifer.fedlearn.tensor.ModelLayout;
import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.node.store.Durable;
import ai.cifer.secagg.codec.Bytes;
import ai.cifer.secagg.codec.FieldWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// What the strategy has a client remember, as files of its state folder.
///
/// ```
/// <state>/memory/<first 16 digits of SHA-256(federation, run)>/<name>.f32       remembered
/// <state>/memory/<...>/<name>.next                                             of the open round
/// <state>/memory/<...>/<name>.<round>-<result before it>.sent                  the update has left
/// ```
///
/// What a round writes takes the place of what was only when the round has a result: an update that
/// entered no sum leaves no trace. Where the result did not come, for the link was lost or the
/// process ended, the next round says whether there was one: then it continues from another result
/// than the round before it did. A process that ends before its update has left, or misses the
/// round after, too, remembers what it did before.
final class StateMemory implements ClientMemory {

  private static final String VALUES = ".f32";
  private static final String NEXT = ".next";
  private static final Pattern SENT =
      Pattern.compile("([a-z]+)\\.([1-9][0-9]{0,9})-([0-9a-f]{16})\\.sent");

  /// Characters of a hash that tell results of one run apart.
  private static final int HASH_CHARACTERS = 16;

  /// Up to here zeros in memory are cheaper than a file.
  private static final long IN_MEMORY_BYTES = 64L << 20;

  private final Path root;
  private final Map<String, Path> written = new HashMap<>();
  private Path folder;

  private StateMemory(Path root) {
    this.root = root;
    folder = root;
  }

  static StateMemory in(Path state) {
    return new StateMemory(state.resolve("memory"));
  }

  /// A round begins: settles what the one before it wrote, forgets what one without a result wrote,
  /// and what belongs to other runs.
  ///
  /// @param previous the hash of the result that the round continues from
  void begin(String federation, String run, int round, Bytes previous) throws LocalFailure {
    String name =
        HexFormat.of()
            .formatHex(
                Bytes.sha256(
                        FieldWriter.of("cifer.client-memory", 1)
                            .text(federation)
                            .text(run)
                            .toByteArray())
                    .toByteArray())
            .substring(0, HASH_CHARACTERS);
    Path own = root.resolve(name);
    LocalFailure.unlessDone(() -> {
      if (Files.isDirectory(root)) {
        try (Stream<Path> others = Files.list(root)) {
          for (Path other : others.filter(each -> !each.equals(own)).toList()) {
            delete(other);
          }
        }
      }
      if (Files.isDirectory(own)) {
        try (Stream<Path> files = Files.list(own)) {
          for (Path file : files.filter(each -> !each.toString().endsWith(VALUES)).toList()) {
            settle(file, round, previous);
          }
        }
      }
    });
    written.clear();
    folder = own;
  }

  private static void settle(Path file, int round, Bytes previous) throws IOException {
    Matcher sent = SENT.matcher(file.getFileName().toString());
    if (sent.matches()
        && Long.parseLong(sent.group(2)) + 1 == round
        && !sent.group(3).equals(shortened(previous))) {
      Durable.rename(file, file.resolveSibling(sent.group(1) + VALUES));
    } else {
      Files.delete(file);
    }
  }

  private static String shortened(Bytes hash) {
    return HexFormat.of().formatHex(hash.toByteArray()).substring(0, HASH_CHARACTERS);
  }

  private static void delete(Path folder) throws IOException {
    if (Files.isDirectory(folder)) {
      List<Path> files;
      try (Stream<Path> inside = Files.list(folder)) {
        files = inside.toList();
      }
      for (Path file : files) {
        Files.delete(file);
      }
    }
    Files.delete(folder);
  }

  @Override
  public Optional<Tensors> before(String name, ModelLayout layout) throws IOException {
    Path file = folder.resolve(name + VALUES);
    return Files.exists(file) && Files.size(file) == Float.BYTES * layout.parameters()
        ? Optional.of(Tensors.open(file, 0, layout))
        : Optional.empty();
  }

  @Override
  public Tensors after(String name, ModelLayout layout) throws IOException {
    Files.createDirectories(folder);
    Path file = folder.resolve(name + NEXT);
    Tensors values = Tensors.create(file, layout);
    written.put(name, file);
    return values;
  }

  @Override
  public Tensors scratch(ModelLayout layout) throws IOException {
    if (Float.BYTES * layout.parameters() <= IN_MEMORY_BYTES) {
      return Tensors.allocate(layout);
    }
    Path file = Files.createTempFile(root.toAbsolutePath().getParent(), "scratch", VALUES);
    Tensors values = Tensors.create(file, layout);
    try {
      // A mapping outlives the name of its file, and goes with the last that holds it.
      Files.delete(file);
    } catch (IOException inUse) {
      file.toFile().deleteOnExit();
    }
    return values;
  }

  /// All of the update has left.
  ///
  /// @param previous as for [#begin]
  void sent(int round, Bytes previous) throws IOException {
    for (Map.Entry<String, Path> each : written.entrySet()) {
      Path sent =
          folder.resolve("%s.%d-%s.sent".formatted(each.getKey(), round, shortened(previous)));
      if (!sent.equals(each.getValue())) {
        Durable.rename(each.getValue(), sent);
        each.setValue(sent);
      }
    }
  }

  /// The round has no result that this client is part of.
  void forget() throws LocalFailure {
    LocalFailure.unlessDone(() -> {
      for (Path file : written.values()) {
        Files.deleteIfExists(file);
      }
    });
    written.clear();
  }

  /// Of what the round wrote under a name these places are to stay as they were before, or zeros:
  /// an update of them entered no sum.
  void retain(String name, KeptPlaces places, ModelLayout layout) throws IOException {
    Path next = written.get(name);
    if (places.isEmpty() || next == null) {
      return;
    }
    Optional<Tensors> known = before(name, layout);
    try (Tensors after = Tensors.reopen(next, layout)) {
      if (known.isPresent()) {
        try (Tensors before = known.get()) {
          places.restore(before, after);
        }
      } else {
        places.clear(after);
      }
      after.force();
    }
  }

  /// The round has a result.
  void keep() throws IOException {
    for (Map.Entry<String, Path> each : written.entrySet()) {
      Durable.rename(each.getValue(), folder.resolve(each.getKey() + VALUES));
    }
    written.clear();
  }
}
