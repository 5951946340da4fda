package ai.cifer.node.wire;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// The body of an envelope is not the control message that its kind says.
public final class MalformedControl extends IOException {
  private static final long serialVersionUID = 1L;

  MalformedControl(String message) {
    super(message);
  }

  MalformedControl(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
