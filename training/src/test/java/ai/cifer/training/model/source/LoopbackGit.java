package ai.cifer.training.model.source;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.zip.GZIPInputStream;
import org.eclipse.jgit.api.Git;
import org.eclipse.jgit.dircache.DirCache;
import org.eclipse.jgit.dircache.DirCacheBuilder;
import org.eclipse.jgit.dircache.DirCacheEntry;
import org.eclipse.jgit.lib.CommitBuilder;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectInserter;
import org.eclipse.jgit.lib.PersonIdent;
import org.eclipse.jgit.lib.RefUpdate;
import org.eclipse.jgit.transport.PacketLineOut;
import org.eclipse.jgit.transport.RefAdvertiser.PacketLineOutRefAdvertiser;
import org.eclipse.jgit.transport.UploadPack;

/// A service with GitHub's addresses on the loopback address, with the one repository
/// `clinic/models`, which speaks Git's smart protocol.
public final class LoopbackGit implements AutoCloseable {

  private final Git git;
  private final HttpServer server;
  private final List<String> requests = new CopyOnWriteArrayList<>();

  private LoopbackGit(Git git, HttpServer server) {
    this.git = git;
    this.server = server;
  }

  /// @param folder where the repository is made
  public static LoopbackGit start(Path folder) throws Exception {
    Git git = Git.init().setBare(true).setGitDir(folder.toFile()).call();
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    LoopbackGit service = new LoopbackGit(git, server);
    server.createContext("/clinic/models.git/", service::answer);
    server.start();
    return service;
  }

  public URI base() {
    return URI.create(
        "http://%s:%d"
            .formatted(
                InetAddress.getLoopbackAddress().getHostAddress(), server.getAddress().getPort()));
  }

  /// What was asked for so far.
  public List<String> requests() {
    return requests;
  }

  /// A file of a commit.
  public record Entry(String path, FileMode mode, byte[] content) {
    public static Entry file(String path, byte[] content) {
      return new Entry(path, FileMode.REGULAR_FILE, content);
    }
  }

  /// Commits exactly these files to the branch `main`.
  public String commit(List<Entry> entries) throws IOException {
    try (ObjectInserter inserter = git.getRepository().newObjectInserter()) {
      DirCacheBuilder builder = DirCache.newInCore().builder();
      for (Entry entry : entries) {
        DirCacheEntry made = new DirCacheEntry(entry.path());
        made.setFileMode(entry.mode());
        made.setObjectId(
            entry.mode().equals(FileMode.GITLINK)
                ? ObjectId.fromString("1".repeat(40))
                : inserter.insert(Constants.OBJ_BLOB, entry.content()));
        builder.add(made);
      }
      DirCache cache = builder.getDirCache();
      builder.finish();
      return commit(inserter, cache.writeTree(inserter));
    }
  }

  /// Commits a tree of any form.
  String commit(ObjectInserter inserter, ObjectId tree) throws IOException {
    CommitBuilder commit = new CommitBuilder();
    commit.setTreeId(tree);
    commit.setAuthor(new PersonIdent("clinic", "clinic@example.org"));
    commit.setCommitter(commit.getAuthor());
    commit.setMessage("models");
    ObjectId id = inserter.insert(commit);
    inserter.flush();
    RefUpdate main = git.getRepository().updateRef("refs/heads/main");
    main.setNewObjectId(id);
    main.forceUpdate();
    return id.name();
  }

  ObjectInserter inserter() {
    return git.getRepository().newObjectInserter();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      requests.add(exchange.getRequestURI().toString());
      UploadPack pack = new UploadPack(git.getRepository());
      pack.setBiDirectionalPipe(false);
      pack.setRequestPolicy(UploadPack.RequestPolicy.REACHABLE_COMMIT);
      if (exchange.getRequestURI().getPath().endsWith("/info/refs")) {
        var out = new ByteArrayOutputStream();
        PacketLineOut lines = new PacketLineOut(out);
        lines.writeString("# service=git-upload-pack\n");
        lines.end();
        pack.sendAdvertisedRefs(new PacketLineOutRefAdvertiser(lines));
        exchange
            .getResponseHeaders()
            .set("Content-Type", "application/x-git-upload-pack-advertisement");
        exchange.sendResponseHeaders(200, out.size());
        exchange.getResponseBody().write(out.toByteArray());
      } else {
        exchange.getResponseHeaders().set("Content-Type", "application/x-git-upload-pack-result");
        exchange.sendResponseHeaders(200, 0);
        boolean packed = "gzip".equals(exchange.getRequestHeaders().getFirst("Content-Encoding"));
        try (OutputStream out = exchange.getResponseBody()) {
          pack.upload(
              packed ? new GZIPInputStream(exchange.getRequestBody()) : exchange.getRequestBody(),
              out,
              null);
        }
      }
    }
  }

  /// Bytes of a text.
  public static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    server.stop(0);
    git.close();
  }
}
