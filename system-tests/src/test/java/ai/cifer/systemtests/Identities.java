package ai.cifer.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// Certificates made by `cifer certs`, once for all tests of this process, since making them starts
/// a process a step; each federation gets a copy.
final class Identities {
  static final String COORDINATOR = "coordinator";
  static final String KEY_HOLDER = "key-holder";
  static final List<String> CLIENTS = List.of("client-1", "client-2", "client-3", "client-4");
  private static final Shared SHARED = new Shared();

  private Identities() {}

  private static final class Shared {
    private java.util.Optional<Path> folder = java.util.Optional.empty();

    synchronized Path folder() throws IOException, InterruptedException {
      if (folder.isEmpty()) {
        Path made =
            Files.createTempDirectory(Cifer.HOME.resolve("system-tests/target"), "identities");
        make(made);
        folder = java.util.Optional.of(made);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(made)));
      }
      return folder.get();
    }
  }

  /// Copies all participants' folders to `to`.
  static void copy(Path to) throws IOException, InterruptedException {
    Path from = SHARED.folder();
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Path copy = to.resolve(from.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(copy);
        } else {
          Files.copy(file, copy, StandardCopyOption.COPY_ATTRIBUTES, LinkOption.NOFOLLOW_LINKS);
        }
      }
    }
  }

  private static void make(Path folder) throws IOException, InterruptedException {
    run(folder, "init", List.of("certs", "init", "--out", "authority", "--name", "study"));
    List<Cifer> requests = new ArrayList<>();
    requests.add(request(folder, COORDINATOR, COORDINATOR, "--host", "localhost"));
    requests.add(request(folder, "key-holder", KEY_HOLDER));
    for (String client : CLIENTS) {
      requests.add(request(folder, "client", client));
    }
    for (Cifer request : requests) {
      finish(request);
    }
    List<Cifer> signings = new ArrayList<>();
    for (Cifer request : requests) {
      signings.add(sign(folder, "authority", request.name(), 365));
    }
    for (Cifer signing : signings) {
      finish(signing);
      Files.copy(
          folder.resolve("authority/ca.pem"), folder.resolve(signing.name()).resolve("ca.pem"));
    }
  }

  private static Cifer request(Path folder, String role, String name, String... more)
      throws IOException {
    List<String> words =
        new ArrayList<>(List.of("certs", "request", "--role", role, "--name", name, "--out", name));
    words.addAll(List.of(more));
    return Cifer.start(folder, name, Cifer.small(64), words);
  }

  /// Signs the request of `name`; its folder gets the certificate.
  static Cifer sign(Path folder, String authority, String name, int days) throws IOException {
    return Cifer.start(
        folder,
        name,
        Cifer.small(64),
        List.of(
            "certs",
            "sign",
            name + "/certificate_request.pem",
            "--authority",
            authority,
            "--days",
            Integer.toString(days)));
  }

  /// Runs the command and expects it to succeed.
  static void run(Path folder, String name, List<String> words)
      throws IOException, InterruptedException {
    finish(Cifer.start(folder, name, Cifer.small(64), words));
  }

  private static void finish(Cifer command) throws InterruptedException {
    try (command) {
      assertThat(command.exitCode()).as(command::report).isZero();
    }
  }

  private static void delete(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException left) {
      throw new java.io.UncheckedIOException(left);
    }
  }
}
