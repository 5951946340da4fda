package ai.cifer.node.coordinator;

import ai.cifer.node.store.RunFolder;
import java.io.IOException;

/// What is left of a round or a run when it is over does no harm, so that failing to delete it does
/// not end the run: somebody who was given up may still be sending into it.
final class Leftovers {

  private static final System.Logger LOG = System.getLogger(Leftovers.class.getName());

  private Leftovers() {}

  static void ofRound(RunFolder folder, int round) {
    try {
      folder.deleteRound(round);
    } catch (IOException failure) {
      LOG.log(
          System.Logger.Level.WARNING,
          "files of round {0} remain: {1}",
          round,
          failure.getMessage());
    }
  }

  static void ofRun(RunFolder folder) {
    try {
      folder.deleteWork();
    } catch (IOException failure) {
      LOG.log(System.Logger.Level.WARNING, "working files remain: {0}", failure.getMessage());
    }
  }
}
