/// The words of federated learning: tensors, rounds, updates, trainers, strategies, history. JDK
/// only.
module ai.cifer.fedlearn {
  requires static transitive org.jspecify;

  exports ai.cifer.fedlearn.tensor;
  exports ai.cifer.fedlearn.round;
  exports ai.cifer.fedlearn.update;
  exports ai.cifer.fedlearn.train;
  exports ai.cifer.fedlearn.strategy;
  exports ai.cifer.fedlearn.history;
  exports ai.cifer.fedlearn.local;
  exports ai.cifer.fedlearn.privacy;
}
