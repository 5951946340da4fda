package ai.cifer.secagg.journal;

import java.io.IOException;

/// A journal was damaged other than by a crash while it was written, so its promises are unknown.
public final class JournalCorrupt extends IOException {
  JournalCorrupt(String message) {
    super(message);
  }
}
