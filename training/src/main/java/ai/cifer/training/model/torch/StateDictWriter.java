package ai.cifer.training.model.torch;

import ai.cifer.fedlearn.tensor.TensorSpec;
import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.training.data.ReplacedFile;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/// Writes a state dict of float32 tensors that `torch.load(file, weights_only=True)` opens. The
/// same tensors give the same bytes.
final class StateDictWriter {

  private static final LocalDateTime EPOCH = LocalDateTime.of(1980, 1, 1, 0, 0, 0);
  private static final int CHUNK_BYTES = 1 << 20;
  private static final String ROOT = "model/";

  private StateDictWriter() {}

  static void write(Tensors tensors, Path file) throws IOException {
    try (ReplacedFile replaced = ReplacedFile.of(file)) {
      try (OutputStream raw = Files.newOutputStream(replaced.draft());
          ZipOutputStream zip = new ZipOutputStream(new BufferedOutputStream(raw, CHUNK_BYTES))) {
        zip.setMethod(ZipOutputStream.STORED);
        List<TensorSpec> specs = tensors.layout().tensors();
        member(zip, "data.pkl", MemorySegment.ofArray(description(specs)));
        member(
            zip, "byteorder", MemorySegment.ofArray("little".getBytes(StandardCharsets.US_ASCII)));
        for (int i = 0; i < specs.size(); i++) {
          long from = Float.BYTES * tensors.layout().offset(i);
          member(
              zip, "data/" + i, tensors.bytes().asSlice(from, Float.BYTES * specs.get(i).size()));
        }
        member(zip, "version", MemorySegment.ofArray("3\n".getBytes(StandardCharsets.US_ASCII)));
      }
      replaced.commit();
    }
  }

  private static void member(ZipOutputStream zip, String name, MemorySegment bytes)
      throws IOException {
    var crc = new CRC32();
    byte[] chunk = new byte[CHUNK_BYTES];
    var entry = new ZipEntry(ROOT + name);
    for (long at = 0; at < bytes.byteSize(); at += chunk.length) {
      crc.update(chunk, 0, copy(bytes, at, chunk));
    }
    entry.setTimeLocal(EPOCH);
    entry.setSize(bytes.byteSize());
    entry.setCompressedSize(bytes.byteSize());
    entry.setCrc(crc.getValue());
    zip.putNextEntry(entry);
    for (long at = 0; at < bytes.byteSize(); at += chunk.length) {
      zip.write(chunk, 0, copy(bytes, at, chunk));
    }
    zip.closeEntry();
  }

  private static int copy(MemorySegment bytes, long at, byte[] chunk) {
    int count = (int) Math.min(chunk.length, bytes.byteSize() - at);
    MemorySegment.copy(bytes, ValueLayout.JAVA_BYTE, at, chunk, 0, count);
    return count;
  }

  /// `OrderedDict((name, _rebuild_tensor_v2(storage, 0, shape, strides, False, OrderedDict()))
  /// ...)` in protocol 2.
  private static byte[] description(List<TensorSpec> specs) {
    var out = new Instructions();
    out.code(0x80).code(2).text("ccollections\nOrderedDict\n").code(')').code('R').code('(');
    for (int i = 0; i < specs.size(); i++) {
      TensorSpec spec = specs.get(i);
      out.string(spec.name()).text("ctorch._utils\n_rebuild_tensor_v2\n").code('(');
      out.code('(').string("storage").text("ctorch\nFloatStorage\n");
      out.string(Integer.toString(i)).string("cpu").integer(spec.size()).code('t').code('Q');
      out.integer(0).integers(spec.shape().stream().map(Integer::longValue).toList());
      out.integers(strides(spec.shape())).code(0x89);
      out.text("ccollections\nOrderedDict\n").code(')').code('R').code('t').code('R');
    }
    return out.code('u').code('.').bytes();
  }

  private static List<Long> strides(List<Integer> shape) {
    List<Long> strides = new ArrayList<>();
    long stride = 1;
    for (int i = shape.size() - 1; i >= 0; i--) {
      strides.addFirst(stride);
      stride *= shape.get(i);
    }
    return strides;
  }

  private static final class Instructions {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    Instructions code(int code) {
      out.write(code);
      return this;
    }

    Instructions text(String text) {
      out.writeBytes(text.getBytes(StandardCharsets.UTF_8));
      return this;
    }

    Instructions string(String text) {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      code('X');
      out.writeBytes(
          ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(bytes.length).array());
      out.writeBytes(bytes);
      return this;
    }

    Instructions integer(long value) {
      code(0x8a).code(Long.BYTES);
      out.writeBytes(
          ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array());
      return this;
    }

    Instructions integers(List<Long> values) {
      code('(');
      values.forEach(this::integer);
      return code('t');
    }

    byte[] bytes() {
      return out.toByteArray();
    }
  }
}
