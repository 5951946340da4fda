package ai.cifer.homocryption.aggregation;

import ai.cifer.homocryption.kernel.AllocationCheck;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/// The scheme against known answers and against plain sums, for the tests here and as a program for
/// JVMs with other lanes: `SchemeCheck answers` or `SchemeCheck allocation`.
final class SchemeCheck {
  private static final SecureRandom RANDOM = new SecureRandom();

  private SchemeCheck() {}

  public static void main(String[] arguments) throws Exception {
    if (arguments[0].equals("allocation")) {
      allocation();
      return;
    }
    List<String> wrong = new ArrayList<>(wrongAnswers());
    for (AggregationParameters parameters : AggregationParameters.all()) {
      if (!opensToThePlainSum(parameters, 2, 70_000, 5)) {
        wrong.add("sum of " + parameters);
      }
      int most = (1 << parameters.valueBits()) - 1;
      if (parameters.maxClients() <= 256 && !opensCorner(parameters, 127, most)) {
        wrong.add("corner of " + parameters);
      }
    }
    System.out.println("wrong: " + wrong);
  }

  /// The known answers of `vectors/aggregation.tsv` that quantiser or masker do not give.
  static List<String> wrongAnswers() throws IOException, NoSuchAlgorithmException {
    List<String> wrong = new ArrayList<>();
    int vectors = 0;
    for (String line : lines()) {
      if (line.startsWith("K")) {
        vectors++;
        String[] vector = line.split("\t", -1);
        AggregationParameters parameters = AggregationParameters.named(vector[0]);
        long block = Long.parseLong(vector[1]);
        int[] slots = quantised(parameters, block, Integer.parseInt(vector[2]));
        if (!sha256(slots).equals(vector[3])) {
          wrong.add("slots of " + line);
        }
        if (!sha256(masked(parameters, block, slots)).equals(vector[4])) {
          wrong.add("block of " + line);
        }
      }
    }
    if (vectors != 10) {
      wrong.add(vectors + " vectors");
    }
    return wrong;
  }

  private static List<String> lines() throws IOException {
    try (InputStream in = SchemeCheck.class.getResourceAsStream("/vectors/aggregation.tsv")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    }
  }

  private static int[] quantised(AggregationParameters parameters, long block, int count) {
    float[] update = new float[count];
    float[] clip = new float[count];
    for (int i = 0; i < count; i++) {
      update[i] = (i * 7919 % 20011 - 10005) / 16384f;
      clip[i] = 0.5f;
    }
    int[] slots = new int[parameters.valuesPerBlock()];
    try (var quantiser = new Quantiser(parameters, seed(4), 37, 100)) {
      quantiser.quantise(block, update, clip, count, slots);
    }
    return slots;
  }

  /// Into an array with slack and into one without, which must not differ.
  private static byte[] masked(AggregationParameters parameters, long block, int[] slots) {
    byte[][] out = new byte[2][];
    for (int slack = 0; slack < 2; slack++) {
      ByteBuffer bytes = ByteBuffer.allocate(parameters.blockBytes() + slack * BlockMasker.SLACK);
      try (var secret = AggregationSecret.fromSeeds(parameters, seed(1), seed(2));
          var masker = new BlockMasker(parameters, seed(3), secret)) {
        masker.mask(block, slots, bytes);
      }
      out[slack] = Arrays.copyOf(bytes.array(), bytes.position());
    }
    return Arrays.equals(out[0], out[1]) ? out[0] : new byte[0];
  }

  private static byte[] seed(int value) {
    byte[] seed = new byte[AggregationParameters.SEED_BYTES];
    Arrays.fill(seed, (byte) value);
    return seed;
  }

  private static String sha256(int[] values) throws NoSuchAlgorithmException {
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asIntBuffer().put(values);
    return sha256(bytes.array());
  }

  private static String sha256(byte[] bytes) throws NoSuchAlgorithmException {
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
  }

