package ai.cifer.fedlearn.local;

import ai.cifer.fedlearn.train.TrainConfig;

/// How much of a client's gradients its change adds up to.
final class LocalSteps {

  private LocalSteps() {}

  /// The sum of the weights with which `steps` gradients are in a change [1]: their number for
  /// plain descent; with momentum more; with a proximal term, which forgets, less.
  ///
  /// As the authors' code counts, `LocalNormalizingVec` of the optimiser `FedProx/FedNova`.
  ///
  /// @see <a href="https://github.com/JYWa/FedNova">[1] Wang et al., 2020: the code of FedNova</a>
  static double norm(long steps, TrainConfig config) {
    double momentum = config.options().momentum();
    double pull = config.learningRate() * config.options().proximal();
    if (momentum == 0 && pull == 0) {
      return steps;
    }
    double counter = 0;
    double norm = 0;
    for (long step = 0; step < steps; step++) {
      if (momentum != 0) {
        counter = counter * momentum + 1;
        norm += counter;
      }
      if (pull != 0) {
        norm = norm * (1 - pull) + 1;
      }
    }
    return norm;
  }
}
