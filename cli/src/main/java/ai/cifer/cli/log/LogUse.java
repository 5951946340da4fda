package ai.cifer.cli.log;

/// Whether anything has asked for a logger; asking this loads no library.
public final class LogUse {

  private static volatile boolean begun;

  private LogUse() {}

  static void begin() {
    begun = true;
  }

  public static boolean begun() {
    return begun;
  }
}
