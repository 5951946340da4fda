package ai.cifer.training.program;

import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.fedlearn.train.Dataset;
import ai.cifer.fedlearn.train.GlobalModel;
import ai.cifer.fedlearn.train.TrainConfig;
import ai.cifer.fedlearn.train.Trainer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/// Trains once with a program that leaves a process behind; run as the first process of a container
/// by [ProgramTrainerTest]. Its argument is the folder.
final class FirstProcess {

  private FirstProcess() {}

  public static void main(String[] args) throws Exception {
    Path folder = Path.of(args[0]);
    System.out.println("process " + ProcessHandle.current().pid());
    try (Trainer trainer =
            new ProgramRunner()
                .start(
                    ProgramTrainerTest.program(folder, "leaves-child", Duration.ofSeconds(20)),
                    Optional.empty(),
                    Dataset.Split.TRAIN);
        Tensors global = Tensors.allocate(ProgramTrainerTest.LAYOUT)) {
      trainer
          .train(
              new GlobalModel("tensors", global),
              new TrainConfig(0.1, 32, 1, 7),
              Trainer.Progress.NONE)
          .close();
    }
    System.out.println("closed");
  }
}
