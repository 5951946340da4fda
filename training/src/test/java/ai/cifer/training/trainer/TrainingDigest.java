package ai.cifer.training.trainer;

import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.fedlearn.train.Dataset.Split;
import ai.cifer.fedlearn.train.GlobalModel;
import ai.cifer.fedlearn.train.TrainConfig;
import ai.cifer.fedlearn.train.Trainer;
import ai.cifer.fedlearn.train.Trainer.Progress;
import ai.cifer.fedlearn.train.TrainingException;
import ai.cifer.fedlearn.update.ClientUpdate;
import ai.cifer.training.model.Architectures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Optional;

/// A process that trains once and leaves the digest of its update in a file.
final class TrainingDigest {

  private TrainingDigest() {}

  /// @param arguments the dataset, and the file to write
  public static void main(String[] arguments) throws TrainingException, IOException {
    GlobalModel model = new Architectures().initialise("cnn", 3);
    try (Tensors _ = model.tensors();
        Trainer trainer =
            new DjlTrainerProvider().open(Optional.of(Path.of(arguments[0])), Split.TRAIN);
        ClientUpdate update = trainer.train(model, new TrainConfig(0.1, 32, 1, 7), Progress.NONE)) {
      Files.writeString(Path.of(arguments[1]), HexFormat.of().formatHex(update.delta().digest()));
    }
  }
}
