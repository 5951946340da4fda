package ai.cifer.training.model;

import ai.cifer.fedlearn.train.GlobalModel;
import ai.cifer.fedlearn.train.ModelFormat;
import ai.cifer.fedlearn.train.ModelSummary;
import ai.cifer.fedlearn.train.TrainingException;
import ai.cifer.training.data.ReplacedFile;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;

/// Models in safetensors: one file, or a folder of Hugging Face with `model.safetensors` or shards
/// and their index.
///
/// Reading maps float32 files: it costs no memory in the size of the model. The same model gives
/// the same bytes. Python reads the files with `safetensors.numpy.load_file` or
/// `safetensors.torch.load_file`.
public final class SafetensorsFormat implements ModelFormat {

  private static final int CHUNK_BYTES = 1 << 24;

  @Override
  public String name() {
    return "safetensors";
  }

  @Override
  public boolean handles(Path file) {
    String name = file.toString();
    return name.endsWith(".safetensors")
        || SafetensorsFiles.isIndex(file)
        || SafetensorsFiles.isFolder(file);
  }

  @Override
  public GlobalModel read(Path file) throws TrainingException {
    try {
      return SafetensorsFiles.of(file).model().open(file);
    } catch (IOException malformed) {
      throw unreadable(file, malformed);
    }
  }

  @Override
  public ModelSummary summary(Path file) throws TrainingException {
    try {
      return SafetensorsFiles.of(file).model().summary(name());
    } catch (IOException malformed) {
      throw unreadable(file, malformed);
    }
  }

  private static TrainingException unreadable(Path file, IOException cause) {
    return cause instanceof NoSuchFileException missing
        ? new TrainingException("no such file: " + missing.getFile(), cause)
        : new TrainingException(
            "%s: not a readable safetensors file: %s".formatted(file, cause.getMessage()), cause);
  }

  @Override
  public void write(GlobalModel model, Path file) throws TrainingException {
    try (ReplacedFile replaced = ReplacedFile.of(file)) {
      byte[] json =
          SafetensorsHeader.write(
              Map.of(SafetensorsFiles.ARCHITECTURE, model.architecture()),
              model.tensors().layout());
      try (FileChannel channel = FileChannel.open(replaced.draft(), StandardOpenOption.WRITE)) {
        ByteBuffer start = ByteBuffer.allocate(8 + json.length).order(ByteOrder.LITTLE_ENDIAN);
        write(channel, start.putLong(json.length).put(json).flip());
        MemorySegment values = model.tensors().bytes();
        for (long at = 0; at < values.byteSize(); at += CHUNK_BYTES) {
          long count = Math.min(CHUNK_BYTES, values.byteSize() - at);
          write(channel, values.asSlice(at, count).asByteBuffer());
        }
      }
      replaced.commit();
    } catch (IOException failure) {
      throw new TrainingException("cannot write %s: %s".formatted(file, failure), failure);
    }
  }

  private static void write(FileChannel channel, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  @Override
  public void copy(Path file, Path target) throws IOException, TrainingException {
    if (!SafetensorsFiles.isIndex(file)) {
      ModelFormat.super.copy(file, target);
      return;
    }
    Files.createDirectory(target);
    for (var part : SafetensorsFiles.parts(file).entrySet()) {
      Files.copy(part.getValue(), target.resolve(part.getKey()));
    }
  }

  /// What comes from an index becomes a folder with the index and its shards.
  @Override
  public void rewrite(GlobalModel model, Path original, Path file) throws TrainingException {
    try {
      SafetensorsFiles files = SafetensorsFiles.of(original);
      if (SafetensorsFiles.isFolder(original) || SafetensorsFiles.isIndex(original)) {
        ReplacedFolder.write(
            SafetensorsFiles.parts(original),
            file,
            draftOf -> files.model().replace(model.tensors(), draftOf));
      } else {
        RewrittenFile.write(
            original, file, draft -> files.model().replace(model.tensors(), _ -> draft));
      }
    } catch (IOException failure) {
      throw new TrainingException(
          "cannot write %s: %s".formatted(file, failure.getMessage()), failure);
    }
  }
}
