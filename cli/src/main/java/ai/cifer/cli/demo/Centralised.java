package ai.cifer.cli.demo;

import ai.cifer.cli.exit.CommandFailed;
import ai.cifer.cli.exit.ExitCode;
import ai.cifer.cli.model.ModelFiles;
import ai.cifer.fedlearn.strategy.FedAvg;
import ai.cifer.fedlearn.strategy.Memory;
import ai.cifer.fedlearn.strategy.Strategy;
import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.fedlearn.train.Dataset.Split;
import ai.cifer.fedlearn.train.GlobalModel;
import ai.cifer.fedlearn.train.Metrics;
import ai.cifer.fedlearn.train.TrainOptions;
import ai.cifer.fedlearn.train.Trainer;
import ai.cifer.fedlearn.train.TrainerProvider;
import ai.cifer.fedlearn.train.TrainingException;
import ai.cifer.fedlearn.update.ClientUpdate;
import ai.cifer.fedlearn.update.WeightedSum;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.function.ObjIntConsumer;

/// The same network trained on all data in one place: what the federation is measured against.
///
/// As many epochs as the federation has rounds, with the same optimiser, from the same model.
final class Centralised {

  private static final String TRAINER = "djl";

  private final DemoPlan plan;
  private final Path initial;

  Centralised(DemoPlan plan, Path initial) {
    this.plan = plan;
    this.initial = initial;
  }

  /// Quality after each epoch; `told` hears each as it comes, with its number.
  List<Metrics> run(ObjIntConsumer<Metrics> told) throws CommandFailed, TrainingException {
    Strategy.Linear strategy =
        FedAvg.builder()
            .learningRate(DemoPlan.LEARNING_RATE)
            .batchSize(DemoPlan.BATCH_SIZE)
            .seed(plan.seed())
            .build();
    List<Metrics> metrics = new ArrayList<>();
    try (Trainer trainer = open(Split.TRAIN);
        Trainer test = open(Split.TEST)) {
      GlobalModel model = ModelFiles.read(initial);
      for (int epoch = 1; epoch <= plan.rounds(); epoch++) {
        model = epoch(model, strategy, trainer, epoch);
        metrics.add(test.evaluate(model, TrainOptions.DEFAULT, Trainer.Progress.NONE));
        told.accept(metrics.getLast(), epoch);
      }
      model.tensors().close();
    }
    return metrics;
  }

  private static GlobalModel epoch(
      GlobalModel model, Strategy.Linear strategy, Trainer trainer, int epoch)
      throws TrainingException {
    Tensors next = Tensors.allocate(model.tensors().layout());
    long seed = strategy.trainConfig(epoch).seed() + epoch;
    try (Tensors current = model.tensors();
        ClientUpdate update =
            trainer.train(
                model, strategy.trainConfig(epoch).withSeed(seed), Trainer.Progress.NONE)) {
      strategy.apply(
          current, new WeightedSum(update.delta(), 1, update.examples()), Memory.NONE, next);
    }
    return new GlobalModel(model.architecture(), next);
  }

  private Trainer open(Split split) throws CommandFailed, TrainingException {
    for (TrainerProvider provider : ServiceLoader.load(TrainerProvider.class)) {
      if (provider.name().equals(TRAINER)) {
        return provider.open(Optional.of(plan.dataset()), split);
      }
    }
    throw new CommandFailed(
        ExitCode.PLATFORM, "trainer: %s is not on the class path".formatted(TRAINER));
  }
}
