package ai.cifer.training.model.torch;

import ai.cifer.fedlearn.tensor.TensorSpec;
import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.fedlearn.train.GlobalModel;
import ai.cifer.training.model.ElementType;
import ai.cifer.training.model.PlacedModel;
import ai.cifer.training.model.PlacedTensor;
import ai.cifer.training.model.RewrittenFile;
import ai.cifer.training.model.ZipParts;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// A `.pt` or `.pth` file of PyTorch 1.6 or newer: a zip with a pickle that describes tensors,
/// their elements in stored members, and in TorchScript the code of the network, which is never run
/// here.
///
/// ```
/// NAME/data.pkl   the object: a dict of tensors, or in TorchScript a tree of modules
/// NAME/data/KEY   the elements of one storage
/// NAME/code/...   TorchScript only
/// ```
///
/// @param model its tensors, named by their path in the object
/// @param learning the names of those that a TorchScript module trains; its other tensors are
///   buffers
/// @param graph the digest of the code, if it is TorchScript
public record TorchFile(PlacedModel model, Set<String> learning, Optional<String> graph) {

  private static final int MAX_DEPTH = 64;
  private static final int MAX_TENSORS = 200_000;
  private static final String DESCRIPTION = "/data.pkl";

  /// Reads the description of the tensors.
  ///
  /// @throws IOException if it is malformed or names anything but tensors
  public static TorchFile read(Path file) throws IOException {
    ZipParts zip = ZipParts.read(file);
    String root = root(zip);
    boolean little =
        !zip.members().containsKey(root + "/byteorder")
            || new String(
                    zip.bytes(root + "/byteorder", 16), java.nio.charset.StandardCharsets.US_ASCII)
                .equals("little");
    if (!little) {
      throw new IOException("byteorder: big (expected: little)");
    }
    Optional<String> graph = GraphDigest.of(zip, root);
    PickleValue description =
        TensorPickle.read(zip.bytes(root + DESCRIPTION, TensorPickle.MAX_BYTES), graph.isPresent());
    var collected = new Collected(zip, root);
    collected.add("", "", description, 0);
    String architecture =
        graph.map(digest -> "torchscript:" + digest).orElse(GlobalModel.TENSORS_ONLY);
    return new TorchFile(
        new PlacedModel(architecture, collected.tensors), collected.learning, graph);
  }

  private static String root(ZipParts zip) throws IOException {
    for (String name : zip.members().keySet()) {
      if (name.endsWith(DESCRIPTION) && name.indexOf('/') == name.length() - DESCRIPTION.length()) {
        return name.substring(0, name.length() - DESCRIPTION.length());
      }
    }
    throw new IOException("no member data.pkl (expected: a file that torch.save wrote)");
  }

  /// Writes this file with other values.
  public void rewrite(Path original, Tensors values, Path target) throws IOException {
    RewrittenFile.write(
        original,
        target,
        draft -> {
          model.replace(values, _ -> draft);
          ZipParts zip = ZipParts.read(draft);
          String storages = root(zip) + "/data/";
          for (String name : zip.members().keySet()) {
            if (name.startsWith(storages)) {
              zip.reseal(draft, name);
            }
          }
        });
  }

  /// Walks the object and keeps the tensors.
  private static final class Collected {
    private final ZipParts zip;
    private final String root;
    private final List<PlacedTensor> tensors = new ArrayList<>();
    private final Set<String> learning = new LinkedHashSet<>();
    private final Set<PickleValue> open = Collections.newSetFromMap(new IdentityHashMap<>());
    private int visited;

    Collected(ZipParts zip, String root) {
      this.zip = zip;
      this.root = root;
    }

    void add(String parent, String key, PickleValue value, int depth) throws IOException {
      if (depth > MAX_DEPTH || ++visited > MAX_TENSORS) {
        throw new IOException("more than %d values or %d levels".formatted(MAX_TENSORS, MAX_DEPTH));
      }
      switch (value) {
        case PickleValue.Tensor tensor -> {
          String path = join(parent, key);
          place(path.isEmpty() ? "tensor" : path, tensor);
        }
        case PickleValue.Dict dict -> children(join(parent, key), value, dict.items, depth);
        case PickleValue.Instance instance when instance.attributes != null ->
            children(join(parent, key), value, instance.attributes.items, depth);
        case PickleValue.Listing list -> {
          String path = join(parent, key);
          int index = 0;
          for (PickleValue item : list.items()) {
            add(path, Integer.toString(index++), item, depth + 1);
          }
        }
        default -> {
          // Settings of the network or of the training: kept as the file has them.
        }
      }
    }

    private void children(
        String path, PickleValue parent, Map<String, PickleValue> items, int depth)
        throws IOException {
      if (!open.add(parent)) {
        throw new IOException("%s contains itself".formatted(path.isEmpty() ? "the object" : path));
      }
      for (var item : items.entrySet()) {
        add(path, item.getKey(), item.getValue(), depth + 1);
      }
      open.remove(parent);
    }

    /// A key may be remembered and used on each level of thousands of tensors.
    private static String join(String path, String key) throws IOException {
      int length = path.length() + 1 + key.length();
      if (length > TensorSpec.MAX_NAME_LENGTH) {
        throw new IOException(
            "a name of %d characters (expected: <= %d)"
                .formatted(length, TensorSpec.MAX_NAME_LENGTH));
      }
      return path.isEmpty() ? key : path + "." + key;
    }

    private void place(String name, PickleValue.Tensor tensor) throws IOException {
      String member = root + "/data/" + tensor.storage().key();
      ZipParts.Member storage = zip.members().get(member);
      if (storage == null || !storage.stored()) {
        throw new IOException(
            "storage of %s: %s (expected: a stored member %s)"
                .formatted(name, storage == null ? "missing" : "compressed", member));
      }
      ElementType type = StorageTypes.named(tensor.storage().type());
      try {
        long offset =
            Math.addExact(storage.offset(), Math.multiplyExact(tensor.offset(), type.bytes()));
        PlacedTensor placed =
            PlacedTensor.checked(
                name,
                type,
                tensor.shape().stream().map(Math::toIntExact).toList(),
                zip.file(),
                offset,
                tensor.strides());
        placed.requireWithin(storage.offset(), storage.offset() + storage.size());
        tensors.add(placed);
      } catch (ArithmeticException absurd) {
        throw new IOException(
            "shape of %s: %s from %d".formatted(name, tensor.shape(), tensor.offset()), absurd);
      }
      if (tensor.learns()) {
        learning.add(name);
      }
    }
  }
}
