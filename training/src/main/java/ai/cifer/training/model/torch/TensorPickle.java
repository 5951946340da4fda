package ai.cifer.training.model.torch;

import ai.cifer.fedlearn.tensor.TensorSpec;
import ai.cifer.training.model.torch.PickleValue.Dict;
import ai.cifer.training.model.torch.PickleValue.Global;
import ai.cifer.training.model.torch.PickleValue.Instance;
import ai.cifer.training.model.torch.PickleValue.Listing;
import ai.cifer.training.model.torch.PickleValue.Scalar;
import ai.cifer.training.model.torch.PickleValue.Storage;
import ai.cifer.training.model.torch.PickleValue.Tensor;
import ai.cifer.training.model.torch.PickleValue.Text;
import ai.cifer.training.model.torch.PickleValue.Tuple;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;

/// Reads the pickles in which PyTorch describes tensors.
///
/// A pickle is a program, and Python's reader runs whatever it names. This one knows the few
/// instructions that tensors need, looks no name up, and stops at the first name outside
/// [#ALLOWED]: whatever the file asks for, nothing is called.
///
/// @see <a href="https://github.com/python/cpython/blob/3.13/Lib/pickletools.py">pickletools: the
///   instructions</a>
/// @see <a href="https://github.com/pytorch/pytorch/blob/v2.7.1/torch/_weights_only_unpickler.py">
///   PyTorch's own restricted reader</a>
final class TensorPickle {

  /// A description of 20,000 tensors has about 4 MB and fewer values than the limit below.
  static final int MAX_BYTES = 16 << 20;

  /// Bounds the memory: an empty list costs one byte in the file and some forty in here.
  private static final int MAX_VALUES = 400_000;

  /// To remember a value costs one byte in the file, too. PyTorch remembers each at most once.
  private static final int MAX_REMEMBERED = MAX_VALUES;

  /// Names of classes are put together anew from remembered texts, at five bytes a name.
  private static final int MAX_NAME_LENGTH = 1024;

  private static final String TENSOR = "torch._utils._rebuild_tensor_v2";
  private static final String PARAMETER = "torch._utils._rebuild_parameter";
  private static final String DICT = "collections.OrderedDict";
  private static final Set<String> ALLOWED = Set.of(TENSOR, PARAMETER, DICT);

  /// Classes that a TorchScript file defines itself.
  private static final String SCRIPTED = "__torch__.";

  /// What TorchScript wraps its lists in: each gives back its first argument.
  private static final Set<String> LISTS =
      Set.of(
          "torch.jit._pickle.build_intlist",
          "torch.jit._pickle.build_doublelist",
          "torch.jit._pickle.build_boollist",
          "torch.jit._pickle.build_tensorlist",
          "torch.jit._pickle.restore_type_tag");

  private static final PickleValue MARK = new Global("(mark)");

  private final ByteBuffer in;
  private final boolean scripted;
  private final List<PickleValue> stack = new ArrayList<>();
  private final Map<Integer, PickleValue> memo = new HashMap<>();
  private int values;

  private TensorPickle(byte[] bytes, boolean scripted) {
    in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    this.scripted = scripted;
  }

  /// @param scripted whether objects of classes that the file defines are allowed
  /// @throws IOException if it is malformed, too large, or names what is not allowed
  static PickleValue read(byte[] bytes, boolean scripted) throws IOException {
    try {
      return new TensorPickle(bytes, scripted).run();
    } catch (BufferUnderflowException
        | IndexOutOfBoundsException
        | NoSuchElementException truncated) {
      throw new IOException("pickle: truncated or unbalanced", truncated);
    }
  }

  private PickleValue run() throws IOException {
    while (true) {
      int code = Byte.toUnsignedInt(in.get());
      if (code == '.') {
        return pop();
      }
      step(code);
    }
  }

