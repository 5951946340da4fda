package ai.cifer.training.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.fedlearn.train.GlobalModel;
import ai.cifer.fedlearn.train.TrainingException;
import ai.cifer.training.data.Fixtures;
import org.junit.jupiter.api.Test;

class NpzFormatTest {

  private final NpzFormat format = new NpzFormat();

  @Test
  void readsAModelThatNumpySaved() throws TrainingException {
    GlobalModel model = format.read(Fixtures.file("model.npz"));
    try (Tensors tensors = model.tensors()) {
      assertThat(model.architecture()).isEqualTo("tiny");
      assertThat(tensors.layout().tensors().getFirst().name()).isEqualTo("b.weight");
      assertThat(tensors.values(0)).containsExactly(0, 1, 2, 3, 4, 5);
      assertThat(tensors.values(1)).containsExactly(0.5f);
    }
  }

  @Test
  void aDatasetIsNoModel() {
    assertThatThrownBy(() -> format.read(Fixtures.file("dataset.npz")))
        .isInstanceOf(TrainingException.class)
        .hasMessageEndingWith("dataset.npz: tensors: 0 (expected: >= 1)");
  }
}
