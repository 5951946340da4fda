package ai.cifer.simulation;

import ai.cifer.node.store.RunFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Has the coordinator's working files lie beside the clients': they are what a coordinator needs
/// to go on after it was killed, which a simulation does not. Where links between folders are not
/// allowed they lie in the run's folder.
record WorkFolder(Path link) implements AutoCloseable {

  private static final System.Logger LOG = System.getLogger(WorkFolder.class.getName());

  static WorkFolder beside(SimulationPlan plan) throws IOException {
    RunFolder run = RunFolder.of(plan.server().runs(), plan.server().run().orElseThrow());
    Path target = Files.createDirectories(plan.state().toAbsolutePath().resolve("coordinator"));
    Files.createDirectories(run.path());
    try {
      return new WorkFolder(Files.createSymbolicLink(run.work(), target));
    } catch (UnsupportedOperationException | IOException refused) {
      LOG.log(System.Logger.Level.DEBUG, "no link to {0}: {1}", target, refused.getMessage());
      return new WorkFolder(run.work());
    }
  }

  @Override
  public void close() throws IOException {
    if (Files.isSymbolicLink(link)) {
      Files.delete(link);
    }
  }
}
