package ai.cifer.training.data;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.zip.GZIPInputStream;

/// The bytes of a data file, expanded where its name ends in `.gz`.
final class DataInput {

  private static final int BUFFER_BYTES = 1 << 16;

  private DataInput() {}

  static boolean isCompressed(Path file) {
    return file.toString().toLowerCase(Locale.ROOT).endsWith(".gz");
  }

  /// The file's name in lower case, without `.gz`.
  static String name(Path file) {
    String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
    return isCompressed(file) ? name.substring(0, name.length() - 3) : name;
  }

  private static InputStream expanding(CountedInput in) throws IOException {
    return new BoundedInflation(new GZIPInputStream(in, BUFFER_BYTES), in::count);
  }

  static InputStream open(Path file) throws IOException {
    InputStream in = Files.newInputStream(file);
    try {
      return isCompressed(file) ? expanding(new CountedInput(in)) : new FilterInputStream(in) {};
    } catch (IOException malformed) {
      in.close();
      throw malformed;
    }
  }
}
