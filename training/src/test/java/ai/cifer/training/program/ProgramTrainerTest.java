package ai.cifer.training.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import ai.cifer.fedlearn.tensor.ModelLayout;
import ai.cifer.fedlearn.tensor.TensorSpec;
import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.fedlearn.train.Dataset;
import ai.cifer.fedlearn.train.GlobalModel;
import ai.cifer.fedlearn.train.Metrics;
import ai.cifer.fedlearn.train.Preprocessing;
import ai.cifer.fedlearn.train.TrainConfig;
import ai.cifer.fedlearn.train.TrainOptions;
import ai.cifer.fedlearn.train.Trainer;
import ai.cifer.fedlearn.train.TrainerFailed;
import ai.cifer.fedlearn.train.TrainerProgram;
import ai.cifer.fedlearn.update.ClientUpdate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Real child processes, well behaved and hostile.
class ProgramTrainerTest {

  static final ModelLayout LAYOUT =
      new ModelLayout(
          List.of(new TensorSpec("w", List.of(3)), new TensorSpec("bn.mean", List.of(2))));

  private static final TrainConfig CONFIG = new TrainConfig(0.1, 32, 1, 7);

  @TempDir Path folder;

  private Trainer start(String behaviour) throws Exception {
    return start(behaviour, Duration.ofSeconds(20));
  }

  private Trainer start(String behaviour, Duration patience) throws Exception {
    return new ProgramRunner()
        .start(program(behaviour, patience), Optional.empty(), Dataset.Split.TRAIN);
  }

  private TrainerProgram program(String behaviour, Duration patience) {
    return program(folder, behaviour, patience);
  }

