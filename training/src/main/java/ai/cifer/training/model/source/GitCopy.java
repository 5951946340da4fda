package ai.cifer.training.model.source;

import ai.cifer.training.data.ReplacedFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Map;
import org.eclipse.jgit.api.Git;
import org.eclipse.jgit.api.errors.GitAPIException;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.EmptyProgressMonitor;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectInserter;
import org.eclipse.jgit.lib.ObjectLoader;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.transport.RefSpec;
import org.eclipse.jgit.transport.TagOpt;
import org.eclipse.jgit.treewalk.TreeWalk;

/// A copy of a remote repository without its history: of each commit that was asked for, the files.
final class GitCopy implements AutoCloseable {

  private static final int PATIENCE_SECONDS = 60;
  private static final String KEPT = "refs/cifer/";
  private static final String LARGE_FILE = "version https://git-lfs.github.com/spec/";
  private static final int MAX_FILES = 10_000;

  private final Git git;

  private GitCopy(Git git) {
    this.git = git;
  }

  /// Opens the copy in `folder`, an empty one if there is none.
  static GitCopy in(Path folder) throws GitAPIException {
    return new GitCopy(Git.init().setBare(true).setGitDir(folder.toFile()).call());
  }

  /// Fetches a commit unless it is here.
  ///
  /// @param base where `OWNER/REPOSITORY.git` is
  ObjectId commit(GitPlace place, URI base) throws IOException, GitAPIException {
    Repository repository = git.getRepository();
    if (place.isCommit()) {
      ObjectId known = repository.resolve(KEPT + place.revision());
      if (known != null) {
        return known;
      }
    }
    String root = base.toString();
    String address =
        "%s/%s.git"
            .formatted(
                root.endsWith("/") ? root.substring(0, root.length() - 1) : root,
                place.repository());
    String wanted = place.isCommit() ? place.revision() : reference(address, place).getName();
    git.fetch()
        .setRemote(address)
        .setRefSpecs(new RefSpec("+" + wanted + ":" + KEPT + "fetched"))
        .setDepth(1)
        .setTagOpt(TagOpt.NO_TAGS)
        .setTimeout(PATIENCE_SECONDS)
        .setProgressMonitor(
            new EmptyProgressMonitor() {
              @Override
              public boolean isCancelled() {
                return Thread.currentThread().isInterrupted();
              }
            })
        .call();
    try (RevWalk walk = new RevWalk(repository)) {
      ObjectId fetched =
          place.isCommit()
              ? ObjectId.fromString(place.revision())
              : repository.resolve(KEPT + "fetched");
      if (fetched == null || !repository.getObjectDatabase().has(fetched)) {
        throw new IOException("revision: %s was not sent".formatted(place.revision()));
      }
      ObjectId commit = walk.parseCommit(fetched).toObjectId();
      var kept = repository.updateRef(KEPT + commit.name());
      kept.setNewObjectId(commit);
      kept.forceUpdate();
      return commit;
    }
  }

  private static Ref reference(String address, GitPlace place) throws IOException, GitAPIException {
    Map<String, Ref> all =
        Git.lsRemoteRepository().setRemote(address).setTimeout(PATIENCE_SECONDS).callAsMap();
    for (String folder : new String[] {Constants.R_TAGS, Constants.R_HEADS}) {
      Ref found = all.get(folder + place.revision());
      if (found != null) {
        return found;
      }
    }
    throw new IOException(
        "revision: %s (expected: a branch, a tag or a commit of 40 digits)"
            .formatted(place.revision()));
  }

  /// Writes the file, or the tensors and configs of the folder, that a commit has at a place.
  ///
  /// @param folder gets them; what is there and undamaged is kept
  /// @return the file or folder
  Path extract(GitPlace place, ObjectId commit, Path folder) throws IOException {
    Repository repository = git.getRepository();
    try (RevWalk walk = new RevWalk(repository)) {
      RevCommit parsed = walk.parseCommit(commit);
      try (TreeWalk found = TreeWalk.forPath(repository, place.joined(), parsed.getTree())) {
        if (found == null) {
          throw new IOException(
              "path: %s (expected: one that is in %s)".formatted(place.joined(), commit.name()));
        }
        Path target = folder.resolve(place.joined());
        if (!found.getFileMode(0).equals(FileMode.TREE)) {
          write(found, target);
          return target;
        }
        writeFolder(found.getObjectId(0), target);
        return target;
      }
    }
  }

  private void writeFolder(ObjectId tree, Path target) throws IOException {
    int files = 0;
    try (TreeWalk entries = new TreeWalk(git.getRepository())) {
      entries.addTree(tree);
      while (entries.next()) {
        String name = entries.getPathString();
        if (name.endsWith(".safetensors") || name.endsWith(".json")) {
          GitPlace.requirePlain(name);
          write(entries, target.resolve(name));
          files++;
        }
        if (files > MAX_FILES) {
          throw new IOException("files: more than %d".formatted(MAX_FILES));
        }
      }
    }
    if (files == 0) {
      throw new IOException("folder: no .safetensors in it");
    }
  }

  private void write(TreeWalk entry, Path target) throws IOException {
    FileMode mode = entry.getFileMode(0);
    if (!mode.equals(FileMode.REGULAR_FILE) && !mode.equals(FileMode.EXECUTABLE_FILE)) {
      throw new IOException(
          "%s: a link or another repository (expected: a file)".formatted(entry.getPathString()));
    }
    ObjectId content = entry.getObjectId(0);
    if (isThere(target, content)) {
      return;
    }
    ObjectLoader loader = git.getRepository().open(content, Constants.OBJ_BLOB);
    requireNoPointer(entry.getPathString(), loader);
    try (ReplacedFile replaced = ReplacedFile.of(target)) {
      try (OutputStream out = Files.newOutputStream(replaced.draft())) {
        loader.copyTo(out);
      }
      replaced.commit();
    }
  }

  private static boolean isThere(Path file, ObjectId content) throws IOException {
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      return false;
    }
    try (InputStream in = Files.newInputStream(file);
        ObjectInserter.Formatter digest = new ObjectInserter.Formatter()) {
      return digest.idFor(Constants.OBJ_BLOB, Files.size(file), in).equals(content);
    }
  }

  private static void requireNoPointer(String name, ObjectLoader loader) throws IOException {
    byte[] start = new byte[LARGE_FILE.length()];
    try (InputStream in = loader.openStream()) {
      int count = in.readNBytes(start, 0, start.length);
      if (new String(start, 0, count, StandardCharsets.US_ASCII).equals(LARGE_FILE)) {
        throw new IOException(
            "%s: a pointer of Git LFS (expected: the file itself in the repository)"
                .formatted(name));
      }
    }
  }

  @Override
  public void close() {
    git.close();
  }
}
