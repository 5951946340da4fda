package ai.cifer.node.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunFolderTest {

  @TempDir Path folder;

  @Test
  void aRunGetsItsFolder() throws Exception {
    RunFolder run = RunFolder.create(folder.resolve("a/runs"), "first");
    assertThat(run.path()).isEqualTo(folder.resolve("a/runs/first"));
    assertThat(run.path().resolve("work")).isDirectory();
    assertThat(run.run()).isEqualTo("first");
    assertThat(run.config()).hasFileName("config.json");
    assertThat(run.events()).hasFileName("events.jsonl");
    assertThat(run.metrics()).hasFileName("metrics.json");
    assertThat(run.model("npz")).isEqualTo(run.path().resolve("model.npz"));
  }

  @Test
  void aFolderWithALog_belongsToAnotherRun() throws Exception {
    RunFolder first = RunFolder.create(folder, "first");
    Files.createFile(first.events());
    assertThatThrownBy(() -> RunFolder.create(folder, "first"))
        .isInstanceOf(FileAlreadyExistsException.class)
        .hasMessageContaining("run first exists already (expected: a new run_id)");
    assertThat(RunFolder.create(folder, "second").path()).isNotEqualTo(first.path());
  }

  @Test
  void aFolderWithConfigurationsOnly_isFree() throws Exception {
    Path config = Files.createDirectories(folder.resolve("first")).resolve("server.json");
    Files.writeString(config, "{}");
    RunFolder.create(folder, "first");
    assertThat(config).hasContent("{}");
  }

  @Test
  void whatOnlyARoundNeeds_isDeletedWithIt() throws Exception {
    RunFolder run = RunFolder.create(folder, "first");
    Path upload = Files.createDirectories(run.segments(1).resolve("client-1")).resolve("0");
    Files.writeString(upload, "blocks");
    Files.writeString(run.mean(1), "mean");
    Files.writeString(run.values(1), "model");
    Path later = Files.createDirectories(run.segments(2));

    run.deleteRound(1);
    assertThat(run.segments(1)).doesNotExist();
    assertThat(run.mean(1)).doesNotExist();
    assertThat(run.values(1)).as("the next round starts from it").exists();
    assertThat(later).exists();
    run.deleteRound(1);

    Files.writeString(run.model("npz"), "model");
    run.deleteWork();
    assertThat(run.path().resolve("work")).doesNotExist();
    assertThat(run.model("npz")).exists();
  }

  @Test
  void rounds_doNotShareFiles() throws Exception {
    RunFolder run = RunFolder.create(folder, "first");
    assertThat(java.util.List.of(run.values(1), run.values(11), run.mean(1), run.segments(1)))
        .doesNotHaveDuplicates()
        .allSatisfy(path -> assertThat(path).hasParentRaw(run.path().resolve("work")));
  }
}
