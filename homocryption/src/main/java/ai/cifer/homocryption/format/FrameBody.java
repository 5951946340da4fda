package ai.cifer.homocryption.format;

import java.io.IOException;

/// Writes the body of one form.
@FunctionalInterface
public interface FrameBody {
  /// Writes exactly the number of bytes that the header announces.
  void write(FrameWriter out) throws IOException;
}
