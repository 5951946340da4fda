package ai.cifer.fedlearn.strategy;

import ai.cifer.fedlearn.local.ClientMemory;
import ai.cifer.fedlearn.tensor.ModelLayout;
import ai.cifer.fedlearn.tensor.Tensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// What a client remembers, in a folder.
final class RecalledMemory implements ClientMemory {

  private final Path folder;

  RecalledMemory(Path folder) {
    this.folder = folder;
  }

  @Override
  public Optional<Tensors> before(String name, ModelLayout layout) throws IOException {
    Path file = folder.resolve(name);
    return Files.exists(file) ? Optional.of(Tensors.open(file, 0, layout)) : Optional.empty();
  }

  @Override
  public Tensors after(String name, ModelLayout layout) throws IOException {
    return Tensors.create(folder.resolve(name + ".next"), layout);
  }

  @Override
  public Tensors scratch(ModelLayout layout) {
    return Tensors.allocate(layout);
  }

  /// The round has a result.
  void keep() throws IOException {
    List<Path> written;
    try (Stream<Path> files = Files.list(folder)) {
      written = files.filter(file -> file.toString().endsWith(".next")).toList();
    }
    for (Path file : written) {
      String name = file.getFileName().toString();
      Files.move(
          file,
          folder.resolve(name.substring(0, name.length() - ".next".length())),
          StandardCopyOption.REPLACE_EXISTING);
    }
  }
}
