package ai.cifer.training.model.keras;

import ai.cifer.training.model.ElementType;
import ai.cifer.training.model.PlacedTensor;
import io.jhdf.HdfFile;
import io.jhdf.api.Attribute;
import io.jhdf.api.Dataset;
import io.jhdf.api.Group;
import io.jhdf.api.Node;
import io.jhdf.api.dataset.ContiguousDataset;
import io.jhdf.object.datatype.DataType;
import io.jhdf.object.datatype.FixedPoint;
import io.jhdf.object.datatype.FloatingPoint;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Where the datasets of an HDF5 file lie.
///
/// A hostile file may nest, link in circles or point anywhere: depth and count are bounded, links
/// are refused, a group is entered once, and every place is checked against the file.
final class HdfPlaces {

  private static final int MAX_DEPTH = 16;
  private static final int MAX_NODES = 50_000;

  private static final ValueLayout.OfLong U64 =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final HdfFile hdf;
  private final Path file;
  private final long from;
  private final long to;

  /// @param file which holds the HDF5 file from byte `from` to byte `to`
  HdfPlaces(HdfFile hdf, Path file, long from, long to) {
    this.hdf = hdf;
    this.file = file;
    this.from = from;
    this.to = to;
  }

  /// Reads with jhdf, which answers malformed bytes with exceptions of many kinds.
  @FunctionalInterface
  interface Reading<T> {
    T get() throws IOException;
  }

  static <T> T guarded(Reading<T> reading) throws IOException {
    try {
      return reading.get();
    } catch (RuntimeException | StackOverflowError malformed) {
      throw new IOException("HDF5: malformed: " + malformed.getMessage(), malformed);
    } catch (OutOfMemoryError absurd) {
      throw new IOException("HDF5: malformed: a size beyond memory", absurd);
    }
  }

  /// Looks whether the file is as long as its first block says: what a library does not read may be
  /// missing all the same.
  ///
  /// @param bytes the HDF5 file
  /// @see <a href="https://support.hdfgroup.org/documentation/hdf5/latest/_f_m_t3.html">HDF5 file
  ///   format, II.A: superblock</a>
  static void requireWhole(MemorySegment bytes) throws IOException {
    // Version 0 and 1 have the end at byte 40 or 44, 2 and 3 at byte 28.
    if (bytes.byteSize() < 48) {
      throw new IOException("HDF5: truncated");
    }
    int version = bytes.get(ValueLayout.JAVA_BYTE, 8);
    long end = bytes.get(U64, version >= 2 ? 28 : version == 1 ? 44 : 40);
    if (end < 0 || end > bytes.byteSize()) {
      throw new IOException(
          "HDF5: %d bytes (expected: %s)".formatted(bytes.byteSize(), Long.toUnsignedString(end)));
    }
  }

  /// A text of the root, for example `model_config`.
  Optional<String> text(String attribute, int limit) throws IOException {
    return guarded(() -> {
      Attribute found = hdf.getAttributes().get(attribute);
      if (found == null) {
        return Optional.empty();
      }
      if (found.getSizeInBytes() > limit || !found.isScalar()) {
        throw new IOException(
            "attribute %s: %d bytes (expected: one text)"
                .formatted(attribute, found.getSizeInBytes()));
      }
      if (found.getData() instanceof String text && text.length() <= limit) {
        return Optional.of(text);
      }
      throw new IOException("attribute %s: no text".formatted(attribute));
    });
  }

  /// All datasets by their path, in the order of the file.
  Map<String, PlacedTensor> all() throws IOException {
    return guarded(() -> {
      if (hdf.getUserBlockSize() != 0) {
        throw new IOException("HDF5: a user block (expected: none)");
      }
      Map<String, PlacedTensor> found = new LinkedHashMap<>();
      walk("", hdf, 0, new HashSet<>(), found);
      return found;
    });
  }

  private void walk(
      String path, Group group, int depth, Set<Long> entered, Map<String, PlacedTensor> found)
      throws IOException {
    if (depth > MAX_DEPTH || entered.size() > MAX_NODES || !entered.add(group.getAddress())) {
      throw new IOException(
          "HDF5: group '%s' is in itself, too deep or one too many".formatted(path));
    }
    for (Node node : group.getChildren().values()) {
      String name = path.isEmpty() ? node.getName() : path + "/" + node.getName();
      if (node.isLink()) {
        throw new IOException("HDF5: %s is a link (expected: none)".formatted(name));
      }
      if (node instanceof Group child) {
        walk(name, child, depth + 1, entered, found);
      } else if (node instanceof Dataset dataset) {
        place(name, dataset).ifPresent(placed -> found.put(name, placed));
      }
      if (found.size() > MAX_NODES) {
        throw new IOException("HDF5: more than %d datasets".formatted(MAX_NODES));
      }
    }
  }

  /// Empty for what holds no numbers.
  private Optional<PlacedTensor> place(String name, Dataset dataset) throws IOException {
    Optional<ElementType> type = type(name, dataset.getDataType());
    if (type.isEmpty() || dataset.isEmpty()) {
      return Optional.empty();
    }
    if (!(dataset instanceof ContiguousDataset contiguous)) {
      throw new IOException(
          "HDF5: dataset %s: %s (expected: contiguous, as Keras writes it)"
              .formatted(name, dataset.getDataLayout()));
    }
    List<Integer> shape = new ArrayList<>();
    for (long dimension : dataset.getDimensionsAsLong()) {
      shape.add(Math.clamp(dimension, -1, Integer.MAX_VALUE));
    }
    long address = contiguous.getDataAddress();
    PlacedTensor placed = PlacedTensor.dense(name, type.get(), shape, file, from + address);
    if (placed.size() > 0) {
      placed.requireWithin(from, to);
    }
    return Optional.of(placed);
  }

  private static Optional<ElementType> type(String name, DataType type) throws IOException {
    boolean little =
        switch (type) {
          case FloatingPoint floating -> floating.getByteOrder().equals(ByteOrder.LITTLE_ENDIAN);
          case FixedPoint fixed -> fixed.getByteOrder().equals(ByteOrder.LITTLE_ENDIAN);
          default -> true;
        };
    if (!little && type.getSize() > 1) {
      throw new IOException("HDF5: dataset %s: big endian (expected: little)".formatted(name));
    }
    return switch (type) {
      case FloatingPoint floating ->
          switch (floating.getSize()) {
            case 2 -> Optional.of(ElementType.FLOAT16);
            case 4 -> Optional.of(ElementType.FLOAT32);
            case 8 -> Optional.of(ElementType.FLOAT64);
            default -> Optional.empty();
          };
      case FixedPoint fixed ->
          switch (fixed.getSize()) {
            case 1 -> Optional.of(fixed.isSigned() ? ElementType.INT8 : ElementType.UINT8);
            case 2 -> Optional.of(fixed.isSigned() ? ElementType.INT16 : ElementType.UINT16);
            case 4 -> Optional.of(fixed.isSigned() ? ElementType.INT32 : ElementType.UINT32);
            case 8 -> Optional.of(fixed.isSigned() ? ElementType.INT64 : ElementType.UINT64);
            default -> Optional.empty();
          };
      default -> Optional.empty();
    };
  }
}
