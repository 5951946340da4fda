package ai.cifer.training.model.torch;

import ai.cifer.training.model.ElementType;
import java.io.IOException;
import java.util.Map;

/// What PyTorch calls the storages of each type.
final class StorageTypes {

  private static final Map<String, ElementType> BY_NAME =
      Map.ofEntries(
          Map.entry("DoubleStorage", ElementType.FLOAT64),
          Map.entry("FloatStorage", ElementType.FLOAT32),
          Map.entry("HalfStorage", ElementType.FLOAT16),
          Map.entry("BFloat16Storage", ElementType.BFLOAT16),
          Map.entry("LongStorage", ElementType.INT64),
          Map.entry("IntStorage", ElementType.INT32),
          Map.entry("ShortStorage", ElementType.INT16),
          Map.entry("CharStorage", ElementType.INT8),
          Map.entry("ByteStorage", ElementType.UINT8),
          Map.entry("BoolStorage", ElementType.BOOL),
          Map.entry("ComplexFloatStorage", ElementType.COMPLEX64));

  private StorageTypes() {}

  static boolean isKnown(String name) {
    return BY_NAME.containsKey(name);
  }

  static ElementType named(String name) throws IOException {
    ElementType found = BY_NAME.get(name);
    if (found == null) {
      throw new IOException("storage: %s (expected: one of %s)".formatted(name, BY_NAME.keySet()));
    }
    return found;
  }
}
