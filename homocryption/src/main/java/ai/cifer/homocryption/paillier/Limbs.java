package ai.cifer.homocryption.paillier;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.math.BigInteger;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Numbers outside the heap, as 64-bit limbs, the lowest first; all of them are zeroed by
/// [#close()].
///
/// The scratch memory is one segment that grows: what GMP leaves there is overwritten by the next
/// call or zeroed at the end.
final class Limbs implements AutoCloseable {
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
  private static final VarHandle BIG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private final Arena arena;
  private final List<MemorySegment> segments = new ArrayList<>();
  private MemorySegment scratch = MemorySegment.NULL;

  private Limbs(Arena arena) {
    this.arena = arena;
  }

  /// For one thread, as the local variables of one operation.
  static Limbs local() {
    return new Limbs(Arena.ofConfined());
  }

  /// For many threads, as the fields of a key.
  static Limbs shared() {
    return new Limbs(Arena.ofShared());
  }

  /// For constants that are no secrets: freed with the object that holds them, never closed.
  static Limbs collected() {
    return new Limbs(Arena.ofAuto());
  }

  static long count(MemorySegment number) {
    return number.byteSize() / Long.BYTES;
  }

  /// Limbs that a number of so many bits needs.
  static int count(int bits) {
    return (bits + Long.SIZE - 1) / Long.SIZE;
  }

  /// A number of so many limbs, 0.
  MemorySegment allocate(long limbs) {
    MemorySegment segment = arena.allocate(limbs * Long.BYTES, Long.BYTES);
    segments.add(segment);
    return segment;
  }

  /// A copy of a number.
  MemorySegment of(BigInteger value, long limbs) {
    MemorySegment segment = allocate(limbs);
    store(value, segment);
    return segment;
  }

  MemorySegment scratch(long limbs) {
    if (count(scratch) < limbs) {
      scratch = allocate(limbs);
    }
    return scratch;
  }

  /// Replaces a number.
  ///
  /// @param value at least 0, of no more bits than `out` has
  static void store(BigInteger value, MemorySegment out) {
    byte[] big = value.toByteArray();
    if (value.signum() < 0 || value.bitLength() > out.byteSize() * Byte.SIZE) {
      throw new IllegalArgumentException(
          "number: " + value.bitLength() + " bits (expected: 0 to " + out.byteSize() * 8 + ")");
    }
    long limbs = count(out);
    int end = big.length;
    for (long i = 0; i < limbs; i++, end -= Long.BYTES) {
      out.setAtIndex(
          LONG, i, end >= Long.BYTES ? (long) BIG.get(big, end - Long.BYTES) : head(big, end));
    }
    Arrays.fill(big, (byte) 0);
  }

  /// The first `count` bytes as a number, fewer than 8 or none.
  private static long head(byte[] big, int count) {
    long value = 0;
    for (int i = 0; i < count; i++) {
      value = (value << Byte.SIZE) | (big[i] & 0xff);
    }
    return value;
  }

  /// A copy of a number, on the heap.
  static BigInteger load(MemorySegment number) {
    byte[] big = new byte[(int) number.byteSize()];
    for (int i = 0; i < count(number); i++) {
      BIG.set(big, big.length - (i + 1) * Long.BYTES, limb(number, i));
    }
    BigInteger value = new BigInteger(1, big);
    Arrays.fill(big, (byte) 0);
    return value;
  }

  /// The limbs `from` to `to - 1` of a number, the same memory.
  static MemorySegment slice(MemorySegment number, long from, long to) {
    return number.asSlice(from * Long.BYTES, (to - from) * Long.BYTES);
  }

  static long limb(MemorySegment number, long index) {
    return number.getAtIndex(LONG, index);
  }

  /// Zeroes every number without freeing it; the first half of [#close()], apart so that a test can
  /// look at the memory.
  void zero() {
    segments.forEach(segment -> segment.fill((byte) 0));
  }

  /// Zeroes and frees.
  @Override
  public void close() {
    zero();
    arena.close();
  }
}
