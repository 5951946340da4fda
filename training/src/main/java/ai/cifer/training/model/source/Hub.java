package ai.cifer.training.model.source;

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
import java.util.regex.Pattern;
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
  private final HttpClient client =
      HttpClient.newBuilder()
          .followRedirects(HttpClient.Redirect.NORMAL)
          .connectTimeout(PATIENCE)
          .build();

  public Hub(URI base) {
    this.base = base;
  }

  /// Fetches the tensors and configs of a repository's top folder: `.safetensors`, `.json`.
  ///
  /// @return the names that are in `folder` now
  /// @throws IOException if the hub does not answer, or a file is not what its list says
  public List<String> fetch(HubSource source, Path folder)
      throws IOException, InterruptedException {
    Files.createDirectories(folder);
    List<String> names = new ArrayList<>();
    for (HubFile file : list(source)) {
      fetch(source, file, folder.resolve(file.name()));
      names.add(file.name());
    }
    if (names.stream().noneMatch(name -> name.endsWith(".safetensors"))) {
      throw new IOException("%s: no .safetensors in it".formatted(source.repository()));
    }
    return names;
  }

  private List<HubFile> list(HubSource source) throws IOException, InterruptedException {
    URI address = at("/api/models/%s/tree/%s".formatted(source.repository(), source.revision()));
    HttpResponse<InputStream> answer =
        client.send(request(address).build(), BodyHandlers.ofInputStream());
    try (InputStream body = answer.body()) {
      requireStatus(address, answer.statusCode(), 200);
      byte[] bytes = body.readNBytes(MAX_LIST_BYTES + 1);
      if (bytes.length > MAX_LIST_BYTES) {
        throw new IOException("%s: more than %d bytes".formatted(address, MAX_LIST_BYTES));
      }
      return files(JsonMapper.shared().readTree(bytes));
    } catch (JacksonException malformed) {
      throw new IOException(address + ": " + malformed.getOriginalMessage(), malformed);
    }
  }

  private static List<HubFile> files(JsonNode list) throws IOException {
    List<HubFile> files = new ArrayList<>();
    for (JsonNode node : list) {
      String name = node.path("path").asString("");
      boolean wanted = name.endsWith(".safetensors") || name.endsWith(".json");
      if (!wanted || !node.path("type").asString("").equals("file") || name.contains("/")) {
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
    HttpResponse<InputStream> answer = client.send(request.build(), BodyHandlers.ofInputStream());
    boolean goesOn = have > 0 && answer.statusCode() == 206;
    try (InputStream body = answer.body();
        OutputStream out =
            Files.newOutputStream(
                part,
                StandardOpenOption.CREATE,
                goesOn ? StandardOpenOption.APPEND : StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.WRITE)) {
      requireStatus(address, answer.statusCode(), goesOn ? 206 : 200);
      long room = file.bytes() - (goesOn ? have : 0);
      byte[] chunk = new byte[1 << 16];
      for (int count = body.read(chunk); count >= 0; count = body.read(chunk)) {
        room -= count;
        if (room < 0) {
          throw new IOException(
              "%s: more than the %d bytes of the list".formatted(address, file.bytes()));
        }
        out.write(chunk, 0, count);
      }
    }
  }

  private URI at(String path) {
    String root = base.toString();
    return URI.create((root.endsWith("/") ? root.substring(0, root.length() - 1) : root) + path);
  }

  private static HttpRequest.Builder request(URI address) {
    return HttpRequest.newBuilder(address).timeout(PATIENCE).GET();
  }

  private static void requireStatus(URI address, int status, int expected) throws IOException {
    if (status != expected) {
      throw new IOException("%s: HTTP %d (expected: %d)".formatted(address, status, expected));
    }
  }
}