  private void step(int code) throws IOException {
    switch (code) {
      case 0x80 -> in.get();
      case 0x95 -> in.getLong();
      case '(' -> push(MARK);
      case 'N' -> push(Scalar.NONE);
      case 0x88 -> push(new Scalar(1));
      case 0x89 -> push(new Scalar(0));
      case 'J' -> push(new Scalar(in.getInt()));
      case 'K' -> push(new Scalar(Byte.toUnsignedInt(in.get())));
      case 'M' -> push(new Scalar(Short.toUnsignedInt(in.getShort())));
      case 0x8a -> push(longInteger());
      case 'G' -> push(new Scalar((long) Double.longBitsToDouble(Long.reverseBytes(in.getLong()))));
      case 'X' -> push(text(in.getInt()));
      case 0x8c -> push(text(Byte.toUnsignedInt(in.get())));
      case ']' -> push(new Listing());
      case '}' -> push(new Dict());
      case ')' -> push(new Tuple(List.of()));
      case 't' -> push(new Tuple(popToMark()));
      case 0x85 -> push(tuple(1));
      case 0x86 -> push(tuple(2));
      case 0x87 -> push(tuple(3));
      case 'a' -> append(List.of(pop()));
      case 'e' -> append(popToMark());
      case 's' -> {
        PickleValue value = pop();
        put(List.of(pop(), value));
      }
      case 'u' -> put(popToMark());
      case 'q' -> remember(Byte.toUnsignedInt(in.get()));
      case 'r' -> remember(in.getInt());
      case 0x94 -> remember(memo.size());
      case 'h' -> push(remembered(Byte.toUnsignedInt(in.get())));
      case 'j' -> push(remembered(in.getInt()));
      case 'c' -> push(global(line(), line()));
      case 0x93 -> {
        String name = requireText(pop());
        push(global(requireText(pop()), name));
      }
      case 'R' -> {
        PickleValue arguments = pop();
        push(call(pop(), arguments));
      }
      case 0x81 -> {
        pop();
        push(instance(pop()));
      }
      case 'b' -> {
        PickleValue state = pop();
        build(peek(), state);
      }
      case 'Q' -> push(storage(pop()));
      default ->
          throw new IOException(
              "pickle: instruction 0x%02x at byte %d (expected: those that tensors need)"
                  .formatted(code, in.position() - 1));
    }
  }

  private void push(PickleValue value) throws IOException {
    if (++values > MAX_VALUES) {
      throw new IOException(
          "pickle: more than %d values (expected: <= that)".formatted(MAX_VALUES));
    }
    stack.add(value);
  }

  private PickleValue pop() throws IOException {
    PickleValue value = stack.removeLast();
    if (value == MARK) {
      throw new IOException("pickle: unbalanced");
    }
    return value;
  }

  private PickleValue peek() {
    return stack.getLast();
  }

  private List<PickleValue> popToMark() throws IOException {
    int mark = stack.size() - 1;
    while (stack.get(mark) != MARK) {
      mark--;
    }
    List<PickleValue> above = stack.subList(mark + 1, stack.size());
    List<PickleValue> popped = List.copyOf(above);
    stack.subList(mark, stack.size()).clear();
    return popped;
  }

  private Tuple tuple(int count) throws IOException {
    PickleValue[] items = new PickleValue[count];
    for (int i = count - 1; i >= 0; i--) {
      items[i] = pop();
    }
    return new Tuple(List.of(items));
  }

  private Scalar longInteger() throws IOException {
    byte[] little = new byte[Byte.toUnsignedInt(in.get())];
    in.get(little);
    byte[] big = new byte[little.length + 1];
    for (int i = 0; i < little.length; i++) {
      big[little.length - i] = little[i];
    }
    if (little.length > 0 && little[little.length - 1] < 0) {
      big[0] = -1;
    }
    BigInteger value = new BigInteger(big);
    return new Scalar(value.bitLength() < Long.SIZE ? value.longValue() : -1);
  }

  private Text text(int length) throws IOException {
    if (length < 0 || length > in.remaining()) {
      throw new IOException("pickle: a text of %d bytes".formatted(length));
    }
    byte[] bytes = new byte[length];
    in.get(bytes);
    return new Text(new String(bytes, StandardCharsets.UTF_8));
  }

  private String line() {
    int from = in.position();
    while (in.get() != '\n') {
      // Moves on.
    }
    return new String(in.array(), from, in.position() - from - 1, StandardCharsets.UTF_8);
  }

  private void remember(int index) throws IOException {
    memo.put(index, peek());
    if (memo.size() > MAX_REMEMBERED) {
      throw new IOException(
          "pickle: more than %d values remembered (expected: <= that)".formatted(MAX_REMEMBERED));
    }
  }

  private PickleValue remembered(int index) throws IOException {
    PickleValue found = memo.get(index);
    if (found == null) {
      throw new IOException("pickle: nothing remembered as %d".formatted(index));
    }
    return found;
  }

  private void append(List<PickleValue> items) throws IOException {
    if (!(peek() instanceof Listing listing)) {
      throw new IOException("pickle: append to what is no list");
    }
    listing.items().addAll(items);
  }

