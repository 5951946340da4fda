package ai.cifer.training.model;

import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.fedlearn.train.GlobalModel;
import ai.cifer.fedlearn.train.ModelFormat;
import ai.cifer.fedlearn.train.TrainingException;
import ai.cifer.training.data.ReplacedFile;
import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;

/// Models in safetensors files, float32; the architecture is in the file's metadata.
///
/// Reading maps the file: it costs no memory in the size of the model. The same model gives the
/// same bytes. Python reads the files with `safetensors.numpy.load_file` or
/// `safetensors.torch.load_file`.
public final class SafetensorsFormat implements ModelFormat {

  private static final String ARCHITECTURE = "architecture";
  private static final int CHUNK_BYTES = 1 << 24;

  @Override
  public String name() {
    return "safetensors";
  }

  @Override
  public boolean handles(Path file) {
    return file.toString().endsWith(".safetensors");
  }

  @Override
  public GlobalModel read(Path file) throws TrainingException {
    try {
      SafetensorsHeader header = header(file);
      String architecture = header.metadata().get(ARCHITECTURE);
      if (architecture == null) {
        throw new TrainingException(
            "%s: no architecture in its metadata (found: %s); save it with metadata={'%s': 'cnn'}"
                .formatted(file, header.metadata().keySet(), ARCHITECTURE));
      }
      return new GlobalModel(architecture, Tensors.open(file, header.bytes(), header.layout()));
    } catch (NoSuchFileException missing) {
      throw new TrainingException("no such file: " + file, missing);
    } catch (IOException malformed) {
      throw new TrainingException(
          "%s: not a readable safetensors file: %s".formatted(file, malformed.getMessage()),
          malformed);
    }
  }

  private static SafetensorsHeader header(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      long length = read(channel, 8).order(ByteOrder.LITTLE_ENDIAN).getLong();
      SafetensorsHeader.requireLength(length, channel.size());
      SafetensorsHeader header = SafetensorsHeader.parse(read(channel, (int) length).array());
      long expected = header.bytes() + 4 * header.layout().parameters();
      if (channel.size() != expected) {
        throw new IOException("size: %d bytes (expected: %d)".formatted(channel.size(), expected));
      }
      return header;
    }
  }

  private static ByteBuffer read(FileChannel channel, int count) throws IOException {
    ByteBuffer out = ByteBuffer.allocate(count);
    while (out.hasRemaining()) {
      if (channel.read(out) < 0) {
        throw new EOFException("truncated in the header");
      }
    }
    return out.flip();
  }

  @Override
  public void write(GlobalModel model, Path file) throws TrainingException {
    try (ReplacedFile replaced = ReplacedFile.of(file)) {
      byte[] json =
          SafetensorsHeader.write(
              Map.of(ARCHITECTURE, model.architecture()), model.tensors().layout());
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
}
