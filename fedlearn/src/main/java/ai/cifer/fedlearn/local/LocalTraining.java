package ai.cifer.fedlearn.local;

import ai.cifer.fedlearn.tensor.ModelLayout;
import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.fedlearn.train.ClientFigures;
import ai.cifer.fedlearn.train.ClientRule;
import ai.cifer.fedlearn.train.GlobalModel;
import ai.cifer.fedlearn.train.Metrics;
import ai.cifer.fedlearn.train.TrainConfig;
import ai.cifer.fedlearn.train.Trainer;
import ai.cifer.fedlearn.train.TrainingException;
import ai.cifer.fedlearn.update.ClientUpdate;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/// A client's part of a strategy: trains, and makes of it what its rule wants to be sent. Values
/// are read and written by ranges.
public final class LocalTraining {

  /// The name of what a rule remembers of what its client sent.
  public static final String CONTROL = "control";

  /// Of the personal model of Ditto.
  private static final String PERSONAL = "personal";

  private final Trainer trainer;
  private final ClientMemory memory;
  private final LocalTensors local;

  public LocalTraining(Trainer trainer, ClientMemory memory) {
    this.trainer = trainer;
    this.memory = memory;
    local = new LocalTensors(trainer, memory);
  }

  /// Trains in one round.
  ///
  /// @param guides what the coordinator sent beside the model
  /// @param clips at which what is sent is cut, for each of its tensors; empty where it is not
  /// @return what is sent, in the layout of the rule's upload; owned by the caller
  /// @throws TrainingException also if the trainer cannot do what the rule asks for
  public ClientUpdate train(
      GlobalModel global,
      List<Tensors> guides,
      TrainConfig config,
      List<Float> clips,
      Trainer.Progress progress)
      throws TrainingException, IOException {
    if (!config.evaluated()) {
      return ruled(global, guides, config, clips, progress);
    }
    Metrics metrics = evaluate(global, config, progress);
    try (ClientUpdate update = ruled(global, guides, config, clips, progress)) {
      Tensors sent = memory.scratch(config.upload(global.tensors().layout()));
      Ranges.scaled(update.delta(), 1, sent, 0);
      ClientFigures.write(metrics, sent);
      return new ClientUpdate(sent, update.examples(), update.steps());
    }
  }

  /// Measures the model that this client uses itself on its data.
  private Metrics evaluate(GlobalModel global, TrainConfig config, Trainer.Progress progress)
      throws TrainingException, IOException {
    try (LocalTensors.Start own = ownModel(global, config)) {
      return trainer.evaluate(own.model(), config.options(), progress);
    }
  }

  private ClientUpdate ruled(
      GlobalModel global,
      List<Tensors> guides,
      TrainConfig config,
      List<Float> clips,
      Trainer.Progress progress)
      throws TrainingException, IOException {
    try (LocalTensors.Start start = local.start(global, config.options())) {
      return train(start, global, guides, config, clips, progress);
    }
  }

  /// The change by training, without what stays here.
  private ClientUpdate trained(
      LocalTensors.Start start, TrainConfig config, Trainer.Progress progress)
      throws TrainingException, IOException {
    return shared(start, trainer.train(start.model(), config, progress));
  }

  private ClientUpdate trained(
      LocalTensors.Start start, TrainConfig config, Tensors correction, Trainer.Progress progress)
      throws TrainingException, IOException {
    return shared(start, trainer.trainCorrected(start.model(), config, correction, progress));
  }

  private static ClientUpdate shared(LocalTensors.Start start, ClientUpdate update)
      throws IOException {
    try {
      start.keep(update.delta());
      return update;
    } catch (IOException | RuntimeException failure) {
      update.close();
      throw failure;
    }
  }

