package ai.cifer.training.model.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.fedlearn.train.TrainingException;
import ai.cifer.training.data.Fixtures;
import ai.cifer.training.model.SafetensorsFormat;
import ai.cifer.training.model.source.LoopbackGit.Entry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectInserter;
import org.eclipse.jgit.lib.TreeFormatter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GitSourceTest {

  private static final Path STATE = Fixtures.file("models/state.pt");

  @TempDir Path folder;

  private final GitSource source = new GitSource();
  private LoopbackGit git;
  private Path cache;

  @BeforeEach
  void serve() throws Exception {
    git = LoopbackGit.start(folder.resolve("served.git"));
    cache = folder.resolve("cache");
  }

  @AfterEach
  void stop() {
    git.close();
  }

  private Path fetch(String revision, String path) throws Exception {
    return source.fetch("github:clinic/models@" + revision + ":" + path, git.base(), cache);
  }

  private String commitModel() throws IOException {
    return git.commit(
        List.of(
            Entry.file("heart/model.pt", Files.readAllBytes(STATE)),
            Entry.file("README.md", LoopbackGit.bytes("models"))));
  }

  @Test
  void aFileOfABranchIsFetched() throws Exception {
    String commit = commitModel();
    Path file = fetch("main", "heart/model.pt");
    assertThat(file).hasSameBinaryContentAs(STATE).hasFileName("model.pt");
    assertThat(file.toString()).contains(commit);
  }

  @Test
  void aCommitIsAskedForOnce_andADamagedFileIsMended() throws Exception {
    String commit = commitModel();
    Path file = fetch(commit, "heart/model.pt");
    git.requests().clear();
    byte[] damaged = Files.readAllBytes(file);
    damaged[damaged.length / 2] ^= 1;
    Files.write(file, damaged);

    assertThat(fetch(commit, "heart/model.pt")).isEqualTo(file).hasSameBinaryContentAs(STATE);
    assertThat(git.requests()).isEmpty();
  }

  @Test
  void aBranchThatMovedOnGivesItsNewFiles() throws Exception {
    commitModel();
    Path before = fetch("main", "heart/model.pt");
    git.commit(List.of(Entry.file("heart/model.pt", new byte[] {1})));
    assertThat(fetch("main", "heart/model.pt")).hasBinaryContent(new byte[] {1});
    assertThat(before).hasSameBinaryContentAs(STATE);
  }

  @Test
  void aFolderOfHuggingFaceIsFetched() throws Exception {
    List<Entry> entries = new ArrayList<>();
    try (Stream<Path> files = Files.list(Fixtures.file("models/sharded"))) {
      for (Path file : files.toList()) {
        entries.add(Entry.file("heart/" + file.getFileName(), Files.readAllBytes(file)));
      }
    }
    entries.add(Entry.file("heart/run.py", LoopbackGit.bytes("import os")));
    git.commit(entries);
    Path found = fetch("main", "heart");
    try (Tensors tensors = new SafetensorsFormat().read(found).tensors();
        Tensors original =
            new SafetensorsFormat().read(Fixtures.file("models/sharded")).tensors()) {
      assertThat(tensors.digest()).isEqualTo(original.digest());
    }
    assertThat(found.resolve("run.py")).doesNotExist();
  }

  @Test
  void aDownloadKeepsNothingButTheFile() throws Exception {
    commitModel();
    Path out = folder.resolve("out");
    Path file = source.download("github:clinic/models@main:heart/model.pt", git.base(), out);
    assertThat(file).isEqualTo(out.resolve("heart/model.pt")).hasSameBinaryContentAs(STATE);
    try (Stream<Path> left = Files.list(out)) {
      assertThat(left).containsExactly(out.resolve("heart"));
    }
  }

  private void refused(String path, String why) {
    assertThatThrownBy(() -> fetch("main", path))
        .isInstanceOf(TrainingException.class)
        .hasMessageStartingWith("github:clinic/models@main:" + path)
        .hasMessageContaining(why);
  }

  @Test
  void linksPointersAndOtherRepositoriesAreRefused() throws Exception {
    git.commit(
        List.of(
            new Entry("link.pt", FileMode.SYMLINK, LoopbackGit.bytes("/etc/passwd")),
            new Entry("link", FileMode.SYMLINK, LoopbackGit.bytes("..")),
            new Entry("other.pt", FileMode.GITLINK, new byte[0]),
            new Entry(
                "folder/model.safetensors", FileMode.SYMLINK, LoopbackGit.bytes("/etc/passwd")),
            Entry.file(
                "large.pt",
                LoopbackGit.bytes("version https://git-lfs.github.com/spec/v1\noid sha256:0"))));
    refused("link.pt", "link.pt: a link or another repository (expected: a file)");
    refused("link", "link: a link or another repository");
    refused("link/model.pt", "(expected: one that is in ");
    refused("other.pt", "other.pt: a link or another repository");
    refused("folder", "model.safetensors: a link or another repository");
    refused("large.pt", "large.pt: a pointer of Git LFS");
    refused("absent.pt", "path: absent.pt (expected: one that is in ");
  }

  /// A tree that no client of Git would make.
  @ParameterizedTest
  @CsvSource({
    ".., no .safetensors in it",
    ".git, no .safetensors in it",
    "a/../../x.safetensors, (expected: plain names)",
    "..\\x.safetensors, (expected: plain names)",
    ".x.safetensors, (expected: plain names)"
  })
  void namesThatLeadOutOfTheFolderAreRefused(String name, String why) throws Exception {
    boolean isFile = name.endsWith(".safetensors");
    try (ObjectInserter inserter = git.inserter()) {
      ObjectId content = inserter.insert(Constants.OBJ_BLOB, new byte[] {1});
      TreeFormatter inner = new TreeFormatter();
      inner.append("x.safetensors", FileMode.REGULAR_FILE, content);
      TreeFormatter heart = new TreeFormatter();
      heart.append(
          LoopbackGit.bytes(name),
          isFile ? FileMode.REGULAR_FILE : FileMode.TREE,
          isFile ? content : inserter.insert(inner));
      TreeFormatter root = new TreeFormatter();
      root.append("heart", FileMode.TREE, inserter.insert(heart));
      git.commit(inserter, inserter.insert(root));
    }
    refused("heart", why);
    try (Stream<Path> files = Files.walk(folder)) {
      assertThat(files.map(Path::toString)).noneMatch(file -> file.endsWith("x.safetensors"));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "github:clinic/models@main",
        "github:clinic/models@main:",
        "github:clinic/models@main:../x.pt",
        "github:clinic/models@main:/etc/passwd",
        "github:clinic/models@main:a//x.pt",
        "github:clinic/models@main:.git/config",
        "github:clinic/models@../x:y.pt",
        "github:../models@main:x.pt"
      })
  void aSourceOfAnotherFormIsRefused(String text) {
    assertThatThrownBy(() -> source.fetch(text, git.base(), cache))
        .isInstanceOf(TrainingException.class)
        .hasMessageContaining("(expected: ");
    assertThat(git.requests()).isEmpty();
  }

  @Test
  void whatIsNotThereIsNamed() throws Exception {
    commitModel();
    assertThatThrownBy(() -> fetch("v9", "heart/model.pt"))
        .hasMessageContaining("revision: v9 (expected: a branch, a tag or a commit of 40 digits)");
    assertThatThrownBy(() -> fetch("1".repeat(40), "heart/model.pt"))
        .isInstanceOf(TrainingException.class);
    assertThatThrownBy(() -> source.fetch("github:clinic/none@main:x.pt", git.base(), cache))
        .isInstanceOf(TrainingException.class)
        .hasMessageContaining("clinic/none");
  }
}
