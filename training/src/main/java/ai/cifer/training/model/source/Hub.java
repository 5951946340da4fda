package ai.cifer.training.model.source;

import ai.cifer.training.data.ReplacedFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Fetches models from a hub with Hugging Face's layout of addresses.
///
/// ```
/// BASE/api/models/OWNER/NAME/tree/REVISION    the files with sizes and digests
/// BASE/OWNER/NAME/resolve/REVISION/FILE       the content, in ranges
/// ```
///
/// What is there already and undamaged is not fetched again; what was cut off goes on at its byte.
/// A file gets its name when its digest is that of the list.
public final class Hub {

  /// Where models of Hugging Face are.
  public static final URI HUGGING_FACE = URI.create("https://huggingface.co");

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int MAX_LIST_BYTES = 8 << 20;
  private static final int MAX_FILES = 10_000;

  /// Names that are the same in an address and on every disk.
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._-]{0,254}");

  private final URI base;
  private final Duration patience;
  private final HttpClient client;

  public Hub(URI base) {
    this(base, PATIENCE);
  }

  /// @param patience for an answer, and for whatever comes next of it
  Hub(URI base, Duration patience) {
    this.base = base;
    this.patience = patience;
    client =
        HttpClient.newBuilder()
            .followRedirects(HttpClient.Redirect.NORMAL)
            .connectTimeout(patience)
            .build();
  }

  /// Fetches the tensors and configs of a repository's top folder: `.safetensors`, `.json`.
  ///
  /// @return the names that are in `folder` now
  /// @throws IOException if the hub does not answer, a file is not what its list says, or files of
  ///   another model are in `folder`, which would be read with these
  public List<String> fetch(HubSource source, Path folder)
      throws IOException, InterruptedException {
    byte[] list = list(source);
    List<String> names = files(source, list).stream().map(HubFile::name).toList();
    for (Path other : others(folder, names)) {
      throw new IOException(
          "%s: not of %s (expected: a folder without files of another model)"
              .formatted(other, source.repository()));
    }
    return fetch(source, list, folder);
  }

  /// The same for a folder that holds nothing else; what the list does not name any more goes.
  void refresh(HubSource source, Path folder) throws IOException, InterruptedException {
    for (Path other : others(folder, fetch(source, list(source), folder))) {
      Files.delete(other);
    }
  }

  /// Files of a model in a folder that have none of these names, begun ones too.
  private static List<Path> others(Path folder, List<String> names) throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> {
            String name = file.getFileName().toString().replaceFirst("\\.part$", "");
            return isWanted(name) && !names.contains(name);
          })
          .toList();
    }
  }

  private static boolean isWanted(String name) {
    return name.endsWith(".safetensors") || name.endsWith(".json");
  }

  /// The same with a list that is kept: where everything is there, nothing is asked for.
  ///
  /// @param source a commit, whose list never changes
  /// @param kept the list; written when all files are there
  void fetch(HubSource source, Path folder, Path kept) throws IOException, InterruptedException {
    byte[] list = Files.exists(kept) ? Files.readAllBytes(kept) : list(source);
    List<String> names = fetch(source, list, folder);
    if (!names.isEmpty() && !Files.exists(kept)) {
      try (ReplacedFile file = ReplacedFile.of(kept)) {
        Files.write(file.draft(), list);
        file.commit();
      }
    }
  }

  private List<String> fetch(HubSource source, byte[] list, Path folder)
      throws IOException, InterruptedException {
    Files.createDirectories(folder);
    List<String> names = new ArrayList<>();
    for (HubFile file : files(source, list)) {
      fetch(source, file, folder.resolve(file.name()));
      names.add(file.name());
    }
    if (names.stream().noneMatch(name -> name.endsWith(".safetensors"))) {
      throw new IOException("%s: no .safetensors in it".formatted(source.repository()));
    }
    return names;
  }

  private byte[] list(HubSource source) throws IOException, InterruptedException {
    URI address = at("/api/models/%s/tree/%s".formatted(source.repository(), source.revision()));
    HttpResponse<InputStream> answer = send(request(address));
    try (InputStream body = answer.body()) {
      requireStatus(address, answer.statusCode(), 200);
      if (answer.headers().allValues("link").stream().anyMatch(link -> link.contains("next"))) {
        throw new IOException(
            "%s: a list of several pages (expected: one, of the files of a model alone)"
                .formatted(address));
      }
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      copy(body, bytes, MAX_LIST_BYTES, address);
      return bytes.toByteArray();
    }
  }

  private static List<HubFile> files(HubSource source, byte[] list) throws IOException {
    try {
      return files(JsonMapper.shared().readTree(list));
    } catch (JacksonException malformed) {
      throw new IOException(
          "list of %s: %s".formatted(source.repository(), malformed.getOriginalMessage()),
          malformed);
    }
  }

  private static List<HubFile> files(JsonNode list) throws IOException {
    List<HubFile> files = new ArrayList<>();
    for (JsonNode node : list) {
      String name = node.path("path").asString("");
      if (!isWanted(name) || !node.path("type").asString("").equals("file") || name.contains("/")) {
        continue;
      }
      if (!PLAIN.matcher(name).matches() || files.size() == MAX_FILES) {
        throw new IOException(
            "file: '%s' (expected: at most %d names of [A-Za-z0-9._-])"
                .formatted(name.replaceAll("\\p{Cntrl}", "?"), MAX_FILES));
      }
      JsonNode large = node.path("lfs");
      files.add(
          new HubFile(
              name,
              node.path("size").asLong(-1),
              (large.isObject() ? large : node).path("oid").asString(""),
              large.isObject()));
    }
    return files;
  }

  private void fetch(HubSource source, HubFile file, Path target)
      throws IOException, InterruptedException {
    if (Files.exists(target) && file.matches(target)) {
      return;
    }
    Path part = target.resolveSibling(target.getFileName() + ".part");
    long have = Files.exists(part) ? Files.size(part) : 0;
    if (have > file.bytes()) {
      Files.delete(part);
      have = 0;
    }
    if (have < file.bytes() || have == 0) {
      download(source, file, part, have);
    }
    if (!file.matches(part)) {
      Files.delete(part);
      throw new IOException(
          "%s: not what the hub's list says (expected: %s)".formatted(file.name(), file.digest()));
    }
    Files.move(part, target, StandardCopyOption.REPLACE_EXISTING);
  }

  private void download(HubSource source, HubFile file, Path part, long have)
      throws IOException, InterruptedException {
    URI address =
        at("/%s/resolve/%s/%s".formatted(source.repository(), source.revision(), file.name()));
    HttpRequest.Builder request = request(address);
    if (have > 0) {
      request.header("Range", "bytes=%d-".formatted(have));
    }
    HttpResponse<InputStream> answer = send(request);
    boolean goesOn = have > 0 && answer.statusCode() == 206;
    try (InputStream body = answer.body()) {
      // Before the part is opened: a refusal must not cost what is there already.
      requireStatus(address, answer.statusCode(), goesOn ? 206 : 200);
      try (OutputStream out =
          Files.newOutputStream(
              part,
              StandardOpenOption.CREATE,
              goesOn ? StandardOpenOption.APPEND : StandardOpenOption.TRUNCATE_EXISTING,
              StandardOpenOption.WRITE)) {
        copy(body, out, file.bytes() - (goesOn ? have : 0), address);
      }
    }
  }

  private HttpResponse<InputStream> send(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    HttpRequest asked = request.build();
    try {
      return client.send(asked, BodyHandlers.ofInputStream());
    } catch (IOException failure) {
      // What the client says of a host that is not there is nothing at all.
      throw new IOException(
          "%s: not reached (%s)".formatted(asked.uri(), failure.getClass().getSimpleName()),
          failure);
    }
  }

  /// The time for a request ends with its headers: a body that stalls would be waited for without
  /// end.
  private void copy(InputStream body, OutputStream out, long most, URI address)
      throws IOException, InterruptedException {
    byte[] chunk = new byte[1 << 16];
    long room = most;
    for (int count = read(body, chunk, address); count >= 0; count = read(body, chunk, address)) {
      room -= count;
      if (room < 0) {
        throw new IOException("%s: more than the %d bytes expected".formatted(address, most));
      }
      out.write(chunk, 0, count);
    }
  }

  private int read(InputStream body, byte[] chunk, URI address)
      throws IOException, InterruptedException {
    FutureTask<Integer> reading = new FutureTask<>(() -> body.read(chunk));
    Thread.startVirtualThread(reading);
    try {
      return reading.get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException stalled) {
      throw new IOException(
          "%s: nothing came for %d s".formatted(address, patience.toSeconds()), stalled);
    } catch (ExecutionException failed) {
      throw new IOException("%s: %s".formatted(address, failed.getCause()), failed);
    }
  }

  private URI at(String path) {
    String root = base.toString();
    return URI.create((root.endsWith("/") ? root.substring(0, root.length() - 1) : root) + path);
  }

  private HttpRequest.Builder request(URI address) {
    return HttpRequest.newBuilder(address).timeout(patience).GET();
  }

  private static void requireStatus(URI address, int status, int expected) throws IOException {
    if (status != expected) {
      throw new IOException("%s: HTTP %d (expected: %d)".formatted(address, status, expected));
    }
  }
}
