package ai.cifer.cli.experiment;

import ai.cifer.training.data.ReplacedFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.OptionalDouble;
import java.util.zip.CRC32C;

/// A run as an event file of TensorBoard, in a folder with the run's name: one scalar for each
/// figure and round.
///
/// The file is a sequence of records (length, masked CRC-32C of it, bytes, masked CRC-32C of them),
/// each an `Event` of TensorFlow's `event.proto`: wall time (1, double), step (2, varint), file
/// version (3, string) or summary (5), whose values (1) have a tag (1) and a simple value (2,
/// float).
final class TensorBoardExport {
  private static final String VERSION = "brain.Event:2";

  // The mask of TFRecord: a CRC of bytes that hold CRCs would be weak.
  private static final int MASK_ROTATION = 15;
  private static final int MASK_DELTA = 0xA282EAD8;

  private static final int VARINT = 0;
  private static final int FIXED_64 = 1;
  private static final int BYTES = 2;
  private static final int FIXED_32 = 5;

  private TensorBoardExport() {}

  static void write(RunRecord record, Path out) throws IOException {
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    file.writeBytes(
        framed(event(record.began(), 0, field(3, VERSION.getBytes(StandardCharsets.UTF_8)))));
    List<Series> all = Series.of(record.run());
    for (int i = 0; i < record.run().rounds().size(); i++) {
      for (Series series : all) {
        OptionalDouble value = series.values().get(i);
        if (value.isPresent()) {
          file.writeBytes(
              framed(
                  event(
                      record.ended().get(i),
                      record.run().rounds().get(i).round(),
                      field(5, summary(series.name(), (float) value.getAsDouble())))));
        }
      }
    }
    Path folder = Files.createDirectories(out.resolve(record.run().run()));
    ReplacedFile.write(
        folder.resolve("events.out.tfevents.%d.cifer".formatted(record.began().getEpochSecond())),
        file.toByteArray());
  }

  private static byte[] event(Instant time, long step, byte[] what) {
    ByteArrayOutputStream event = new ByteArrayOutputStream();
    tag(event, 1, FIXED_64);
    event.writeBytes(little(Double.BYTES).putDouble(time.toEpochMilli() / 1e3).array());
    tag(event, 2, VARINT);
    varint(event, step);
    event.writeBytes(what);
    return event.toByteArray();
  }

  private static byte[] summary(String name, float value) {
    ByteArrayOutputStream one = new ByteArrayOutputStream();
    one.writeBytes(field(1, name.getBytes(StandardCharsets.UTF_8)));
    tag(one, 2, FIXED_32);
    one.writeBytes(little(Float.BYTES).putFloat(value).array());
    return field(1, one.toByteArray());
  }

  private static byte[] field(int number, byte[] body) {
    ByteArrayOutputStream field = new ByteArrayOutputStream();
    tag(field, number, BYTES);
    varint(field, body.length);
    field.writeBytes(body);
    return field.toByteArray();
  }

  private static void tag(ByteArrayOutputStream out, int number, int type) {
    varint(out, ((long) number << 3) | type);
  }

  private static void varint(ByteArrayOutputStream out, long value) {
    long rest = value;
    while ((rest & ~0x7FL) != 0) {
      out.write((int) ((rest & 0x7F) | 0x80));
      rest >>>= 7;
    }
    out.write((int) rest);
  }

  private static byte[] framed(byte[] event) {
    byte[] length = little(Long.BYTES).putLong(event.length).array();
    return ByteBuffer.allocate(Long.BYTES + 2 * Integer.BYTES + event.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put(length)
        .putInt(masked(length))
        .put(event)
        .putInt(masked(event))
        .array();
  }

  private static int masked(byte[] bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes);
    return Integer.rotateRight((int) crc.getValue(), MASK_ROTATION) + MASK_DELTA;
  }

  private static ByteBuffer little(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
