package ai.cifer.cli.process;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Starts `cifer` again as another process: the same Java, the same flags, the same classes.
public final class JavaCommand {

  private static final String MAIN = "ai.cifer.cli.Cifer";

  // The same whether this process was started by the script, by a test or from an editor.
  private static final List<String> FLAGS =
      List.of(
          "--enable-native-access=ALL-UNNAMED",
          "--sun-misc-unsafe-memory-access=allow",
          // Encryption is several times slower without.
          "--add-modules=jdk.incubator.vector",
          "-XX:+UseSerialGC",
          // Bounded by the limit of direct memory: with Netty's adaptive allocator four uploads at
          // once ran out of 128 MB.
          "-Dio.netty.allocator.type=pooled",
          "-Dai.djl.offline=true");

  private JavaCommand() {}

  /// The command line of a process with `heapMegabytes` of heap and as much direct memory.
  public static List<String> of(int heapMegabytes, List<String> words) {
    List<String> command = new ArrayList<>();
    command.add(
        ProcessHandle.current()
            .info()
            .command()
            .orElse(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
    for (String flag : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
      if (isInherited(flag)) {
        command.add(flag);
      }
    }
    command.addAll(FLAGS);
    command.add("-Xmx%dm".formatted(heapMegabytes));
    command.add("-XX:MaxDirectMemorySize=%dm".formatted(heapMegabytes));
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(MAIN);
    command.addAll(words);
    return command;
  }

  // Memory is each role's own, agents belong to this process, and a module option that stands twice
  // is refused by the virtual machine.
  private static boolean isInherited(String flag) {
    return (flag.startsWith("-D")
            && !flag.startsWith("-Djdk.module.")
            && !flag.startsWith("-D" + StandardError.PROPERTY))
        || (flag.startsWith("-XX:") && !flag.contains("GC") && !flag.contains("DirectMemory"));
  }
}
