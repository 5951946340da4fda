package ai.cifer.fedlearn.train;

import ai.cifer.fedlearn.tensor.ModelLayout;
import ai.cifer.fedlearn.tensor.TensorSpec;
import ai.cifer.fedlearn.train.TrainOptions.Optimiser;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/// The part of a strategy that is done at the client: what it makes of its training before it sends
/// it. Everything that a client sends is in one sum with what the others send, so that a rule works
/// in every mode of encryption.
///
/// ```
/// sent = values for the model's tensors | vectors() times as many values | numbers() values
/// ```
public sealed interface ClientRule {

  /// The change of the model, as most strategies want it.
  record Plain() implements ClientRule {}

  /// The change for each step, and the number of steps [1].
  ///
  /// @see <a href="https://arxiv.org/abs/2007.07481">[1] Wang et al., Tackling the Objective
  ///   Inconsistency Problem in Heterogeneous Federated Optimization</a>
  record FedNova() implements ClientRule {
    /// Of the number of steps in an epoch: 2 million examples in batches of 32.
    private static final double MOST_STEPS = 1 << 16;

    @Override
    public int numbers() {
      return 1;
    }

    @Override
    public void requireFits(TrainConfig config) {
      require(config, "fednova", config.options().optimiser() == Optimiser.SGD, "optimiser: sgd");
    }

    @Override
    public float firstBound(TrainConfig config) {
      return (float) (config.localEpochs() * MOST_STEPS / (1 - config.options().momentum()));
    }
  }

  /// The change, and the change for each step, from which the coordinator gets the next control
  /// variate [1, option II]; every client keeps a control variate of its own.
  ///
  /// @see <a href="https://arxiv.org/abs/1910.06378">[1] Karimireddy et al., SCAFFOLD</a>
  record Scaffold() implements ClientRule {
    @Override
    public int vectors() {
      return 1;
    }

    @Override
    public int guides() {
      return 1;
    }

    @Override
    public boolean uniform() {
      return true;
    }

    @Override
    public boolean remembers() {
      return true;
    }

    @Override
    public boolean balances() {
      return true;
    }

    @Override
    public void requireFits(TrainConfig config) {
      require(
          config,
          "scaffold",
          config.options().optimiser() == Optimiser.SGD && config.options().momentum() == 0,
          "optimiser: sgd without momentum");
    }
  }

  /// The change, trained with a pull towards the global model and away from the client's own
  /// gradient, which it keeps [1].
  ///
  /// @param alpha > 0
  /// @see <a href="https://arxiv.org/abs/2111.04263">[1] Acar et al., Federated Learning Based on
  ///   Dynamic Regularization</a>
  record FedDyn(double alpha) implements ClientRule {
    public FedDyn {
      if (!(alpha > 0) || alpha == Double.POSITIVE_INFINITY) {
        throw new IllegalArgumentException("alpha: %s (expected: > 0)".formatted(alpha));
      }
    }

    @Override
    public void requireFits(TrainConfig config) {
      if (config.options().proximal() != 0) {
        throw new IllegalArgumentException(
            "proximal: %s with feddyn (expected: 0; alpha is its pull towards the global model)"
                .formatted(config.options().proximal()));
      }
    }

    @Override
    public boolean uniform() {
      return true;
    }

    @Override
    public boolean remembers() {
      return true;
    }

    @Override
    public boolean balances() {
      return true;
    }
  }

  /// The change times a power of the client's loss, and the number that the coordinator divides by
  /// [1].
  ///
  /// @param q >= 0; 0 is the plain mean over clients
  /// @see <a href="https://arxiv.org/abs/1905.10497">[1] Li et al., Fair Resource Allocation in
  ///   Federated Learning</a>
  record QFedAvg(double q) implements ClientRule {
    /// Of `F^q + q F^(q-1) |change|^2 / lr`: losses begin at a few units.
    private static final float FIRST_BOUND = 1 << 12;

    public QFedAvg {
      if (!(q >= 0) || q == Double.POSITIVE_INFINITY) {
        throw new IllegalArgumentException("q: %s (expected: >= 0)".formatted(q));
      }
    }

    @Override
    public int numbers() {
      return 1;
    }

    @Override
    public boolean uniform() {
      return true;
    }

    @Override
    public float firstBound(TrainConfig config) {
      return FIRST_BOUND;
    }
  }

  /// The change; beside it every client trains a model of its own, which is pulled towards the
  /// global one and never leaves it [1].
  ///
  /// @param lambda the pull, >= 0; 0 is training alone
  /// @see <a href="https://arxiv.org/abs/2012.04221">[1] Li et al., Ditto: Fair and Robust
  ///   Federated Learning Through Personalization</a>
  record Ditto(double lambda) implements ClientRule {
    public Ditto {
      if (!(lambda >= 0) || lambda == Double.POSITIVE_INFINITY) {
        throw new IllegalArgumentException("lambda: %s (expected: >= 0)".formatted(lambda));
      }
    }

    @Override
    public boolean remembers() {
      return true;
    }
  }

  /// How many vectors of the model's size travel beside the change.
  default int vectors() {
    return 0;
  }

  /// How many single numbers travel beside it.
  default int numbers() {
    return 0;
  }

  /// How many vectors of the model's size the coordinator sends beside the model.
  default int guides() {
    return 0;
  }

  /// Whether every client counts alike, instead of by its examples.
  default boolean uniform() {
    return false;
  }

  /// Whether a client keeps a vector of the model's size from round to round.
  default boolean remembers() {
    return false;
  }

  /// Whether what clients remember of what they sent has to add up to what the coordinator
  /// remembers of the sums: a difference would stay for the rest of the run.
  default boolean balances() {
    return false;
  }

  /// Whether it makes sense with these steps of training.
  ///
  /// @throws IllegalArgumentException if not
  default void requireFits(TrainConfig config) {}

  /// The largest magnitude of a single number in the first round.
  default float firstBound(TrainConfig config) {
    return 1;
  }

  private static void require(TrainConfig config, String rule, boolean holds, String expected) {
    if (!holds) {
      throw new IllegalArgumentException(
          "%s with optimiser %s and momentum %s (expected: %s)"
              .formatted(
                  rule, config.options().optimiser(), config.options().momentum(), expected));
    }
  }

  /// The tensors of what a client sends. `~` keeps their names apart from those of models.
  default ModelLayout upload(ModelLayout model) {
    if (vectors() + numbers() == 0) {
      return model;
    }
    List<TensorSpec> tensors = new ArrayList<>(model.tensors());
    for (int vector = 0; vector < vectors(); vector++) {
      for (int i = 0; i < model.tensors().size(); i++) {
        tensors.add(new TensorSpec("~%d.%d".formatted(vector, i), model.tensors().get(i).shape()));
      }
    }
    for (int number = 0; number < numbers(); number++) {
      tensors.add(new TensorSpec("~number.%d".formatted(number), List.of()));
    }
    return new ModelLayout(tensors);
  }

  /// The clips of the first round for all that a client sends: a vector is never larger than the
  /// change that it is made of.
  ///
  /// @param model the clips of the model's tensors
  default List<Float> firstClips(List<Float> model, TrainConfig config) {
    List<Float> clips = new ArrayList<>(model);
    for (int vector = 0; vector < vectors(); vector++) {
      clips.addAll(model);
    }
    clips.addAll(Collections.nCopies(numbers(), firstBound(config)));
    return List.copyOf(clips);
  }
}
