package ai.cifer.homocryption.aggregation;

import ai.cifer.homocryption.kernel.FieldPacking;
import ai.cifer.homocryption.ring.CyclotomicRing;
import ai.cifer.homocryption.ring.PackedResidues;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One row of the profile table of the aggregation scheme; immutable.
///
/// A block is one polynomial of `degree` coefficients mod `Q = q₁·…·q_primes`. Every coefficient
/// carries `fields` unsigned fields of `fieldBits` bits, in which `valueBits`-bit values of up to
/// `maxClients` clients are added without overflow. The construction refuses a row unless
///
/// 1. `T·(2·127·n_max + 2) < Q` with `T = 2^(fields·fieldBits)`: sums open exactly, always;
/// 2. `fieldBits ≥ valueBits + ⌈log2 n_max⌉`: fields never run into each other;
/// 3. `log2 Q` is at most the 128-bit cap of the 2024 security guidelines for `degree`;
/// 4. the moduli are distinct and of a fixed table of primes just below 2^50 and ≡ 1 mod 2^17.
///
/// @see <a href="https://doi.org/10.62056/anxra69p1">Security Guidelines for Implementing
///   Homomorphic Encryption (2024)</a>
public final class AggregationParameters {
  /// Largest magnitude of a coefficient of a secret or of an error.
  public static final int NOISE_BOUND = 127;

  /// Bytes of every seed of the scheme (AES-256 keys).
  public static final int SEED_BYTES = 32;

  /// Blocks that one segment may have; block numbers are below this.
  public static final int MAX_BLOCKS = 1 << 24;

  private static final int RESIDUE_BITS = PackedResidues.BITS;

  /// That they are primes is tested, not computed in every process: it would be the most of a young
  /// one's arithmetic.
  private static final long[] PRIMES = {
    1125899903827969L, 1125899902124033L, 1125899887312897L, 1125899886395393L
  };

  /// Total modulus bits allowed at 128-bit classical security with ternary secrets, by degree
  /// (ePrint 2024/463). The wider Gaussian secrets used here are at least as hard.
  private static final Map<Integer, Integer> MODULUS_CAP_BITS =
      Map.of(1024, 26, 2048, 53, 4096, 106, 8192, 214, 16384, 430, 32768, 868, 65536, 1747);

  private static final Map<String, AggregationParameters> TABLE = new LinkedHashMap<>();

  /// The default: up to 256 clients, 20-bit values, 4.167 bytes a parameter.
  public static final AggregationParameters K2_N256 = row("K2_N256", 4096, 2, 3, 28, 20, 256);

  /// Up to 64 clients, 22-bit values, 4.167 bytes a parameter.
  public static final AggregationParameters K2_N64 = row("K2_N64", 4096, 2, 3, 28, 22, 64);

  /// Up to 64 clients, 15-bit values, 3.125 bytes a parameter.
  public static final AggregationParameters K2_N64_DENSE =
      row("K2_N64_DENSE", 4096, 2, 4, 21, 15, 64);

  /// Up to 1024 clients, 17-bit values, 4.167 bytes a parameter.
  public static final AggregationParameters K2_N1024 = row("K2_N1024", 4096, 2, 3, 27, 17, 1024);

  /// Up to 4096 clients, 28-bit values, 6.25 bytes a parameter.
  public static final AggregationParameters K2_HIFI = row("K2_HIFI", 4096, 2, 2, 40, 28, 4096);

  /// One prime, up to 256 clients, 26-bit values, 6.25 bytes a parameter.
  public static final AggregationParameters K1_N256 = row("K1_N256", 2048, 1, 1, 34, 26, 256);

  /// One prime, up to 64 clients, 12-bit values, 3.125 bytes a parameter.
  public static final AggregationParameters K1_N64 = row("K1_N64", 2048, 1, 2, 18, 12, 64);

  /// Four primes, up to 256 clients, 22-bit values, 4.167 bytes a parameter.
  public static final AggregationParameters K4_N256 = row("K4_N256", 8192, 4, 6, 30, 22, 256);

  /// Four primes, up to 256 clients, 18-bit values, 3.571 bytes a parameter.
  public static final AggregationParameters K4_N256_DENSE =
      row("K4_N256_DENSE", 8192, 4, 7, 26, 18, 256);

  /// Four primes, up to 256 clients, 15-bit values, 3.125 bytes a parameter.
  public static final AggregationParameters K4_N256_DENSEST =
      row("K4_N256_DENSEST", 8192, 4, 8, 23, 15, 256);

  /// Four primes, up to 1024 clients, 20-bit values, 4.167 bytes a parameter.
  public static final AggregationParameters K4_N1024 = row("K4_N1024", 8192, 4, 6, 30, 20, 1024);

