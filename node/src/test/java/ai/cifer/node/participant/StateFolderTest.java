package ai.cifer.node.participant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import ai.cifer.node.store.FileSink;
import java.nio.ByteBuffer;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Models and logs of a participant are its owner's alone.
class StateFolderTest {

  @TempDir Path folder;

  @BeforeEach
  void onlyWhereThereAreSuchPermissions() {
    assumeThat(FileSystems.getDefault().supportedFileAttributeViews()).contains("posix");
  }

  private static String permissions(Path path) throws Exception {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  private Path existing(String permissions) throws Exception {
    Path state = Files.createDirectory(folder.resolve("state"));
    Files.setPosixFilePermissions(state, PosixFilePermissions.fromString(permissions));
    return state;
  }

  @Test
  void aNewOne_isForItsOwner() throws Exception {
    Path state = StateFolder.create(folder.resolve("a/state"));
    assertThat(permissions(state)).isEqualTo("rwx------");
    assertThat(StateFolder.create(state)).isEqualTo(state);
  }

  @Test
  void oneOfAnEarlierVersion_becomesSo() throws Exception {
    Path state = existing("rwxr-xr-x");
    Files.createFile(state.resolve("client.journal"));
    assertThat(permissions(StateFolder.create(state))).isEqualTo("rwx------");
  }

  @Test
  void aFolderOfOtherThings_staysAsItIs() throws Exception {
    Path state = existing("rwxr-xr-x");
    Files.createFile(state.resolve("letter.txt"));
    assertThat(permissions(StateFolder.create(state))).isEqualTo("rwxr-xr-x");
  }

  @Test
  void aFolderThatAllMayWrite_staysAsItIs() throws Exception {
    Path state = existing("rwxrwxrwx");
    assertThat(permissions(StateFolder.create(state))).isEqualTo("rwxrwxrwx");
  }

  @Test
  void aModelThatIsReceived_isForItsOwner() throws Exception {
    Path model = folder.resolve("model.f32");
    try (var sink = new FileSink(model, 1, _ -> {})) {
      sink.write(ByteBuffer.allocate(1));
      byte[] _ = sink.complete();
    }
    assertThat(permissions(model)).isEqualTo("rw-------");
  }
}
