package ai.cifer.fedlearn.local;

import ai.cifer.fedlearn.tensor.ModelLayout;
import ai.cifer.fedlearn.tensor.TensorSpec;
import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.fedlearn.train.GlobalModel;
import ai.cifer.fedlearn.train.TrainOptions;
import ai.cifer.fedlearn.train.TrainOptions.Buffers;
import ai.cifer.fedlearn.train.Trainer;
import ai.cifer.fedlearn.train.TrainingException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The tensors that a client does not share: its training starts from its own values of them, its
/// update holds zeros in their place, and it remembers what they became.
public final class LocalTensors {

  private static final System.Logger LOG = System.getLogger(LocalTensors.class.getName());
  private static final String NAME = "local";

  private final Trainer trainer;
  private final ClientMemory memory;
  private @Nullable Set<String> buffers;
  private Set<String> told = Set.of();

  LocalTensors(Trainer trainer, ClientMemory memory) {
    this.trainer = trainer;
    this.memory = memory;
  }

  /// What a client's training starts from.
  public static final class Start implements AutoCloseable {
    private final GlobalModel model;
    private final @Nullable Tensors copy;
    private final List<Integer> local;
    private final @Nullable ClientMemory memory;

    private Start(
        GlobalModel model,
        @Nullable Tensors copy,
        List<Integer> local,
        @Nullable ClientMemory memory) {
      this.model = model;
      this.copy = copy;
      this.local = local;
      this.memory = memory;
    }

    /// A model that is closed with this.
    static Start of(GlobalModel own) {
      return new Start(own, own.tensors(), List.of(), null);
    }

    public GlobalModel model() {
      return model;
    }

    /// Remembers what the local tensors became, and takes them out of the change.
    void keep(Tensors change) throws IOException {
      if (memory == null || local.isEmpty()) {
        return;
      }
      ModelLayout layout = model.tensors().layout();
      try (Tensors after = memory.after(NAME, only(layout, local))) {
        long at = 0;
        for (int tensor : local) {
          float[] values = model.tensors().values(tensor);
          float[] changes = new float[values.length];
          change.read(layout.offset(tensor), changes, changes.length);
          for (int i = 0; i < values.length; i++) {
            values[i] += changes[i];
          }
          after.write(at, values, values.length);
          change.write(layout.offset(tensor), new float[values.length], values.length);
          at += values.length;
        }
        after.force();
      }
    }

    @Override
    public void close() {
      if (copy != null) {
        copy.close();
      }
    }
  }

  /// The global model with this client's own values in it.
  Start start(GlobalModel global, TrainOptions options) throws TrainingException, IOException {
    List<Integer> local = local(global, options);
    if (local.isEmpty()) {
      return new Start(global, null, local, memory);
    }
    ModelLayout layout = global.tensors().layout();
    Optional<Tensors> before = memory.before(NAME, only(layout, local));
    if (before.isEmpty()) {
      return new Start(global, null, local, memory);
    }
    try (Tensors own = before.get()) {
      Tensors copy = memory.scratch(layout);
      Ranges.copy(global.tensors(), 0, copy, 0, layout.parameters());
      long at = 0;
      for (int tensor : local) {
        long size = layout.tensors().get(tensor).size();
        Ranges.copy(own, at, copy, layout.offset(tensor), size);
        at += size;
      }
      return new Start(new GlobalModel(global.architecture(), copy), copy, local, memory);
    }
  }

  private static ModelLayout only(ModelLayout layout, List<Integer> tensors) {
    return new ModelLayout(tensors.stream().map(layout.tensors()::get).toList());
  }

  private List<Integer> local(GlobalModel global, TrainOptions options) throws TrainingException {
    List<TensorSpec> tensors = global.tensors().layout().tensors();
    Set<String> names;
    try {
      names = options.requireLocal(global.tensors().layout());
    } catch (IllegalArgumentException unfit) {
      throw new TrainingException(String.valueOf(unfit.getMessage()), unfit);
    }
    if (options.buffers() != Buffers.SHARED) {
      names.addAll(buffers(global));
    }
    if (options.buffers() == Buffers.LOCAL_LAYERS) {
      Set<String> layers =
          buffers(global).stream()
              .map(LocalTensors::layer)
              .filter(layer -> !layer.isEmpty())
              .collect(Collectors.toSet());
      tensors.stream()
          .map(TensorSpec::name)
          .filter(name -> layers.contains(layer(name)))
          .forEach(names::add);
      requireSome(names);
    }
    tell(names);
    List<Integer> local = new ArrayList<>();
    for (int i = 0; i < tensors.size(); i++) {
      if (names.contains(tensors.get(i).name())) {
        local.add(i);
      }
    }
    if (local.size() == tensors.size()) {
      throw new TrainingException(
          "local: all %d tensors of the model (expected: some that are shared)"
              .formatted(tensors.size()));
    }
    return local;
  }

  private static void requireSome(Set<String> names) throws TrainingException {
    if (names.isEmpty()) {
      throw new TrainingException(
          "buffers: local-layers, but the network has none (expected: batch normalisation, or names in local)");
    }
  }

  private Set<String> buffers(GlobalModel global) throws TrainingException {
    Set<String> known = buffers;
    if (known == null) {
      known = Set.copyOf(trainer.buffers(global));
      buffers = known;
    }
    return known;
  }

  /// `bn.running_mean` and `bn/moving_mean` are of the layer `bn`.
  private static String layer(String name) {
    return name.substring(0, Math.max(0, Math.max(name.lastIndexOf('.'), name.lastIndexOf('/'))));
  }

  /// Says once what stays here, for what is lost silently is found late.
  private void tell(Set<String> names) {
    if (!names.equals(told)) {
      LOG.log(System.Logger.Level.INFO, "stays with this client: {0}", names);
      told = names;
    }
  }
}