  private void put(List<PickleValue> pairs) throws IOException {
    if (!(peek() instanceof Dict dict) || pairs.size() % 2 != 0) {
      throw new IOException("pickle: an item for what is no dict");
    }
    for (int i = 0; i < pairs.size(); i += 2) {
      String name =
          switch (pairs.get(i)) {
            case Text text -> text.text();
            case Scalar number -> Long.toString(number.integer());
            default -> throw new IOException("pickle: a key that is neither text nor number");
          };
      if (dict.items.put(name, pairs.get(i + 1)) != null) {
        throw new IOException(
            "pickle: key twice: " + name.substring(0, Math.min(name.length(), MAX_NAME_LENGTH)));
      }
    }
  }

  private Global global(String module, String name) throws IOException {
    if (module.length() + name.length() > MAX_NAME_LENGTH) {
      throw new IOException(
          "pickle: a name of %d characters (expected: <= %d)"
              .formatted(module.length() + name.length(), MAX_NAME_LENGTH));
    }
    String full = module + "." + name;
    boolean allowed =
        ALLOWED.contains(full)
            || (module.equals("torch") && StorageTypes.isKnown(name))
            || (scripted && (full.startsWith(SCRIPTED) || LISTS.contains(full)));
    if (!allowed) {
      throw new IOException(
          "pickle names %s (expected: tensors only; nothing was run)".formatted(full));
    }
    return new Global(full);
  }

  private PickleValue call(PickleValue callee, PickleValue arguments) throws IOException {
    if (!(callee instanceof Global global) || !(arguments instanceof Tuple(var given))) {
      throw new IOException("pickle: a call of what is no name");
    }
    if (LISTS.contains(global.name()) && !given.isEmpty()) {
      return given.getFirst();
    }
    return switch (global.name()) {
      case DICT -> {
        if (!given.isEmpty()) {
          throw new IOException("pickle: an OrderedDict with arguments");
        }
        yield new Dict();
      }
      case TENSOR -> tensor(given);
      case PARAMETER -> parameter(given);
      default -> throw new IOException("pickle: a call of " + global.name());
    };
  }

  private static Tensor tensor(List<PickleValue> given) throws IOException {
    if (given.size() < 5 || !(given.getFirst() instanceof Storage storage)) {
      throw new IOException("pickle: a tensor without a storage");
    }
    return new Tensor(
        storage,
        integer(given.get(1)),
        integers(given.get(2)),
        integers(given.get(3)),
        integer(given.get(4)) != 0);
  }

  private static PickleValue parameter(List<PickleValue> given) throws IOException {
    if (given.size() < 2 || !(given.getFirst() instanceof Tensor data)) {
      throw new IOException("pickle: a parameter without a tensor");
    }
    return new Tensor(
        data.storage(), data.offset(), data.shape(), data.strides(), integer(given.get(1)) != 0);
  }

  private PickleValue instance(PickleValue type) throws IOException {
    if (!(type instanceof Global global) || !global.name().startsWith(SCRIPTED)) {
      throw new IOException("pickle: a new object of what is no class of the file");
    }
    return new Instance(global.name());
  }

  private static void build(PickleValue target, PickleValue state) throws IOException {
    switch (target) {
      case Instance instance when state instanceof Dict attributes && instance.attributes == null ->
          instance.attributes = attributes;
      case Dict _ when state instanceof Dict -> {
        // The versions of the layers, which PyTorch hangs on the OrderedDict.
      }
      default -> throw new IOException("pickle: a state for what has none");
    }
  }

  private static Storage storage(PickleValue id) throws IOException {
    if (id instanceof Tuple(var items)
        && items.size() == 5
        && items.get(0) instanceof Text(var kind)
        && kind.equals("storage")
        && items.get(1) instanceof Global(var type)
        && items.get(2) instanceof Text(var key)) {
      return new Storage(type.substring(type.lastIndexOf('.') + 1), key, integer(items.get(4)));
    }
    throw new IOException("pickle: a reference to what is no storage");
  }

  private static String requireText(PickleValue value) throws IOException {
    if (value instanceof Text(var text)) {
      return text;
    }
    throw new IOException("pickle: a name that is no text");
  }

  private static long integer(PickleValue value) throws IOException {
    if (value instanceof Scalar(var integer)) {
      return integer;
    }
    throw new IOException("pickle: a number was expected");
  }

  private static List<Long> integers(PickleValue value) throws IOException {
    if (!(value instanceof Tuple(var items))) {
      throw new IOException("pickle: a tuple of numbers was expected");
    }
    // Each use of a remembered tuple makes new numbers.
    if (items.size() > TensorSpec.MAX_RANK) {
      throw new IOException(
          "pickle: a tensor of rank %d (expected: <= %d)"
              .formatted(items.size(), TensorSpec.MAX_RANK));
    }
    List<Long> out = new ArrayList<>();
    for (PickleValue item : items) {
      out.add(integer(item));
    }
    return out;
  }
}
