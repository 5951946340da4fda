package ai.cifer.node.coordinator;

import ai.cifer.fedlearn.train.GlobalModel;
import ai.cifer.fedlearn.train.Metrics;
import ai.cifer.fedlearn.train.Preprocessing;
import ai.cifer.fedlearn.train.TrainOptions;
import ai.cifer.fedlearn.train.Trainer;
import ai.cifer.fedlearn.train.TrainingException;
import ai.cifer.node.NodeException;
import ai.cifer.node.NodeException.Reason;
import ai.cifer.secagg.message.Outline;
import java.util.Optional;

/// The coordinator's data, on which the model is measured.
///
/// @param trainer reads them; empty if there are none
record OwnData(Optional<Trainer> trainer) {

  /// They go through the same steps as the clients'.
  void prepare(Preprocessing preprocessing) throws NodeException {
    if (trainer.isEmpty()) {
      return;
    }
    try {
      trainer.get().prepare(preprocessing);
    } catch (TrainingException failure) {
      throw new NodeException(Reason.DATASET_MISMATCH, failure);
    }
  }

  /// Looks whether they fit where nothing can be measured yet.
  void requireFit(Outline outline) throws NodeException {
    if (trainer.isEmpty()) {
      return;
    }
    try {
      trainer.get().requireFit(outline.architecture(), outline.layout(), outline.train());
    } catch (TrainingException failure) {
      throw NodeException.of(Reason.DATASET_MISMATCH, failure);
    }
  }

  Optional<Metrics> measure(GlobalModel model, TrainOptions options) throws NodeException {
    if (trainer.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(trainer.get().evaluate(model, options, Trainer.Progress.NONE));
    } catch (TrainingException failure) {
      throw NodeException.of(Reason.DATASET_MISMATCH, failure);
    }
  }
}
