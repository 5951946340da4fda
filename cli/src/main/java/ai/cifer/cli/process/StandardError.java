package ai.cifer.cli.process;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/// Takes back the standard error that the launcher kept away from the virtual machine.
///
/// The virtual machine warns of every incubating module, the Vector API among them, and has no flag
/// against it. So the launcher starts it with standard error going to a file, hands the real one
/// over as another descriptor, and says which in a system property.
public final class StandardError {

  /// The system property with the number of the descriptor.
  public static final String PROPERTY = "cifer.stderr";

  private static final int STANDARD_ERROR = 2;

  private StandardError() {}

  /// Does nothing unless the launcher set [#PROPERTY]. Native libraries write to the real one
  /// afterwards too.
  public static void restore() {
    Integer descriptor = Integer.getInteger(PROPERTY);
    if (descriptor != null && !duplicated(descriptor)) {
      reopened(descriptor);
    }
  }

  @SuppressWarnings("restricted") // the command may call native code, see its manifest
  private static boolean duplicated(int descriptor) {
    try {
      Linker linker = Linker.nativeLinker();
      MethodHandle dup2 =
          linker.downcallHandle(
              linker.defaultLookup().findOrThrow("dup2"),
              FunctionDescriptor.of(
                  ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
      return (int) dup2.invokeExact(descriptor, STANDARD_ERROR) == STANDARD_ERROR;
    } catch (Throwable unavailable) {
      return false;
    }
  }

  // Java's own output only, which is nearly all.
  private static void reopened(int descriptor) {
    try {
      System.setErr(
          new PrintStream(
              new FileOutputStream("/dev/fd/" + descriptor), true, System.err.charset()));
    } catch (IOException lost) {
      // Nothing is left to say it on.
    }
  }
}
