package ai.cifer.training.model.source;

import ai.cifer.fedlearn.train.ModelSource;
import ai.cifer.fedlearn.train.TrainingException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import org.eclipse.jgit.api.errors.GitAPIException;
import org.eclipse.jgit.api.errors.JGitInternalException;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.util.FileUtils;

/// Models in repositories of GitHub, or of another service with its addresses
/// `BASE/OWNER/REPOSITORY.git`, through JGit.
///
/// Git names content by its digest, so that a commit names the same bytes everywhere and a damaged
/// file is found. What was fetched of a commit is not asked for again.
public final class GitSource implements ModelSource {

  @Override
  public String scheme() {
    return "github";
  }

  @Override
  public URI home() {
    return URI.create("https://github.com");
  }

  @Override
  public Path fetch(String place, URI base, Path cache)
      throws TrainingException, InterruptedException {
    try {
      GitPlace at = GitPlace.parse(place);
      Path home = cache.resolve(scheme()).resolve(at.repository());
      try (var _ = CacheLock.of(cache);
          var copy = GitCopy.in(home.resolve("repository.git"))) {
        ObjectId commit = copy.commit(at, base);
        return copy.extract(at, commit, home.resolve(commit.name()));
      }
    } catch (IOException | GitAPIException | JGitInternalException failure) {
      throw failed(place, failure);
    }
  }

  /// Brings what is at `place` under `folder`, at its path in the repository, and keeps no copy of
  /// the repository.
  ///
  /// @return the file or folder
  /// @throws TrainingException as [#fetch]
  public Path download(String place, URI base, Path folder)
      throws TrainingException, InterruptedException {
    try {
      GitPlace at = GitPlace.parse(place);
      Path brief = Files.createTempDirectory(Files.createDirectories(folder), ".git");
      try (var copy = GitCopy.in(brief)) {
        return copy.extract(at, copy.commit(at, base), folder);
      } finally {
        FileUtils.delete(brief.toFile(), FileUtils.RECURSIVE);
      }
    } catch (IOException | GitAPIException | JGitInternalException failure) {
      throw failed(place, failure);
    }
  }

  private static TrainingException failed(String place, Exception failure)
      throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    return new TrainingException("%s: %s".formatted(place, failure.getMessage()), failure);
  }
}