  private ClientUpdate train(
      LocalTensors.Start start,
      GlobalModel global,
      List<Tensors> guides,
      TrainConfig config,
      List<Float> clips,
      Trainer.Progress progress)
      throws TrainingException, IOException {
    return switch (config.rule()) {
      case ClientRule.Plain() -> trained(start, config, progress);
      case ClientRule.FedNova rule -> normalised(rule, start, config, progress);
      case ClientRule.Scaffold rule ->
          controlled(rule, start, guides.getFirst(), config, clips, progress);
      case ClientRule.FedDyn rule -> dynamic(rule, start, config, clips, progress);
      case ClientRule.QFedAvg rule -> fair(rule, start, config, progress);
      case ClientRule.Ditto rule -> {
        ClientUpdate update = trained(start, config, progress);
        try {
          personal(rule, global, config, progress);
          yield update;
        } catch (IOException | TrainingException | RuntimeException failure) {
          update.close();
          throw failure;
        }
      }
    };
  }

  /// The model that this client uses itself: its personal one where it has one, the global one with
  /// its own local tensors otherwise; to be closed.
  public LocalTensors.Start ownModel(GlobalModel global, TrainConfig config)
      throws TrainingException, IOException {
    Optional<Tensors> personal =
        config.rule() instanceof ClientRule.Ditto
            ? memory.before(PERSONAL, global.tensors().layout())
            : Optional.empty();
    return personal.isPresent()
        ? LocalTensors.Start.of(new GlobalModel(global.architecture(), personal.get()))
        : local.start(global, config.options());
  }

  private ClientUpdate normalised(
      ClientRule.FedNova rule,
      LocalTensors.Start start,
      TrainConfig config,
      Trainer.Progress progress)
      throws TrainingException, IOException {
    try (ClientUpdate update = trained(start, config, progress)) {
      long steps = requireSteps("fednova", update);
      double norm = LocalSteps.norm(steps, config);
      Tensors sent = copyScaled(rule, update.delta(), 1 / norm);
      double effective = config.options().proximal() > 0 ? steps : norm;
      number(sent, update.delta(), effective);
      return new ClientUpdate(sent, update.examples(), steps);
    }
  }

  private static long requireSteps(String rule, ClientUpdate update) throws TrainingException {
    if (update.steps() == 0) {
      throw new TrainingException(
          "%s: this trainer does not say how many steps it took (expected: djl, or a program that answers \"steps\")"
              .formatted(rule));
    }
    return update.steps();
  }

  private ClientUpdate controlled(
      ClientRule.Scaffold rule,
      LocalTensors.Start start,
      Tensors server,
      TrainConfig config,
      List<Float> clips,
      Trainer.Progress progress)
      throws TrainingException, IOException {
    ModelLayout layout = start.model().tensors().layout();
    try (Tensors own = rememberedOrZeros(CONTROL, layout);
        Tensors correction = memory.scratch(layout)) {
      Ranges.combine(correction, server, 1, own, -1);
      try (ClientUpdate update = trained(start, config, correction, progress)) {
        long steps = requireSteps("scaffold", update);
        Tensors sent = copyScaled(rule, update.delta(), 1);
        try (Tensors next = memory.after(CONTROL, layout);
            Tensors perStep = memory.scratch(layout)) {
          Ranges.scaled(update.delta(), 1.0 / steps, perStep, 0);
          // As the coordinator gets it: what it never adds must not be remembered as added.
          cut(perStep, clips, layout.tensors().size());
          Ranges.copy(perStep, 0, sent, layout.parameters(), layout.parameters());
          // c_i' = c_i - c - u / rate
          Ranges.combine(next, correction, -1, perStep, -1 / config.learningRate());
          next.force();
        } catch (IOException | RuntimeException failure) {
          sent.close();
          throw failure;
        }
        return new ClientUpdate(sent, update.examples(), steps);
      }
    }
  }

