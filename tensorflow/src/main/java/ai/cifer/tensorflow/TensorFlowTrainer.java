package ai.cifer.tensorflow;

import ai.cifer.fedlearn.tensor.ModelLayout;
import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.fedlearn.train.Dataset;
import ai.cifer.fedlearn.train.Dataset.Batch;
import ai.cifer.fedlearn.train.GlobalModel;
import ai.cifer.fedlearn.train.Metrics;
import ai.cifer.fedlearn.train.Preprocessing;
import ai.cifer.fedlearn.train.Statistics;
import ai.cifer.fedlearn.train.TrainConfig;
import ai.cifer.fedlearn.train.TrainOptions;
import ai.cifer.fedlearn.train.Trainer;
import ai.cifer.fedlearn.train.TrainingException;
import ai.cifer.fedlearn.update.ClientUpdate;
import ai.cifer.training.data.Examples;
import ai.cifer.training.data.Seeds;
import ai.cifer.training.data.Table;
import ai.cifer.training.model.tensorflow.SavedModelFolder;
import ai.cifer.training.model.tensorflow.Signature;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Tensor;

/// Training by the graph itself: its signature `train` takes a batch, changes its variables and
/// gives the loss; `evaluate` gives loss and accuracy of one.
final class TensorFlowTrainer implements Trainer {

  private static final String TRAIN = "train";
  private static final String EVALUATE = "evaluate";
  private static final int EVALUATED = 250;
  private static final int CHUNK = 1 << 14;

  private final Table table;
  private final Path graph;
  private @Nullable Examples prepared;
  private Preprocessing steps = Preprocessing.NONE;

  /// @param table closed with this trainer
  /// @param graph the participant's own SavedModel
  TensorFlowTrainer(Table table, Path graph) {
    this.table = table;
    this.graph = graph;
  }

  @Override
  public long examples() {
    return prepared == null ? table.size() : prepared.size();
  }

  @Override
  public void prepare(Preprocessing preprocessing) throws TrainingException {
    if (prepared == null || !preprocessing.equals(steps)) {
      prepared = table.prepared(preprocessing);
      steps = preprocessing;
    }
  }

  private Examples dataset() throws TrainingException {
    if (prepared == null) {
      prepared = table.prepared(Preprocessing.NONE);
    }
    return prepared;
  }

  @Override
  public void requireFit(String architecture, ModelLayout layout, TrainConfig config)
      throws TrainingException {
    requireOwnSteps(config);
    Preprocessing wanted = config.preprocessing();
    prepare(
        Statistics.missing(wanted).isEmpty()
            ? wanted
            : Statistics.of(wanted, table.measuredWidths(wanted)).tried());
    SavedModelFolder folder = SavedGraphSession.checked(graph, architecture, layout);
    for (Signature signature : folder.signatures()) {
      if (signature.name().equals(TRAIN)) {
        feed(signature);
        return;
      }
    }
    throw new TrainingException(
        "graph_path %s: no signature train (expected: one with the inputs x and y and the output loss; it has %s)"
            .formatted(graph, folder.signatures().stream().map(Signature::name).toList()));
  }

  private Feed feed(Signature signature) throws TrainingException {
    Dataset dataset = dataset();
    return new Feed(signature, dataset.exampleShape(), dataset.target().perExample());
  }

  /// How a step is made is written in the graph: an option would be lost without a word.
  private static void requireOwnSteps(TrainConfig config) throws TrainingException {
    TrainOptions own =
        config.options().toBuilder()
            .local(List.of())
            .buffers(TrainOptions.DEFAULT.buffers())
            .build();
    if (!own.equals(TrainOptions.DEFAULT)) {
      throw new TrainingException(
          "options of training: %s (expected: the defaults, since the graph makes its steps itself; leave out optimiser, proximal and the like, and the strategies that set them)"
              .formatted(config.options()));
    }
  }

  @Override
  public List<Integer> measuredWidths(Preprocessing preprocessing) throws TrainingException {
    return table.measuredWidths(preprocessing);
  }

  @Override
  public ClientUpdate measure(GlobalModel before, Preprocessing preprocessing, Progress progress)
      throws TrainingException {
    return table.measured(
        preprocessing, before.tensors(), Statistics.wave(before.architecture()), progress);
  }

  @Override
  public Set<String> buffers(GlobalModel global) throws TrainingException {
    return Set.copyOf(
        SavedGraphSession.checked(graph, global.architecture(), global.tensors().layout())
            .buffers());
  }

  @Override
  public ClientUpdate train(GlobalModel global, TrainConfig config, Progress progress)
      throws TrainingException {
    requireOwnSteps(config);
    Dataset dataset = dataset();
    RandomGenerator order = Seeds.generator(config.seed());
    RandomGenerator seeds = Seeds.generator(~config.seed());
    try (SavedGraphSession session = SavedGraphSession.open(global, graph)) {
      Feed feed = feed(session.signature(TRAIN));
      long total = dataset.size() * config.localEpochs();
      long done = 0;
      long taken = 0;
      for (int epoch = 0; epoch < config.localEpochs(); epoch++) {
        try (Dataset.Batches batches = dataset.batches(config.batchSize(), order)) {
          for (Batch batch = batches.next(); batch != null; batch = batches.next()) {
            Map<String, Tensor> inputs =
                feed.of(batch, config.learningRate(), seeds.nextLong(Long.MAX_VALUE));
            run(session, TRAIN, inputs, List.of("loss"));
            taken++;
            done += batch.size();
            progress.at(done, total);
          }
        }
      }
      try (Tensors trained = session.values()) {
        return new ClientUpdate(change(global.tensors(), trained), dataset.size(), taken);
      }
    }
  }

  private static double[] run(
      SavedGraphSession session, String name, Map<String, Tensor> inputs, List<String> wanted)
      throws TrainingException {
    try {
      return session.run(name, inputs, wanted);
    } finally {
      inputs.values().forEach(Tensor::close);
    }
  }

  private static Tensors change(Tensors before, Tensors after) throws TrainingException {
    ModelLayout layout = before.layout();
    if (!after.layout().equals(layout)) {
      throw new TrainingException(
          "variables that the graph saves: %s (expected: %s)".formatted(after.layout(), layout));
    }
    Tensors change = Tensors.allocate(layout);
    float[] now = new float[CHUNK];
    float[] then = new float[CHUNK];
    for (long at = 0; at < layout.parameters(); at += CHUNK) {
      int count = (int) Math.min(CHUNK, layout.parameters() - at);
      after.read(at, now, count);
      before.read(at, then, count);
      for (int i = 0; i < count; i++) {
        now[i] -= then[i];
      }
      change.write(at, now, count);
    }
    return change;
  }

  @Override
  public Metrics evaluate(GlobalModel global, TrainOptions options, Progress progress)
      throws TrainingException {
    Dataset dataset = dataset();
    try (SavedGraphSession session = SavedGraphSession.open(global, graph);
        Dataset.Batches batches = dataset.batches(EVALUATED, null)) {
      Feed feed = feed(session.signature(EVALUATE));
      double loss = 0;
      double accuracy = 0;
      long done = 0;
      for (Batch batch = batches.next(); batch != null; batch = batches.next()) {
        double[] means = run(session, EVALUATE, feed.of(batch, 0, 0), List.of("loss", "accuracy"));
        loss += means[0] * batch.size();
        accuracy += means[1] * batch.size();
        done += batch.size();
        progress.at(done, dataset.size());
      }
      return new Metrics(done, loss / done, accuracy / done);
    }
  }

  @Override
  public void close() {
    table.close();
  }
}