  /// Four primes, up to 1024 clients, 16-bit values, 3.571 bytes a parameter.
  public static final AggregationParameters K4_N1024_DENSE =
      row("K4_N1024_DENSE", 8192, 4, 7, 26, 16, 1024);

  /// Four primes, up to 65,536 clients, 19-bit values, 5 bytes a parameter.
  public static final AggregationParameters K4_N65536 = row("K4_N65536", 8192, 4, 5, 35, 19, 65536);

  private final String name;
  private final int degree;
  private final long[] moduli;
  private final int fields;
  private final int fieldBits;
  private final int valueBits;
  private final int maxClients;
  private @Nullable CyclotomicRing ring;
  private @Nullable FieldPacking packing;

  /// @throws IllegalArgumentException if one of the four rules of the class does not hold
  AggregationParameters(
      String name,
      int degree,
      long[] moduli,
      int fields,
      int fieldBits,
      int valueBits,
      int maxClients) {
    this.name = name;
    this.degree = degree;
    this.moduli = moduli.clone();
    this.fields = fields;
    this.fieldBits = fieldBits;
    this.valueBits = valueBits;
    this.maxClients = maxClients;
    requireRanges();
    requirePrimes();
    requireExactness();
    requireSecurity();
  }

  private static AggregationParameters row(
      String name,
      int degree,
      int primes,
      int fields,
      int fieldBits,
      int valueBits,
      int maxClients) {
    long[] moduli = Arrays.copyOf(PRIMES, primes);
    var row =
        new AggregationParameters(name, degree, moduli, fields, fieldBits, valueBits, maxClients);
    TABLE.put(name, row);
    return row;
  }

  private void requireRanges() {
    Require.that(Integer.bitCount(degree) == 1, "degree", degree, "a power of two");
    Require.range("degree", degree, 1024, 65536);
    Require.range("primes", moduli.length, 1, 4);
    Require.range("fields", fields, 1, 64);
    Require.range("value_bits", valueBits, 2, 30);
    Require.range("n_max", maxClients, 1, 1 << 16);
    int growth = 32 - Integer.numberOfLeadingZeros(maxClients - 1);
    Require.range("field_bits (value_bits + ceil(log2 n_max))", fieldBits, valueBits + growth, 48);
  }

  private void requirePrimes() {
    for (int i = 0; i < moduli.length; i++) {
      long q = moduli[i];
      Require.that(Arrays.stream(PRIMES).anyMatch(prime -> prime == q), "prime", q, "of the table");
      for (int j = 0; j < i; j++) {
        Require.that(moduli[j] != q, "prime", q, "distinct primes");
      }
    }
  }

  private void requireExactness() {
    // The sum of errors is read from the last 50-bit word of a lifted coefficient.
    Require.range(
        "fields * field_bits",
        (long) fields * fieldBits,
        (long) RESIDUE_BITS * (moduli.length - 1),
        (long) RESIDUE_BITS * moduli.length);
    BigInteger spread = BigInteger.valueOf(2L * NOISE_BOUND * maxClients + 2);
    Require.that(
        spread.shiftLeft(fields * fieldBits).compareTo(modulus()) < 0,
        "fields * field_bits",
        (long) fields * fieldBits,
        "2^(fields * field_bits) * (254 * n_max + 2) < Q");
  }

  private void requireSecurity() {
    int cap = MODULUS_CAP_BITS.getOrDefault(degree, 0);
    Require.range("log2 Q", modulus().bitLength(), 1, cap);
  }

  /// The row with this name.
  ///
  /// @param name as [#name()], for example `K2_N256`
  /// @throws IllegalArgumentException if the table has no such row; the message lists all names
  public static AggregationParameters named(String name) {
    AggregationParameters row = TABLE.get(name);
    if (row == null) {
      throw new IllegalArgumentException(
          "parameters: " + name + " (expected: one of " + TABLE.keySet() + ")");
    }
    return row;
  }

  /// All rows of the table, in its order.
  public static List<AggregationParameters> all() {
    return List.copyOf(TABLE.values());
  }

  /// The name of the row; it also identifies the row in plans and hashes.
  public String name() {
    return name;
  }

  /// Coefficients of a polynomial, N.
  public int degree() {
    return degree;
  }

  /// Number of primes of Q.
  public int primes() {
    return moduli.length;
  }

  /// The prime `q_{index+1}`.
  ///
  /// @param index in [0, primes)
  public long prime(int index) {
    return moduli[index];
  }

  /// Fields in a coefficient, k.
  public int fields() {
    return fields;
  }

  /// Width of a field in bits, F.
  public int fieldBits() {
    return fieldBits;
  }

  /// Width of one client's value in bits, b.
  public int valueBits() {
    return valueBits;
  }

  /// The most clients one sum may have, n_max.
  public int maxClients() {
    return maxClients;
  }

