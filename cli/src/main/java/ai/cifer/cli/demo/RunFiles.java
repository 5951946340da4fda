package ai.cifer.cli.demo;

import ai.cifer.cli.process.Signal;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// What the processes of one run print and log, and by which they tell each other how far they are.
///
/// @param folder of this run alone
record RunFiles(Path folder) {

  static RunFiles create(Path folder) throws IOException {
    return new RunFiles(Files.createDirectories(folder));
  }

  /// The coordinator's port, once it listens.
  Path port() {
    return folder.resolve("port");
  }

  /// Told to the coordinator: everybody is there.
  Path begin() {
    return folder.resolve("begin");
  }

  /// The document of the run, once it has ended.
  Path result() {
    return folder.resolve("result.json");
  }

  /// Told by a participant: it has joined.
  Path joined(String participant) {
    return folder.resolve(participant + ".joined");
  }

  Path log(String participant) {
    return folder.resolve(participant + ".log");
  }

  File printed(String participant) {
    return folder.resolve(participant + ".txt").toFile();
  }

  boolean hasBegun() {
    return Files.exists(begin());
  }

  void beginRun() throws IOException {
    Signal.give(begin(), "");
  }
}