  /// Whether the sum of some clients' random slots opens to the sum of the slots.
  static boolean opensToThePlainSum(
      AggregationParameters parameters, int clients, int block, long seed) {
    RandomGenerator values = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    byte[] publicSeed = new byte[32];
    values.nextBytes(publicSeed);
    BlockSum sum = new BlockSum(parameters);
    SlotSum plain = new SlotSum(parameters);
    int[] secrets = new int[parameters.degree()];
    int[] coefficients = new int[parameters.degree()];
    int[] slots = new int[parameters.valuesPerBlock()];
    ByteBuffer bytes = ByteBuffer.allocate(parameters.blockBytes());
    for (int i = 0; i < clients; i++) {
      for (int j = 0; j < slots.length; j++) {
        slots[j] = values.nextInt(1 << parameters.valueBits());
      }
      try (var secret = AggregationSecret.generate(parameters, RANDOM);
          var masker = new BlockMasker(parameters, publicSeed, secret)) {
        masker.mask(block, slots, bytes.clear());
        sum.add(bytes.flip());
        plain.add(slots);
        secret.copyCoefficients(coefficients);
      }
      for (int j = 0; j < secrets.length; j++) {
        secrets[j] += coefficients[j];
      }
    }
    long[] opened = new long[parameters.valuesPerBlock()];
    long[] expected = new long[parameters.valuesPerBlock()];
    new BlockOpener(parameters, publicSeed, secrets, clients).open(block, sum, opened);
    plain.copySums(expected);
    return Arrays.equals(opened, expected);
  }

  /// Whether n_max clients with one error and one value everywhere open exactly.
  ///
  /// One client's block is folded n_max times: the sum is the same as that of n_max clients with
  /// equal secrets, errors and messages.
  static boolean opensCorner(AggregationParameters parameters, int error, int value) {
    int clients = parameters.maxClients();
    byte[] publicSeed = new byte[32];
    BlockSum sum = new BlockSum(parameters);
    int[] secrets = new int[parameters.degree()];
    int[] slots = new int[parameters.valuesPerBlock()];
    Arrays.fill(slots, value);
    ByteBuffer bytes = ByteBuffer.allocate(parameters.blockBytes());
    try (var secret = AggregationSecret.generate(parameters, RANDOM);
        var masker = new BlockMasker(parameters, publicSeed, secret)) {
      masker.maskWithConstantError(1, slots, error, bytes);
      secret.copyCoefficients(secrets);
    }
    bytes.flip();
    for (int i = 0; i < clients; i++) {
      sum.add(bytes.rewind());
    }
    for (int j = 0; j < secrets.length; j++) {
      secrets[j] *= clients;
    }
    long[] opened = new long[parameters.valuesPerBlock()];
    new BlockOpener(parameters, publicSeed, secrets, clients).open(1, sum, opened);
    return Arrays.stream(opened).allMatch(sums -> sums == (long) clients * value);
  }

  /// Prints the bytes that each step allocates for a block once it is compiled.
  private static void allocation() throws Exception {
    AggregationParameters parameters = AggregationParameters.K2_N256;
    float[] update = new float[parameters.valuesPerBlock()];
    float[] clip = new float[update.length];
    Arrays.fill(clip, 1);
    int[] slots = new int[update.length];
    long[] slotSums = new long[update.length];
    int[] secrets = new int[parameters.degree()];
    ByteBuffer bytes = ByteBuffer.allocate(parameters.blockBytes() + BlockMasker.SLACK);
    BlockSum sum = new BlockSum(parameters);
    BlockSum one = new BlockSum(parameters);
    try (var quantiser = new Quantiser(parameters, seed(1), 1, 1);
        var secret = AggregationSecret.generate(parameters, RANDOM);
        var masker = new BlockMasker(parameters, seed(2), secret)) {
      int[] next = new int[1];
      quantiser.quantise(0, update, clip, parameters.capacity(0), slots);
      masker.mask(next[0]++, slots, bytes);
      one.add(bytes.flip());
      secret.copyCoefficients(secrets);
      var opener = new BlockOpener(parameters, seed(2), secrets, 1);
      opener.open(0, one, slotSums);
      var dequantiser = new Dequantiser(parameters, 1, 1);
      dequantiser.begin(slotSums);
      print("quantise", () -> quantiser.quantise(1, update, clip, update.length, slots));
      print("mask", () -> masker.mask(next[0]++, slots, bytes.clear()));
      bytes.flip();
      print("fold", () -> fold(sum, bytes));
      print("open", () -> opener.open(0, one, slotSums));
      print(
          "dequantise",
          () -> dequantiser.dequantise(0, slotSums, clip, parameters.capacity(0), update));
    }
  }

  private static void fold(BlockSum sum, ByteBuffer bytes) {
    if (sum.count() == 200) {
      sum.clear();
    }
    sum.add(bytes.rewind());
  }

  private static void print(String step, Runnable work) throws Exception {
    System.out.println(step + ": " + AllocationCheck.least(work, 100));
  }
}