  /// The largest weight cap, `2^b - 1`: a sum of capped weights shares the fields of values.
  public int maxWeightCap() {
    return (1 << valueBits) - 1;
  }

  /// Bits of classical security of an upload after the sum of the secrets is public, which leaves
  /// Gaussian secrets and errors of half the width, 4: the cheapest attack of the lattice estimator
  /// (commit 27a581b, MATZOV cost model).
  public double securityBits() {
    return switch (moduli.length) {
      case 1 -> 145.2;
      case 2 -> 141.2;
      default -> 140.2;
    };
  }

  /// Bytes of a masked block: `N · primes · 50 / 8`.
  public int blockBytes() {
    return degree * moduli.length * RESIDUE_BITS / 8;
  }

  /// Slots of a block, `fields · N`; slot `f·N + j` is field f of coefficient j (planar).
  public int valuesPerBlock() {
    return fields * degree;
  }

  /// How many model parameters block `block` of a segment carries.
  ///
  /// Block 0 gives up coefficient 0 of every field for the weight and the constant one (with a
  /// single field: coefficients 0 and 1); all other blocks are full.
  ///
  /// @param block in [0, MAX_BLOCKS)
  public int capacity(long block) {
    requireBlock(block);
    return block == 0 ? valuesPerBlock() - reserved() : valuesPerBlock();
  }

  /// How many blocks a segment of `parameters` model parameters takes.
  ///
  /// @param parameters ≥ 1, at most what `MAX_BLOCKS` blocks carry
  public long blocksFor(long parameters) {
    Require.range("parameters", parameters, 1, (long) MAX_BLOCKS * valuesPerBlock() - reserved());
    // Written so that no intermediate value exceeds `parameters`.
    long rest = parameters - capacity(0);
    return rest <= 0 ? 1 : 1 + (rest - 1) / valuesPerBlock() + 1;
  }

  /// Reserved slots of block 0.
  private int reserved() {
    return fields == 1 ? 2 : fields;
  }

  /// First coefficient of block `block` that carries a parameter.
  int firstCoefficient(long block) {
    if (block != 0) {
      return 0;
    }
    return fields == 1 ? 2 : 1;
  }

  /// Slot of block 0 that carries the constant one: field 1 of coefficient 0, or coefficient 1.
  int onesSlot() {
    return fields == 1 ? 1 : degree;
  }

  /// Parameters of a segment that lie before block `block`.
  long parametersBefore(long block) {
    return block == 0 ? 0 : capacity(0) + (block - 1) * valuesPerBlock();
  }

  /// Checks a block number.
  void requireBlock(long block) {
    Require.range("block", block, 0, MAX_BLOCKS - 1);
  }

  /// Checks how many parameters the caller gives for a block, and the two arrays that hold them.
  void requireCount(long block, int count, float[] values, float[] clip) {
    Require.range("count", count, 0, capacity(block));
    Require.range("array length", values.length, count, Integer.MAX_VALUE);
    Require.range("clip length", clip.length, count, Integer.MAX_VALUE);
  }

  /// Checks that slots are values of `valueBits` bits.
  ///
  /// @param union all slots or-ed together, so that no single value is branched on
  void requireSlots(int union) {
    Require.range("bits of a slot", 32 - Integer.numberOfLeadingZeros(union), 0, valueBits);
  }

  /// Checks the number of clients of a sum.
  void requireClients(int clients) {
    Require.range("clients", clients, 1, maxClients);
  }

  /// Checks a weight cap.
  void requireWeightCap(int weightCap) {
    Require.range("weight_cap", weightCap, 1, maxWeightCap());
  }

  /// The ring of the row; built at first use, then shared.
  synchronized CyclotomicRing ring() {
    if (ring == null) {
      ring = new CyclotomicRing(degree, moduli);
    }
    return ring;
  }

  /// How slots and errors become coefficients; built at first use, then shared.
  synchronized FieldPacking packing() {
    if (packing == null) {
      packing = new FieldPacking(degree, fields, fieldBits, valueBits, moduli, this::powerOfTwo);
    }
    return packing;
  }

  private double powerOfTwo(int power, int index) {
    return ring().constant(BigInteger.ONE.shiftLeft(power), index);
  }

  /// The product of the primes, Q.
  BigInteger modulus() {
    BigInteger product = BigInteger.ONE;
    for (long q : moduli) {
      product = product.multiply(BigInteger.valueOf(q));
    }
    return product;
  }

  @Override
  public String toString() {
    return name
        + "(N="
        + degree
        + ", primes="
        + moduli.length
        + ", fields="
        + fields
        + "x"
        + fieldBits
        + ", value_bits="
        + valueBits
        + ", n_max="
        + maxClients
        + ")";
  }
}
