package ai.cifer.training.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.cifer.fedlearn.tensor.TensorSpec;
import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.fedlearn.train.GlobalModel;
import ai.cifer.fedlearn.train.ModelSummary.TensorSummary;
import ai.cifer.fedlearn.train.TrainingException;
import ai.cifer.training.data.Fixtures;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SafetensorsFolderTest {

  private static final Path SHARDED = Fixtures.file("models/sharded");

  @TempDir Path folder;

  private final SafetensorsFormat format = new SafetensorsFormat();

  @Test
  void shardsAreOneModel() throws TrainingException {
    assertThat(format.handles(SHARDED)).isTrue();
    GlobalModel model = format.read(SHARDED);
    try (Tensors tensors = model.tensors()) {
      assertThat(tensors.layout().tensors())
          .containsExactly(
              new TensorSpec("a", List.of(2)),
              new TensorSpec("c", List.of(1)),
              new TensorSpec("b", List.of(1, 2)));
      assertThat(tensors.values(0)).containsExactly(1.5f, -2);
      assertThat(tensors.values(1)).containsExactly(0.1f);
      assertThat(tensors.values(2)).containsExactly(0.5f, 4);
    }
    assertThat(format.summary(SHARDED).tensors())
        .contains(
            new TensorSummary("a", "bfloat16", List.of(2), "trained"),
            new TensorSummary("steps", "int64", List.of(2), "kept as it is"));
  }

  @Test
  void aFolderIsWrittenBackAsAFolder() throws Exception {
    Path out = folder.resolve("out");
    GlobalModel model = format.read(SHARDED);
    try (Tensors tensors = model.tensors()) {
      // 1 + 2^-8 lies between two bfloat16 values: to the even one.
      tensors.write(0, new float[] {1.0039062f, Float.NaN}, 2);
      format.rewrite(model, SHARDED, out);
      format.rewrite(model, out, out);
    }
    try (Tensors tensors = format.read(out).tensors()) {
      assertThat(tensors.values(0)).containsExactly(1, Float.NaN);
      assertThat(tensors.values(2)).containsExactly(0.5f, 4);
    }
    try (var files = Files.list(out)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder(
              "config.json",
              "model.safetensors.index.json",
              "model-00001-of-00002.safetensors",
              "model-00002-of-00002.safetensors");
    }
    try (var files = Files.list(folder)) {
      assertThat(files).containsExactly(out);
    }
  }

  @Test
  void anIndexIsCopiedWithItsShards_andWrittenBackAsAFolder() throws Exception {
    Path beside = Files.createDirectory(folder.resolve("beside"));
    try (var files = Files.list(SHARDED)) {
      for (Path file : files.toList()) {
        Files.copy(file, beside.resolve(file.getFileName()));
      }
    }
    Path index = beside.resolve("own.safetensors.index.json");
    Files.move(beside.resolve("model.safetensors.index.json"), index);
    Path original = folder.resolve("original");
    format.copy(index, original);
    Path out = folder.resolve("out");
    for (Path from : List.of(index, original)) {
      GlobalModel model = format.read(from);
      try (Tensors tensors = model.tensors()) {
        tensors.write(0, new float[] {3, 4}, 2);
        format.rewrite(model, from, out);
      }
      try (Tensors tensors = format.read(out).tensors()) {
        assertThat(tensors.values(0)).containsExactly(3, 4);
      }
      try (var files = Files.list(out)) {
        assertThat(files.map(file -> file.getFileName().toString()))
            .containsExactlyInAnyOrder(
                "model.safetensors.index.json",
                "model-00001-of-00002.safetensors",
                "model-00002-of-00002.safetensors");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'weight_map':{'a':'../secret.safetensors'}}",
        "{'weight_map':{'a':'/etc/passwd'}}",
        "{'weight_map':{'a':'link.safetensors'}}",
        "{'weight_map':{'a':'..'}}",
        "{'weight_map':{'a':''}}",
        "{'weight_map':{}}",
        "{'weight_map':{'a':'inside.safetensors','zz':'inside.safetensors'}}",
        "{'weight_map':{'b.weight':'inside.safetensors'}}",
        "{'metadata':{'total_size':[[[[",
        "{'metadata':{'total_size':1e9}}",
      })
  void anIndexThatLeadsElsewhereIsRefused(String json) throws Exception {
    Path secret = folder.resolve("secret.safetensors");
    Files.copy(Fixtures.file("model.safetensors"), secret);
    Path model = Files.createDirectory(folder.resolve("model"));
    Files.copy(secret, model.resolve("inside.safetensors"));
    Files.createSymbolicLink(model.resolve("link.safetensors"), secret);
    Path index = model.resolve("model.safetensors.index.json");
    Files.writeString(index, json.replace('\'', '"'));
    for (Path path : List.of(model, index)) {
      assertThatThrownBy(() -> format.read(path))
          .isInstanceOf(TrainingException.class)
          .hasMessageStartingWith(path.toString());
    }
  }
}
