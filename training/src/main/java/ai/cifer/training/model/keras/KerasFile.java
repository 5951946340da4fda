package ai.cifer.training.model.keras;

import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.fedlearn.train.GlobalModel;
import ai.cifer.training.model.PlacedModel;
import ai.cifer.training.model.PlacedTensor;
import ai.cifer.training.model.RewrittenFile;
import ai.cifer.training.model.ZipParts;
import io.jhdf.HdfFile;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A file of Keras.
///
/// ```
/// .h5          attribute model_config; model_weights/LAYER/.../VARIABLE   (Keras 2: VARIABLE:0)
/// .keras       zip: config.json; model.weights.h5
/// .weights.h5  layers/TYPE[_N]/[cell/]vars/INDEX; no config
/// ```
///
/// With a config, weights are named `LAYER/VARIABLE` in the order of the layers, whichever file
/// they are in; without, by their path.
///
/// @param model the weights
/// @param network the layers, if the file has them
record KerasFile(PlacedModel model, Optional<KerasNetwork> network) {

  private static final String CONFIG = "config.json";
  private static final String WEIGHTS = "model.weights.h5";

  static KerasFile read(Path file) throws IOException {
    if (file.toString().endsWith(".keras")) {
      return zipped(file);
    }
    try (Arena arena = Arena.ofShared();
        FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      HdfPlaces.requireWhole(channel.map(MapMode.READ_ONLY, 0, channel.size(), arena));
      try (HdfFile hdf = HdfPlaces.guarded(() -> new HdfFile(file))) {
        var places = new HdfPlaces(hdf, file, 0, channel.size());
        Optional<String> config = places.text("model_config", KerasNetwork.MAX_BYTES);
        Map<String, PlacedTensor> all = places.all();
        if (config.isEmpty()) {
          return unnamed(all);
        }
        KerasNetwork network = KerasConfig.read(config.get());
        return named(network, KerasWeights.ofModel(network, all));
      }
    }
  }

  private static KerasFile zipped(Path file) throws IOException {
    ZipParts zip = ZipParts.read(file);
    KerasNetwork network =
        KerasConfig.read(
            new String(zip.bytes(CONFIG, KerasNetwork.MAX_BYTES), StandardCharsets.UTF_8));
    ZipParts.Member weights = zip.members().get(WEIGHTS);
    if (weights == null || !weights.stored() || weights.size() > Integer.MAX_VALUE) {
      throw new IOException(
          "%s: %s (expected: a stored member below 2 GB; save larger models as .h5)"
              .formatted(WEIGHTS, weights == null ? "missing" : weights));
    }
    try (Arena arena = Arena.ofShared();
        FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      MemorySegment part = channel.map(MapMode.READ_ONLY, weights.offset(), weights.size(), arena);
      HdfPlaces.requireWhole(part);
      ByteBuffer bytes = part.asByteBuffer();
      try (HdfFile hdf = HdfPlaces.guarded(() -> HdfFile.fromByteBuffer(bytes))) {
        var places = new HdfPlaces(hdf, file, weights.offset(), weights.offset() + weights.size());
        return named(network, KerasWeights.ofCheckpoint(network, places.all()));
      }
    }
  }

  private static KerasFile named(KerasNetwork network, List<PlacedTensor> tensors)
      throws IOException {
    return new KerasFile(new PlacedModel(network.architecture(), tensors), Optional.of(network));
  }

  private static KerasFile unnamed(Map<String, PlacedTensor> all) throws IOException {
    List<PlacedTensor> tensors = new ArrayList<>();
    all.forEach((path, tensor) -> {
      if (!path.startsWith("optimizer")) {
        tensors.add(tensor);
      }
    });
    return new KerasFile(new PlacedModel(GlobalModel.TENSORS_ONLY, tensors), Optional.empty());
  }

  void rewrite(Path original, Tensors values, Path target) throws IOException {
    RewrittenFile.write(
        original,
        target,
        draft -> {
          model.replace(values, _ -> draft);
          if (original.toString().endsWith(".keras")) {
            ZipParts.read(draft).reseal(draft, WEIGHTS);
          }
        });
  }
}
