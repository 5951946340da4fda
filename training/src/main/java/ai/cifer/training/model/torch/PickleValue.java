package ai.cifer.training.model.torch;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a pickle of tensors may consist of; nothing here can act.
sealed interface PickleValue {

  /// Numbers, truth values and None, whose value no reader of tensors needs.
  record Scalar(long integer) implements PickleValue {
    static final Scalar NONE = new Scalar(0);
  }

  record Text(String text) implements PickleValue {}

  record Tuple(List<PickleValue> items) implements PickleValue {}

  /// A list; grows while it is read.
  record Listing(List<PickleValue> items) implements PickleValue {
    Listing() {
      this(new ArrayList<>());
    }
  }

  /// A dict or an OrderedDict; grows while it is read.
  final class Dict implements PickleValue {
    final Map<String, PickleValue> items = new LinkedHashMap<>();
  }

  /// The name of a class or function, which is never looked up.
  record Global(String name) implements PickleValue {}

  /// An object of TorchScript: a class that the file itself defines, and its attributes.
  final class Instance implements PickleValue {
    final String type;
    @Nullable Dict attributes;

    Instance(String type) {
      this.type = type;
    }
  }

  /// A part of the file that holds elements.
  ///
  /// @param type for example `FloatStorage`
  /// @param elements how many the pickle says it has
  record Storage(String type, String key, long elements) implements PickleValue {}

  /// @param offset of the first element in its storage, in elements
  record Tensor(Storage storage, long offset, List<Long> shape, List<Long> strides, boolean learns)
      implements PickleValue {}
}
