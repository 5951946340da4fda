package ai.cifer.training.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.cifer.fedlearn.train.Dataset.Batch;
import ai.cifer.fedlearn.train.Dataset.Batches;
import ai.cifer.fedlearn.train.Dataset.Split;
import ai.cifer.fedlearn.train.Preprocessing;
import ai.cifer.fedlearn.train.Preprocessing.Divide;
import ai.cifer.fedlearn.train.Preprocessing.Flatten;
import ai.cifer.fedlearn.train.Preprocessing.Impute;
import ai.cifer.fedlearn.train.Preprocessing.Label;
import ai.cifer.fedlearn.train.Preprocessing.OneHot;
import ai.cifer.fedlearn.train.Preprocessing.Regression;
import ai.cifer.fedlearn.train.Preprocessing.Resize;
import ai.cifer.fedlearn.train.Preprocessing.Scale;
import ai.cifer.fedlearn.train.Preprocessing.Select;
import ai.cifer.fedlearn.train.Preprocessing.Standardize;
import ai.cifer.fedlearn.train.Preprocessing.Step;
import ai.cifer.fedlearn.train.Preprocessing.Tokens;
import ai.cifer.fedlearn.train.Target;
import ai.cifer.fedlearn.train.TrainingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PreprocessingTest {

  private static final String LOANS =
      """
      home,age,income,status
      rent,20,1000,good
      owner,60,,bad
      other,40,3000,good
      """;

  private static final Step STATUS = new Label("status", List.of("bad", "good"));

  @TempDir Path folder;
  private Path loans;

  @BeforeEach
  void write() throws Exception {
    loans = Files.writeString(folder.resolve("loans.csv"), LOANS);
  }

  private Batch batch(Path file, Step... steps) throws TrainingException {
    try (Table table = Table.open(file, Split.TRAIN);
        Batches batches = table.prepared(new Preprocessing(List.of(steps))).batches(100, null)) {
      return Objects.requireNonNull(batches.next());
    }
  }

  @Test
  void stepsAreApplied_inTheirOrder() throws Exception {
    Batch batch =
        batch(
            loans,
            STATUS,
            new OneHot("home", List.of("owner", "rent")),
            new Impute(List.of("income"), 2000),
            new Scale(List.of("age"), 20, 60),
            new Standardize(List.of("income"), 0, 2500, List.of(2000f), List.of(500f)));
    assertThat(batch.features()).containsExactly(0, 1, 0, -2, 1, 0, 1, 0, 0, 0, 0.5f, 1);
    assertThat(batch.labels()).containsExactly(1, 0, 1);
  }

  @Test
  void anotherOrderOfColumns_isWhatTheStepsSay() throws Exception {
    Batch batch =
        batch(loans, STATUS, new Select(List.of("income", "age")), new Impute(List.of(), 7));
    assertThat(batch.features()).containsExactly(1000, 20, 7, 60, 3000, 40);
  }

  @Test
  void aNumberToPredict_isATarget() throws Exception {
    Batch batch =
        batch(
            loans, new Regression("age"), new Select(List.of("income")), new Impute(List.of(), 0));
    assertThat(batch.targets()).containsExactly(20, 60, 40);
    assertThat(batch.labels()).isEmpty();
    try (Table table = Table.open(loans, Split.TRAIN)) {
      Preprocessing steps =
          new Preprocessing(
              List.of(
                  new Regression("1"), new Select(List.of("income")), new Impute(List.of(), 0)));
      assertThat(table.prepared(steps).target()).isEqualTo(new Target.Numbers(1));
    }
  }

  @Test
  void whatCannotBeLearntFrom_isRefusedWithTheCure() {
    refused(
        "label status: texts (expected: numbers, or a step label with the classes; found: [good, bad])");
    refused(
        "column home: categories [rent, owner, other] (expected: numbers; add a step one-hot",
        STATUS);
    refused(
        "column income: 1 values are missing (expected: none; add a step impute)",
        STATUS,
        new Select(List.of("income")));
    refused(
        "column: salary (expected: one of [home, age, income, status])",
        STATUS,
        new Select(List.of("salary")));
    refused("column: status is no feature", STATUS, new Select(List.of("status")));
    refused(
        "standardize: no means (expected: 1",
        STATUS,
        new Standardize(List.of("age"), 0, 1, List.of(), List.of()));
    refused("one-hot: column age: numbers", STATUS, new OneHot("age", List.of("20")));
    refused("resize: data without images", STATUS, new Resize(2, 2, 1));
    refused(
        "label: good at index 0 (expected: one of [fine, bad])",
        new Label("status", List.of("fine", "bad")),
        new Select(List.of("age")));
  }

  private void refused(String message, Step... steps) {
    assertThatThrownBy(() -> batch(loans, steps))
        .isInstanceOf(TrainingException.class)
        .hasMessageContaining(message);
  }

  @Test
  void everyExampleIsInExactlyOnePart_whateverElseIsInTheFile() throws Exception {
    StringBuilder text = new StringBuilder("x,y\n");
    for (int i = 0; i < 2000; i++) {
      text.append(i).append(',').append(i % 2).append('\n');
    }
    Path file = Files.writeString(folder.resolve("two.csv"), text);
    boolean[] seen = new boolean[2000];
    long test = 0;
    for (Split split : Split.values()) {
      try (Table table = Table.open(file, split)) {
        Examples part = table.prepared(new Preprocessing(List.of(new Divide(0.2, 3))));
        test = part.size();
        try (Batches batches = part.batches(64, Seeds.generator(1))) {
          for (Batch b = batches.next(); b != null; b = batches.next()) {
            for (float value : b.features()) {
              assertThat(seen[(int) value]).isFalse();
              seen[(int) value] = true;
            }
          }
        }
      }
    }
    assertThat(seen).doesNotContain(false);
    // 2000 draws of 0.2: 400, with a standard deviation of 18.
    assertThat(test).isBetween(310L, 490L);
  }

  @Test
  void imagesOfAnotherSize_areBroughtToOne_andFlattened() throws Exception {
    Path images = Fixtures.file("data/images");
    try (Table table = Table.open(images, Split.TRAIN)) {
      Examples three = table.prepared(new Preprocessing(List.of(new Resize(8, 6, 3))));
      assertThat(three.exampleShape()).containsExactly(3, 6, 8);
      Examples flat =
          table.prepared(new Preprocessing(List.of(new Resize(2, 2, 1), new Flatten())));
      assertThat(flat.exampleShape()).containsExactly(4);
      try (Batches batches = flat.batches(9, null)) {
        for (float value : Objects.requireNonNull(batches.next()).features()) {
          assertThat(value).isBetween(0f, 1f);
        }
      }
    }
  }

  @Test
  void tokensStayWhole() throws Exception {
    Path file = folder.resolve("tokens.npz");
    try (NpzWriter npz = NpzWriter.create(file)) {
      npz.write("x", new long[] {30_000, 7});
      npz.write("y", new long[] {1, 0});
      npz.commit();
    }
    assertThat(batch(file, new Tokens()).features()).containsExactly(30_000, 7);
    assertThatThrownBy(() -> batch(file)).hasMessageContaining("add a step scale or tokens");
  }
}
