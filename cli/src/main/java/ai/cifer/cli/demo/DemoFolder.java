package ai.cifer.cli.demo;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;

/// Where everything of a demo lies.
///
/// ```
/// runs/<id>/demo/
///   authority/       ca.pem, ca_key.pem
///   coordinator/     server.json, certificate, keys, the initial model
///   client-1/ ...    config.json, certificate, keys, data.npz, state
///   key-holder/      key-holder.json, certificate, keys, state; only where one takes part
///   logs/<run>/      what each process printed and logged
/// ```
///
/// Each participant's folder holds what would lie on its own machine, and nothing else.
final class DemoFolder {

  static final String COORDINATOR = "coordinator";
  static final String KEY_HOLDER = "key-holder";

  private static final DateTimeFormatter ID =
      DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss").withZone(ZoneOffset.UTC);
  private static final int MOST_IN_A_SECOND = 1000;

  private final String id;
  private final Path path;

  private DemoFolder(String id, Path path) {
    this.id = id;
    this.path = path;
  }

  /// Makes a folder that no other demo has, also of those that begin in the same second.
  static DemoFolder create(Path runs, InstantSource clock) throws IOException {
    Files.createDirectories(runs);
    String time = ID.format(clock.instant());
    for (int i = 1; i <= MOST_IN_A_SECOND; i++) {
      String id = i == 1 ? time : time + "-" + i;
      try {
        Files.createDirectory(runs.resolve(id));
      } catch (FileAlreadyExistsException taken) {
        continue;
      }
      Path path = runs.resolve(id).resolve("demo");
      Files.createDirectories(path);
      return new DemoFolder(id, path);
    }
    throw new IOException("%s: more than %d demos in a second".formatted(runs, MOST_IN_A_SECOND));
  }

  /// The id of the run, and the stem of the ids of several.
  String id() {
    return id;
  }

  /// The folder `demo`.
  Path path() {
    return path;
  }

  Path authority() {
    return path.resolve("authority");
  }

  /// The folder of a participant.
  Path of(String participant) {
    return path.resolve(participant);
  }

  Path serverConfig() {
    return of(COORDINATOR).resolve("server.json");
  }

  Path keyHolderConfig() {
    return of(KEY_HOLDER).resolve("key-holder.json");
  }

  Path clientConfig(String client) {
    return of(client).resolve("config.json");
  }

  Path data(String client) {
    return of(client).resolve("data.npz");
  }

  Path model() {
    return of(COORDINATOR).resolve("model.safetensors");
  }

  /// What the processes of one run printed and logged.
  Path logs(String run) {
    return path.resolve("logs").resolve(run);
  }

  /// `client-1`, `client-2`, ...
  static List<String> clients(int count) {
    List<String> names = new ArrayList<>();
    for (int i = 1; i <= count; i++) {
      names.add("client-" + i);
    }
    return names;
  }
}
