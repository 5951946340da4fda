package ai.cifer.transport;

import java.io.IOException;
import java.security.cert.X509Certificate;
import java.util.HashMap;
import java.util.Map;

/// Bounds how many of something each participant has at a time.
final class Quota {
  private final String what;
  private final int most;
  private final Map<X509Certificate, Integer> taken = new HashMap<>();

  /// @param what for messages, in the plural
  Quota(String what, int most) {
    this.what = what;
    this.most = most;
  }

  /// One of them, until it is closed.
  interface Place extends AutoCloseable {
    @Override
    void close();
  }

  /// @throws IOException if the participant has as many as it may; some of them may be of links
  ///   that it has lost, so it is not turned away for good
  synchronized Place take(X509Certificate participant) throws IOException {
    int has = taken.getOrDefault(participant, 0);
    if (has == most) {
      throw new IOException(
          what + " of one participant at a time: " + (has + 1) + " (expected: <= " + most + ")");
    }
    taken.put(participant, has + 1);
    return () -> giveBack(participant);
  }

  private synchronized void giveBack(X509Certificate participant) {
    taken.computeIfPresent(participant, (_, has) -> has == 1 ? null : has - 1);
  }
}
