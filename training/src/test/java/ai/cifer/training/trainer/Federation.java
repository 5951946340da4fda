package ai.cifer.training.trainer;

import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.fedlearn.train.Dataset.Split;
import ai.cifer.fedlearn.train.GlobalModel;
import ai.cifer.fedlearn.train.Metrics;
import ai.cifer.fedlearn.train.TrainConfig;
import ai.cifer.fedlearn.train.TrainOptions;
import ai.cifer.fedlearn.train.Trainer;
import ai.cifer.fedlearn.train.Trainer.Progress;
import ai.cifer.fedlearn.train.TrainingException;
import ai.cifer.fedlearn.update.ClientUpdate;
import ai.cifer.training.data.Examples;
import ai.cifer.training.data.Partition;
import ai.cifer.training.data.PartitionFiles;
import ai.cifer.training.model.Architectures;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Federated averaging in one process and without encryption: what the real thing must reach.
final class Federation {

  private final String architecture;
  private final Path data;
  private final TrainConfig config;

  /// @param config of one client in one round; its seed is replaced
  Federation(String architecture, Path data, TrainConfig config) {
    this.architecture = architecture;
    this.data = data;
    this.config = config;
  }

  /// The test accuracy after each of `rounds` of one local epoch.
  List<Metrics> federated(int clients, double alpha, int rounds, long seed, Path folder)
      throws TrainingException {
    int[] labels;
    try (Examples train = Examples.open(data, Split.TRAIN)) {
      labels = train.labels();
    }
    Partition partition =
        Partition.dirichlet(labels, clients, alpha, Partition.MINIMUM_EXAMPLES, seed);
    return run(PartitionFiles.write(data, partition, folder), rounds, seed);
  }

  private List<Metrics> run(List<Path> files, int rounds, long seed) throws TrainingException {
    var provider = new DjlTrainerProvider();
    List<Metrics> history = new ArrayList<>();
    List<Trainer> trainers = new ArrayList<>();
    for (Path file : files) {
      trainers.add(provider.open(Optional.of(file), Split.TRAIN));
    }
    try (Trainer judge = provider.open(Optional.of(data), Split.TEST)) {
      GlobalModel model = new Architectures().initialise(architecture, seed);
      for (int round = 0; round < rounds; round++) {
        List<ClientUpdate> updates = new ArrayList<>();
        for (int client = 0; client < trainers.size(); client++) {
          long roundSeed = seed * 1_000_003 + round * 101L + client;
          TrainConfig seeded = config.withSeed(roundSeed);
          updates.add(trainers.get(client).train(model, seeded, Progress.NONE));
        }
        model = new GlobalModel(architecture, average(model.tensors(), updates));
        history.add(judge.evaluate(model, TrainOptions.DEFAULT, Progress.NONE));
      }
      model.tensors().close();
    } finally {
      trainers.forEach(Trainer::close);
    }
    return history;
  }

  private static Tensors average(Tensors global, List<ClientUpdate> updates) {
    long examples = updates.stream().mapToLong(ClientUpdate::examples).sum();
    Tensors next = Tensors.allocate(global.layout());
    for (int i = 0; i < global.layout().tensors().size(); i++) {
      float[] values = global.values(i);
      for (ClientUpdate update : updates) {
        float[] delta = update.delta().values(i);
        float weight = (float) ((double) update.examples() / examples);
        for (int j = 0; j < values.length; j++) {
          values[j] += weight * delta[j];
        }
      }
      next.write(global.layout().offset(i), values, values.length);
    }
    updates.forEach(ClientUpdate::close);
    global.close();
    return next;
  }
}
