package ai.cifer.training.model.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.training.data.Fixtures;
import ai.cifer.training.model.SafetensorsFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HubTest {

  private static final Path SHARDED = Fixtures.file("models/sharded");
  private static final String FIRST = "model-00001-of-00002.safetensors";

  @TempDir Path folder;

  private LoopbackHub served;
  private Hub hub;

  @BeforeEach
  void serve() throws Exception {
    served = LoopbackHub.start(SHARDED);
    hub = new Hub(served.base());
  }

  @AfterEach
  void stop() {
    served.close();
  }

  private void fetch() throws Exception {
    hub.fetch(HubSource.parse("hf:clinic/heart@v1"), folder);
  }

  @Test
  void aFetchedModelIsReadAndNotFetchedAgain() throws Exception {
    fetch();
    try (Tensors tensors = new SafetensorsFormat().read(folder).tensors();
        Tensors original = new SafetensorsFormat().read(SHARDED).tensors()) {
      assertThat(tensors.digest()).isEqualTo(original.digest());
    }
    served.requests().clear();
    fetch();
    assertThat(served.requests()).containsExactly("v1");
  }

  @Test
  void aCommitInTheCacheNeedsNoHub_andADamagedFileIsMended() throws Exception {
    HubModels source = new HubModels();
    String place = "hf:clinic/heart@" + LoopbackHub.COMMIT;
    Path model = source.fetch(place, served.base(), folder);
    served.requests().clear();
    assertThat(source.fetch(place, served.base(), folder)).isEqualTo(model);
    assertThat(served.requests()).isEmpty();

    Path first = model.resolve(FIRST);
    Files.write(first, new byte[3]);
    assertThat(source.fetch(place, served.base(), folder)).isEqualTo(model);
    assertThat(first).hasSameBinaryContentAs(SHARDED.resolve(FIRST));
    assertThat(served.requests()).containsExactly(FIRST);
  }

  @Test
  void whatWasCutOffGoesOnAtItsByte() throws Exception {
    byte[] whole = Files.readAllBytes(SHARDED.resolve(FIRST));
    Files.write(folder.resolve(FIRST + ".part"), Arrays.copyOf(whole, 30));
    fetch();
    assertThat(served.requests()).contains(FIRST + " bytes=30-");
    assertThat(Files.readAllBytes(folder.resolve(FIRST))).isEqualTo(whole);
  }

  /// An index that another version of the model had would be read instead of the new file.
  @Test
  void whatABranchDoesNotNameAnyMoreIsNotInTheCache() throws Exception {
    HubModels source = new HubModels();
    Path model = source.fetch("hf:clinic/heart@v1", served.base(), folder);
    Path old = Files.writeString(model.resolve("old.safetensors.index.json"), "{}");
    Path begun = Files.writeString(model.resolve("old.safetensors.part"), "x");
    assertThat(source.fetch("hf:clinic/heart@v1", served.base(), folder)).isEqualTo(model);
    assertThat(old).doesNotExist();
    assertThat(begun).doesNotExist();
    assertThat(model.resolve(FIRST)).exists();
  }

  @Test
  void aFolderWithAnotherModelIsLeftAsItIs() throws Exception {
    Path old = Files.writeString(folder.resolve("old.safetensors.index.json"), "{}");
    assertThatThrownBy(this::fetch)
        .isInstanceOf(IOException.class)
        .hasMessage(
            old + ": not of clinic/heart (expected: a folder without files of another model)");
    assertThat(old).exists();
    assertThat(folder.resolve(FIRST)).doesNotExist();
  }

  @Test
  void aHubThatIsNotThereIsNamed() {
    served.close();
    assertThatThrownBy(this::fetch)
        .isInstanceOf(IOException.class)
        .hasMessageContainingAll(served.base().toString(), "not reached (ConnectException)");
  }

  @Test
  void aHubThatStallsIsNotWaitedForWithoutEnd() {
    served.stalls();
    Hub impatient = new Hub(served.base(), Duration.ofMillis(300));
    assertThatThrownBy(() -> impatient.fetch(HubSource.parse("hf:clinic/heart@v1"), folder))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("nothing came for 0 s");
  }

  @Test
  void aListOfSeveralPagesIsRefused() {
    served.link("<%s?cursor=x>; rel=\"next\"".formatted(served.base()));
    assertThatThrownBy(this::fetch)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("a list of several pages (expected: one");
  }

  @Test
  void aDamagedPartIsRefusedAndBegunAnew() throws Exception {
    Files.write(folder.resolve(FIRST + ".part"), new byte[30]);
    assertThatThrownBy(this::fetch)
        .isInstanceOf(IOException.class)
        .hasMessageContaining(FIRST + ": not what the hub's list says");
    assertThat(folder.resolve(FIRST)).doesNotExist();
    fetch();
    assertThat(folder.resolve(FIRST)).exists();
  }

  @Test
  void aFileThatGrewIsRefused() {
    served.list(served.list().replace("\"size\":", "\"size\":1,\"was\":"));
    assertThatThrownBy(this::fetch)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("more than the 1 bytes expected");
  }

  @ParameterizedTest
  @ValueSource(strings = {"my config.json", "a%2e.json", ".json", "a?.json", "é.safetensors"})
  void aNameThatIsNoPlainOneIsRefused(String name) {
    served.list("[{\"type\":\"file\",\"path\":\"%s\",\"size\":1,\"oid\":\"\"}]".formatted(name));
    assertThatThrownBy(this::fetch)
        .isInstanceOf(IOException.class)
        .hasMessage("file: '%s' (expected: at most 10000 names of [A-Za-z0-9._-])".formatted(name));
  }

  @ParameterizedTest
  @ValueSource(strings = {"[{\"type\":\"file\",\"path\":\"..\\\\x.json\"}]", "[", "[]", "{}"})
  void aStrangeListIsRefused(String answer) {
    served.list(answer);
    assertThatThrownBy(this::fetch).isInstanceOf(IOException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"hf:clinic/heart", "hf:../heart@v1", "hf:a/b@../c", "clinic/heart@v1"})
  void aSourceOfAnotherFormIsRefused(String text) {
    assertThatThrownBy(() -> HubSource.parse(text))
        .isInstanceOf(IOException.class)
        .hasMessage("source: " + text + " (expected: hf:OWNER/NAME@REVISION)");
  }

  @Test
  void anUnknownRepositoryIsNamed() throws Exception {
    assertThatThrownBy(() -> hub.fetch(HubSource.parse("hf:clinic/lung@v1"), folder))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("/api/models/clinic/lung/tree/v1: HTTP 404 (expected: 200)");
  }
}