  static TrainerProgram program(Path folder, String behaviour, Duration patience) {
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-Xshare:auto",
            "-cp",
            System.getProperty("java.class.path"),
            ScriptedProgram.class.getName(),
            behaviour);
    return new TrainerProgram(
        command,
        folder,
        Map.of("PATH", "/usr/bin:/bin", "SECRET", "x"),
        folder.resolve("work"),
        folder.resolve("work/trainer.log"),
        patience);
  }

  private static GlobalModel model(Tensors tensors) {
    tensors.write(0, new float[] {1, 2, 3, 4, 5}, 5);
    return new GlobalModel("tensors", tensors);
  }

  private static float[] train(Trainer trainer, Trainer.Progress progress) throws Exception {
    try (Tensors global = Tensors.allocate(LAYOUT);
        ClientUpdate update = trainer.train(model(global), CONFIG, progress)) {
      float[] delta = new float[5];
      update.delta().read(0, delta, 5);
      return delta;
    }
  }

  private static void train(Trainer trainer) throws Exception {
    float[] _ = train(trainer, Trainer.Progress.NONE);
  }

  @Test
  void trainsAndEvaluates_andLeavesNothingBehind() throws Exception {
    List<String> progress = new ArrayList<>();
    float step = Conversation.seed(CONFIG.seed()) % 1000 + 1;
    try (Trainer trainer = start("progress-first");
        Tensors global = Tensors.allocate(LAYOUT)) {
      assertThat(trainer.examples()).isEqualTo(7);
      try (ClientUpdate update =
          trainer.train(model(global), CONFIG, (done, total) -> progress.add(done + "/" + total))) {
        assertThat(update.examples()).isEqualTo(5);
        float[] delta = new float[5];
        update.delta().read(0, delta, 5);
        assertThat(delta).containsExactly(step, step, step, step, step);
      }
      assertThat(trainer.evaluate(model(global), TrainOptions.DEFAULT, Trainer.Progress.NONE))
          .isEqualTo(new Metrics(7, 0.5, 0.75));
    }
    assertThat(progress).containsExactly("1/2");
    try (Stream<Path> left = Files.list(folder.resolve("work"))) {
      assertThat(left.map(file -> file.getFileName().toString())).containsExactly("trainer.log");
    }
    assertThat(ProcessHandle.current().children().filter(ProcessHandle::isAlive)).isEmpty();
  }

  @Test
  void npzIsAsGoodAsSafetensors() throws Exception {
    float step = Conversation.seed(CONFIG.seed()) % 1000 + 1;
    try (Trainer trainer = start("npz")) {
      assertThat(train(trainer, Trainer.Progress.NONE))
          .containsExactly(step, step, step, step, step);
    }
  }

  /// Before its client joins, not in the first round.
  @Test
  void whatAProgramWouldNotHearOf_isRefusedAtOnce() throws Exception {
    TrainConfig clipped =
        CONFIG.withOptions(TrainOptions.DEFAULT.toBuilder().gradientClip(0.5).build());
    TrainConfig prepared =
        CONFIG.withPreprocessing(new Preprocessing(List.of(new Preprocessing.Flatten())));
    TrainConfig measured =
        CONFIG.withPreprocessing(
            new Preprocessing(
                List.of(new Preprocessing.Standardize(List.of("a"), 0, 1, List.of(), List.of()))));
    try (Trainer trainer = start("well")) {
      trainer.requireFit("tensors", LAYOUT, CONFIG);
      assertThatThrownBy(() -> trainer.requireFit("tensors", LAYOUT, clipped))
          .hasMessageContaining("options of training: ")
          .hasMessageContaining("gradientClip=0.5")
          .hasMessageContaining("(expected: the defaults, since ");
      assertThatThrownBy(() -> trainer.requireFit("tensors", LAYOUT, prepared))
          .hasMessageContaining("preprocessing: 1 steps (expected: none, since ");
      assertThatThrownBy(() -> trainer.requireFit("tensors", LAYOUT, measured))
          .hasMessageContaining("preprocessing: 1 steps (expected: none, since ");
    }
  }

  @Test
  void oneThatEndsIsStartedAgain_andTheUpdateIsTheSame() throws Exception {
    float[] expected;
    try (Trainer trainer = start("well")) {
      expected = train(trainer, Trainer.Progress.NONE);
    }
    Files.delete(folder.resolve("starts"));
    try (Trainer trainer = start("dies-once")) {
      assertThat(train(trainer, Trainer.Progress.NONE)).containsExactly(expected);
    }
    assertThat(folder.resolve("starts")).hasContent("2");
    assertThat(Files.readString(folder.resolve("work/trainer.log"))).contains("out of memory");
  }

  @ParameterizedTest
  @Tag("slow")
  @CsvSource(
      delimiter = '|',
      value = {
        "prints-first | it said loading data (expected: a JSON object; the standard output belongs",
        "dies-at-once | ended with code 1 while it got ready",
        "dies-at-once | ModuleNotFoundError: No module named 'numpy'",
        "version-2 | protocol: 2 (expected: 1; take the cifer_trainer.py of this version)",
        "long-line | a line of more than 65536 bytes (expected: one short JSON object a line)",
        "endless-line | a line of more than 65536 bytes (expected: one short JSON object a line)",
        "no-examples | no examples (expected: how many it has)",
        "format | format: pickle (expected: one of [safetensors, npz])",
      })
  void oneThatDoesNotGetReady_isRefusedAndEnded(String behaviour, String message) {
    assertThatThrownBy(() -> start(behaviour))
        .isInstanceOf(TrainerFailed.class)
        .hasMessageContaining(message);
    assertThat(ProcessHandle.current().children().filter(ProcessHandle::isAlive)).isEmpty();
  }

  @ParameterizedTest
  @Tag("slow")
  @CsvSource(
      delimiter = '|',
      value = {
        "dies | ended with code 3 while it trained",
        "closes-output | closed its standard output while it trained",
        "fails | failed while it trained: labels 12 of 10?[31m; all that it wrote is in",
        "text | it said epoch 1 of 3 (expected: a JSON object; the standard output belongs to",
        "array | it said [1] (expected: a JSON object)",
        "deep | (expected: a JSON object",
        "ready-twice | ready twice",
        "metric-text | (expected: a number for the metric loss)",
        "examples-negative | (expected: \"examples\": an integer from 1 to 2^53 - 1)",
        "progress-text | (expected: \"done\": an integer from 0 to 2^53 - 1)",
        "no-file | done, but it wrote no",
        "truncated | not a readable safetensors file",
        "shape | tensor w of its model: [4] (expected: [3], as in the global model)",
        "missing | tensor bn.mean of its model: missing (expected: [2], as in the global model)",
        "extra | tensor head of its model: not in the global model (expected: only [w, bn.mean])",
        "local-unknown | local: norm.*: no such tensor (expected: one of [w, bn.mean])",
      })
  void oneThatTrainsWrongly_isAnsweredWithTheFactAndTheCure(String behaviour, String message)
      throws Exception {
    try (Trainer trainer = start(behaviour)) {
      assertThatThrownBy(() -> train(trainer))
          .isInstanceOf(TrainerFailed.class)
          .hasMessageContaining(message);
    }
    assertThat(ProcessHandle.current().children().filter(ProcessHandle::isAlive)).isEmpty();
  }

  @Test
  @Tag("slow")
  void valuesThatAreNoNumbers_reachTheUpdate_whichIsLookedAtBeforeItIsEncrypted() throws Exception {
    try (Trainer trainer = start("nan")) {
      assertThat(train(trainer, Trainer.Progress.NONE)[1]).isNaN();
    }
  }

  @Test
  @Tag("slow")
  void oneThatSpeaksWithoutBeingAsked_isRefused() throws Exception {
    try (Trainer trainer = start("speaks-unasked")) {
      train(trainer);
      assertThatThrownBy(
              () -> {
                train(trainer);
                train(trainer);
              })
          .hasMessageContaining("without being asked");
    }
  }

  @Test
  @Tag("slow")
  void aMetricThatIsMissingIsNamed() throws Exception {
    try (Trainer trainer = start("no-accuracy");
        Tensors global = Tensors.allocate(LAYOUT)) {
      assertThatThrownBy(
              () -> trainer.evaluate(model(global), TrainOptions.DEFAULT, Trainer.Progress.NONE))
          .hasMessageContaining("no metric accuracy (expected: loss and accuracy; found: [loss])");
    }
  }

  @Test
  void silenceIsEndedAfterThePatience() {
    assertThatThrownBy(() -> start("silent", Duration.ofMillis(700)))
        .hasMessageContaining("silent for 0.7 s while it got ready (expected: a line of progress");
    assertThat(ProcessHandle.current().children().filter(ProcessHandle::isAlive)).isEmpty();
  }

  @ParameterizedTest
  @Tag("slow")
  @CsvSource({"hangs-with-child", "leaves-child"})
  void whatItStartedEndsWithIt(String behaviour) throws Exception {
    try (Trainer trainer = start(behaviour, Duration.ofSeconds(3))) {
      if (behaviour.equals("leaves-child")) {
        train(trainer);
      } else {
        assertThatThrownBy(() -> train(trainer)).hasMessageContaining("silent for 3.0 s");
      }
    }
    long pid = Long.parseLong(Files.readString(folder.resolve("grandchild")));
    Optional<ProcessHandle> grandchild = ProcessHandle.of(pid);
    if (grandchild.isPresent()) {
      grandchild.get().onExit().get(5, TimeUnit.SECONDS);
    }
    assertThat(ProcessHandle.current().descendants().map(ProcessHandle::pid)).doesNotContain(pid);
  }

  /// Orphans become children of the first process of a container. It is killed, ended and listed as
  /// alive until somebody asks how it ended: close must not wait for that.
  @Test
  @Tag("slow")
  void inTheFirstProcessOfAContainer_theEndIsNotWaitedForForEver() throws Exception {
    List<String> container = List.of("unshare", "-Urpf", "--kill-child", "--mount-proc");
    assumeThat(exitCode(Stream.concat(container.stream(), Stream.of("true")).toList()))
        .as("containers without privileges")
        .isZero();
    List<String> command = new ArrayList<>(container);
    command.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            FirstProcess.class.getName(),
            folder.toString()));
    Path printed = folder.resolve("printed");
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(printed.toFile())
            .start();
    try {
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("%s", printed).isTrue();
    } finally {
      process.destroyForcibly();
    }
    assertThat(printed).content().contains("process 1\n").contains("closed\n");
  }

  private static int exitCode(List<String> command) throws InterruptedException {
    try {
      return new ProcessBuilder(command).start().waitFor();
    } catch (IOException absent) {
      return 127;
    }
  }

  @Test
  void whatItWritesIsForItsOwnerOnly() throws Exception {
    Path log = folder.resolve("work/trainer.log");
    assumeThat(log.getFileSystem().supportedFileAttributeViews()).contains("posix");
    start("environment").close();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(log)))
        .isEqualTo("rw-------");
    Files.setPosixFilePermissions(log, PosixFilePermissions.fromString("rw-r--r--"));
    start("environment").close();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(log)))
        .as("one of an earlier version")
        .isEqualTo("rw-------");
  }

  @Test
  void itSeesTheVariablesThatAreListed_andNoOther() throws Exception {
    start("environment").close();
    assertThat(Files.readAllLines(folder.resolve("work/trainer.log")))
        .containsExactly("PATH", "SECRET");
    assertThat(program("environment", Duration.ofSeconds(1)).toString()).doesNotContain("=x");
  }

  @Test
  @Tag("slow")
  void whatItWritesToStandardErrorIsBounded_andTheNewestIsKept() throws Exception {
    start("floods-errors").close();
    assertThat(Files.size(folder.resolve("work/trainer.log"))).isBetween(1L, ErrorLog.MOST_BYTES);
    assertThat(Files.size(folder.resolve("work/trainer.log.1"))).isBetween(1L, ErrorLog.MOST_BYTES);
  }

  @Test
  void localTensorsAreNotShared_andTheNextRoundBeginsWithThem() throws Exception {
    float step = Conversation.seed(CONFIG.seed()) % 1000 + 1;
    try (Trainer trainer = start("local")) {
      assertThat(train(trainer, Trainer.Progress.NONE)).containsExactly(step, step, step, 0, 0);
      assertThat(train(trainer, Trainer.Progress.NONE)).containsExactly(step, step, step, 0, 0);
    }
  }

  @Test
  void aProgramThatIsNotThere_isNamedWithItsFolder() {
    TrainerProgram absent =
        new TrainerProgram(
            List.of("no-such-program", "train.py"),
            folder,
            Map.of(),
            folder,
            folder.resolve("trainer.log"),
            Duration.ofSeconds(1));
    assertThatThrownBy(
            () -> new ProgramRunner().start(absent, Optional.empty(), Dataset.Split.TRAIN))
        .isInstanceOf(TrainerFailed.class)
        .hasMessageContaining("no-such-program train.py: cannot be started in " + folder)
        .hasMessageContaining("(expected: a program on the PATH, or its path)");
  }
}
