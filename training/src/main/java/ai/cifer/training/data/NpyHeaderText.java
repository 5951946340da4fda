package ai.cifer.training.data;

import java.io.IOException;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Parses the Python dict of an npy header: exactly the three keys that the format defines, nothing
/// that would need a Python interpreter.
final class NpyHeaderText {

  private final String text;
  private int at;

  NpyHeaderText(String text) {
    this.text = text;
  }

  NpyHeader parse() throws IOException {
    String descr = null;
    Boolean fortran = null;
    List<Long> shape = null;
    expect('{');
    while (!accept('}')) {
      String key = string();
      expect(':');
      switch (key) {
        case "descr" -> descr = once(key, descr, string());
        case "fortran_order" -> fortran = once(key, fortran, bool());
        case "shape" -> shape = once(key, shape, tuple());
        default -> throw malformed("unknown key " + key);
      }
      if (!accept(',')) {
        expect('}');
        break;
      }
    }
    skipSpace();
    if (at != text.length()) {
      throw malformed("more after the dict");
    }
    if (descr == null || fortran == null || shape == null) {
      throw malformed("a key is missing");
    }
    // With one dimension both orders are the same.
    boolean differs = shape.stream().filter(dimension -> dimension > 1).count() > 1;
    return header(descr, fortran && differs, shape);
  }

  private NpyHeader header(String descr, boolean fortran, List<Long> shape) throws IOException {
    if (!descr.matches("[<>|=]?[a-zA-Z][0-9]{1,6}")) {
      throw unsupported(descr);
    }
    boolean marked = "<>|=".indexOf(descr.charAt(0)) >= 0;
    String bare = marked ? descr.substring(1) : descr;
    int units = Integer.parseInt(bare.substring(1));
    ByteOrder order = descr.charAt(0) == '>' ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
    for (NpyType type : NpyType.values()) {
      boolean fits = type == NpyType.TEXT ? units >= 1 && !fortran : units == type.unitBytes();
      if (type.kind() == bare.charAt(0) && fits) {
        int itemBytes = type == NpyType.TEXT ? 4 * units : units;
        checkSize(shape, itemBytes);
        return new NpyHeader(type, order, itemBytes, fortran, shape);
      }
    }
    throw unsupported(descr);
  }

  /// A hostile header may claim any shape: products must not wrap around.
  static void checkSize(List<Long> shape, int itemBytes) throws IOException {
    try {
      long bytes = itemBytes;
      // A zero dimension must not hide an overflow of the others, so it counts as one here.
      for (long dimension : shape) {
        bytes = Math.multiplyExact(bytes, Math.max(1, dimension));
      }
    } catch (ArithmeticException overflow) {
      throw new IOException(
          "shape: %s (expected: fewer than 2^63 bytes)".formatted(shape), overflow);
    }
  }

  private static IOException unsupported(String descr) {
    return new IOException(
        "dtype: %s%s (expected: bool, int8 to int64, uint8 to uint64, float16 to float64)"
            .formatted(descr, descr.contains("c") ? ", complex numbers" : ""));
  }

  private <T> T once(String key, @Nullable T before, T now) throws IOException {
    if (before != null) {
      throw malformed("key twice: " + key);
    }
    return now;
  }

  private String string() throws IOException {
    skipSpace();
    char quote = at < text.length() ? text.charAt(at) : '\0';
    if (quote != '\'' && quote != '"') {
      throw malformed("a string was expected");
    }
    int end = text.indexOf(quote, at + 1);
    if (end < 0 || text.substring(at, end).indexOf('\\') >= 0) {
      throw malformed("a plain string was expected");
    }
    String value = text.substring(at + 1, end);
    at = end + 1;
    return value;
  }

  private Boolean bool() throws IOException {
    skipSpace();
    if (text.startsWith("True", at)) {
      at += 4;
      return true;
    }
    if (text.startsWith("False", at)) {
      at += 5;
      return false;
    }
    throw malformed("True or False was expected");
  }

  private List<Long> tuple() throws IOException {
    var values = new ArrayList<Long>();
    expect('(');
    while (!accept(')')) {
      if (values.size() == NpyHeader.MAX_RANK) {
        throw malformed("more than %d dimensions".formatted(NpyHeader.MAX_RANK));
      }
      values.add(number());
      if (!accept(',')) {
        expect(')');
        break;
      }
    }
    return values;
  }

  private long number() throws IOException {
    skipSpace();
    int from = at;
    while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
      at++;
    }
    if (from == at || at - from > 18) {
      throw malformed("a dimension was expected");
    }
    return Long.parseLong(text, from, at, 10);
  }

  private boolean accept(char wanted) {
    skipSpace();
    if (at < text.length() && text.charAt(at) == wanted) {
      at++;
      return true;
    }
    return false;
  }

  private void expect(char wanted) throws IOException {
    if (!accept(wanted)) {
      throw malformed("'%c' was expected".formatted(wanted));
    }
  }

  private void skipSpace() {
    while (at < text.length() && (text.charAt(at) == ' ' || text.charAt(at) == '\n')) {
      at++;
    }
  }

  private IOException malformed(String fact) {
    return new IOException("npy header: %s at character %d".formatted(fact, at));
  }
}
