package ai.cifer.cli.terminal;

import java.util.Locale;

/// Figures as people read them: few digits, a unit, the same width in a column.
public final class Figures {

  private static final String[] UNITS = {"B", "kB", "MB", "GB", "TB", "PB", "EB"};

  private Figures() {}

  /// Bytes in powers of 1000: `517 B`, `863.2 kB`, `8.31 MB`.
  public static String bytes(long bytes) {
    if (bytes < 1000) {
      return bytes + " B";
    }
    double value = bytes;
    int unit = 0;
    // 999,950 would round to "1000.0 kB".
    while (value >= 999.95) {
      value /= 1000;
      unit++;
    }
    return (value < 9.995 ? format("%.2f", value) : format("%.1f", value)) + " " + UNITS[unit];
  }

  /// Seconds with two decimals below ten, one below a hundred, none above: `0.04`, `12.3`, `140`.
  public static String seconds(double seconds) {
    if (seconds < 9.995) {
      return format("%.2f", seconds);
    }
    return seconds < 99.95 ? format("%.1f", seconds) : format("%.0f", seconds);
  }

  /// Minutes and seconds for a long wait: `8 s`, `2 min 5 s`.
  public static String duration(double seconds) {
    long whole = Math.round(seconds);
    return whole < 60 ? whole + " s" : "%d min %d s".formatted(whole / 60, whole % 60);
  }

  /// A count with thousands apart: `206,922`.
  public static String count(long count) {
    return format("%,d", count);
  }

  /// A count and what is counted: `1 round`, `10 rounds`.
  public static String counted(long count, String one) {
    return count(count) + " " + one + (count == 1 ? "" : "s");
  }

  /// A share as percent: `0.8123` is `81.23 %`.
  public static String percent(double share) {
    return format("%.2f %%", 100 * share);
  }

  /// A loss with four decimals.
  public static String loss(double loss) {
    return format("%.4f", loss);
  }

  /// A ratio with three decimals.
  public static String ratio(double ratio) {
    return format("%.3f", ratio);
  }

  // The decimal point must not depend on the user's country: people compare and paste figures.
  private static String format(String pattern, Object value) {
    return String.format(Locale.ROOT, pattern, value);
  }
}