  private ClientUpdate dynamic(
      ClientRule.FedDyn rule,
      LocalTensors.Start start,
      TrainConfig config,
      List<Float> clips,
      Trainer.Progress progress)
      throws TrainingException, IOException {
    ModelLayout layout = start.model().tensors().layout();
    TrainConfig pulled =
        config.withOptions(config.options().toBuilder().proximal(rule.alpha()).build());
    try (Tensors gradient = rememberedOrZeros(CONTROL, layout);
        Tensors correction = memory.scratch(layout)) {
      Ranges.scaled(gradient, -1, correction, 0);
      ClientUpdate update = trained(start, pulled, correction, progress);
      cut(update.delta(), clips, 0);
      try (Tensors next = memory.after(CONTROL, layout)) {
        Ranges.combine(next, gradient, 1, update.delta(), -rule.alpha());
        next.force();
        return update;
      } catch (IOException | RuntimeException failure) {
        update.close();
        throw failure;
      }
    }
  }

  private ClientUpdate fair(
      ClientRule.QFedAvg rule,
      LocalTensors.Start start,
      TrainConfig config,
      Trainer.Progress progress)
      throws TrainingException, IOException {
    // As the paper's code, so that a power of a loss of 0 is a number.
    double loss = trainer.evaluate(start.model(), config.options(), progress).loss() + 1e-10;
    try (ClientUpdate update = trained(start, config, progress)) {
      double power = Math.pow(loss, rule.q());
      double slope = rule.q() * Math.pow(loss, rule.q() - 1);
      Tensors sent = copyScaled(rule, update.delta(), power);
      number(
          sent,
          update.delta(),
          power + slope * Ranges.squaredNorm(update.delta()) / config.learningRate());
      return new ClientUpdate(sent, update.examples(), update.steps());
    }
  }

  /// `gradient + lambda (v - w)` is what a pull of `lambda` towards the start `v0` makes of
  /// `gradient
  /// + lambda (v0 - w)`.
  private void personal(
      ClientRule.Ditto rule, GlobalModel global, TrainConfig config, Trainer.Progress progress)
      throws TrainingException, IOException {
    ModelLayout layout = global.tensors().layout();
    TrainConfig pulled =
        config.withOptions(config.options().toBuilder().proximal(rule.lambda()).build());
    try (Tensors own = rememberedOr(PERSONAL, global.tensors());
        Tensors correction = memory.scratch(layout)) {
      Ranges.combine(correction, own, rule.lambda(), global.tensors(), -rule.lambda());
      try (ClientUpdate update =
              trainer.trainCorrected(
                  new GlobalModel(global.architecture(), own), pulled, correction, progress);
          Tensors next = memory.after(PERSONAL, layout)) {
        Ranges.combine(next, own, 1, update.delta(), 1);
        next.force();
      }
    }
  }

  /// Cuts a vector of the model's layout as it will be cut when it is sent.
  ///
  /// @param clips of all that is sent; empty where nothing is cut
  /// @param first the index of the vector's first tensor among them
  private static void cut(Tensors vector, List<Float> clips, int first) {
    ModelLayout layout = vector.layout();
    for (int i = 0; !clips.isEmpty() && i < layout.tensors().size(); i++) {
      Ranges.cut(vector, layout.offset(i), layout.tensors().get(i).size(), clips.get(first + i));
    }
  }

  private Tensors rememberedOrZeros(String name, ModelLayout layout) throws IOException {
    Optional<Tensors> before = memory.before(name, layout);
    return before.isPresent() ? before.get() : memory.scratch(layout);
  }

  private Tensors rememberedOr(String name, Tensors first) throws IOException {
    Optional<Tensors> before = memory.before(name, first.layout());
    if (before.isPresent()) {
      return before.get();
    }
    Tensors copy = memory.scratch(first.layout());
    Ranges.scaled(first, 1, copy, 0);
    return copy;
  }

  /// What is sent, the change times `factor` in it.
  private Tensors copyScaled(ClientRule rule, Tensors change, double factor) throws IOException {
    Tensors sent = memory.scratch(rule.upload(change.layout()));
    Ranges.scaled(change, factor, sent, 0);
    return sent;
  }

  /// Writes the single number, which stands behind one vector.
  private static void number(Tensors sent, Tensors change, double number) {
    sent.write(change.layout().parameters(), new float[] {(float) number}, 1);
  }
}
