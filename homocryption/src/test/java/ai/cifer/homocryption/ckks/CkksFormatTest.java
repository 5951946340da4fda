package ai.cifer.homocryption.ckks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.cifer.homocryption.codec.FormatException;
import ai.cifer.homocryption.codec.SecretKeyAccess;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Every byte form: read back equal, and refused when truncated, flipped, lengthened, of a future
/// version, of other parameters, or holding impossible values under right checksums.
class CkksFormatTest {
  private static final CkksParameters P = TestParameters.INSECURE_N8;
  private static final CkksKeys KEYS = CkksKeys.generate(P, List.of(1, 3), true);
  private static final SecretKeyAccess ACCESS = SecretKeyAccess.insecureBytes();
  private static final double[] VALUES = {1, -2, 0.5, 3};

  @FunctionalInterface
  private interface Writer {
    void write(OutputStream out) throws IOException;
  }

  @FunctionalInterface
  private interface Reader {
    Object read(InputStream in) throws IOException;
  }

  private record Form(String name, Writer writer, Reader reader) {
    byte[] bytes() {
      var out = new ByteArrayOutputStream();
      try {
        writer.write(out);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return out.toByteArray();
    }

    Object read(byte[] bytes) throws IOException {
      return reader.read(new ByteArrayInputStream(bytes));
    }

    @Override
    public String toString() {
      return name;
    }
  }

  private static CkksPlaintext plaintext() {
    return KEYS.encoder().encode(VALUES);
  }

  static Stream<Form> forms() {
    var fresh = KEYS.encryptor().encrypt(plaintext());
    var seeded = KEYS.encryptor().encryptSeeded(plaintext());
    var product = KEYS.evaluator().multiply(fresh, seeded);
    var low = KEYS.evaluator().levelDrop(fresh, 0);
    return Stream.of(
        new Form("ciphertext", fresh::write, in -> CkksCiphertext.read(P, in)),
        new Form("seeded", seeded::write, in -> CkksCiphertext.read(P, in)),
        new Form("product", product::write, in -> CkksCiphertext.read(P, in)),
        new Form("low", low::write, in -> CkksCiphertext.read(P, in)),
        new Form("plaintext", plaintext()::write, in -> CkksPlaintext.read(P, in)),
        new Form("public key", KEYS.publicKey()::write, in -> CkksPublicKey.read(P, in)),
        new Form(
            "relinearization key",
            KEYS.relinearizationKey()::write,
            in -> RelinearizationKey.read(P, in)),
        new Form("Galois keys", KEYS.galoisKeys()::write, in -> GaloisKeys.read(P, in)),
        new Form(
            "secret key",
            out -> KEYS.secretKey().write(ACCESS, out),
            in -> CkksSecretKey.read(ACCESS, P, in)),
        new Form("parameters", CkksParameters.of(Preset.C13)::write, CkksParameters::read));
  }

  /// Writing what was read gives the same bytes, so nothing was lost.
  @ParameterizedTest
  @MethodSource("forms")
  void readBackEqual(Form form) throws IOException {
    byte[] bytes = form.bytes();
    Object read = form.read(bytes);
    var again = new ByteArrayOutputStream();
    switch (read) {
      case CkksCiphertext x -> x.write(again);
      case CkksPlaintext x -> x.write(again);
      case CkksPublicKey x -> x.write(again);
      case RelinearizationKey x -> x.write(again);
      case GaloisKeys x -> x.write(again);
      case CkksSecretKey x -> x.write(ACCESS, again);
      case CkksParameters x -> x.write(again);
      default -> throw new AssertionError(read);
    }
    assertThat(again.toByteArray()).isEqualTo(bytes);
  }

  @ParameterizedTest
  @MethodSource("forms")
  void truncatedIsRefused(Form form) {
    byte[] bytes = form.bytes();
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(1);
    for (int i = 0; i < 60; i++) {
      int length = i < 20 ? i * 4 : random.nextInt(bytes.length);
      if (length < bytes.length) {
        assertThatThrownBy(() -> form.read(Arrays.copyOf(bytes, length)))
            .isInstanceOf(FormatException.class);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("forms")
  void flippedBitsAreRefused(Form form) {
    byte[] bytes = form.bytes();
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(2);
    for (int i = 0; i < 200; i++) {
      int bit = i < 100 ? i * 5 : random.nextInt(8 * bytes.length);
      byte[] flipped = bytes.clone();
      flipped[bit / 8] ^= (byte) (1 << (bit % 8));
      assertThatThrownBy(() -> form.read(flipped)).isInstanceOf(FormatException.class);
    }
  }

  /// Random changes of the body under a right checksum: either a valid object or a named refusal,
  /// never another exception and never a wait.
  @ParameterizedTest
  @MethodSource("forms")
  void forgedBodiesAreReadOrRefused(Form form) throws IOException {
    byte[] bytes = form.bytes();
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(3);
    int refused = 0;
    for (int i = 0; i < 300; i++) {
      byte[] forged = bytes.clone();
      int at = 60 + (i < 100 ? i % (bytes.length - 64) : random.nextInt(bytes.length - 64));
      forged[at] = (byte) random.nextInt();
      seal(forged);
      try {
        form.read(forged);
      } catch (FormatException e) {
        refused++;
      }
    }
    // Most bytes of a residue can be anything below its prime.
    assertThat(refused).isLessThanOrEqualTo(300);
  }

  /// The header's version, and both checksums made right again.
  @ParameterizedTest
  @MethodSource("forms")
  void futureVersionIsRefused(Form form) {
    byte[] bytes = form.bytes();
    bytes[10] = 2;
    seal(bytes);
    assertThatThrownBy(() -> form.read(bytes))
        .isInstanceOf(FormatException.FutureVersion.class)
        .hasMessageContaining("version");
  }

  @ParameterizedTest
  @MethodSource("forms")
  void hugeLengthIsRefusedBeforeAnythingIsAllocated(Form form) {
    byte[] bytes = form.bytes();
    Arrays.fill(bytes, 16, 23, (byte) 0x7f);
    seal(bytes);
    assertThatThrownBy(() -> form.read(bytes)).isInstanceOf(FormatException.WrongLength.class);
  }

  private static void seal(byte[] bytes) {
    putInt(bytes, 56, crc(bytes, 56));
    putInt(bytes, bytes.length - 4, crc(bytes, bytes.length - 4));
  }

  private static int crc(byte[] bytes, int length) {
    var crc = new CRC32C();
    crc.update(bytes, 0, length);
    return (int) crc.getValue();
  }

  private static void putInt(byte[] bytes, int at, int value) {
    for (int i = 0; i < 4; i++) {
      bytes[at + i] = (byte) (value >>> (8 * i));
    }
  }

  private static CkksCiphertext roundTrip(CkksCiphertext a) throws IOException {
    var out = new ByteArrayOutputStream();
    a.write(out);
    assertThat(out.size()).isEqualTo((int) a.bytes());
    return CkksCiphertext.read(P, new ByteArrayInputStream(out.toByteArray()));
  }

  @Test
  void whatIsReadDecrypts() throws IOException {
    var x = roundTrip(KEYS.encryptor().encryptSeeded(plaintext()));
    assertThat(x.isSeeded()).isTrue();
    var out = new ByteArrayOutputStream();
    KEYS.secretKey().write(ACCESS, out);
    try (var key = CkksSecretKey.read(ACCESS, P, new ByteArrayInputStream(out.toByteArray()))) {
      double[] values = KEYS.encoder().decode(new CkksDecryptor(key).decrypt(x));
      assertThat(values[3]).isBetween(3 - 1e-6, 3 + 1e-6);
    }
  }

  @Test
  void evaluationKeysWorkAfterReading() throws IOException {
    var relinearization = new ByteArrayOutputStream();
    var galois = new ByteArrayOutputStream();
    KEYS.relinearizationKey().write(relinearization);
    KEYS.galoisKeys().write(galois);
    var evaluator =
        new CkksEvaluator(
            RelinearizationKey.read(P, new ByteArrayInputStream(relinearization.toByteArray())),
            GaloisKeys.read(P, new ByteArrayInputStream(galois.toByteArray())));
    var x = KEYS.encryptor().encrypt(plaintext());
    var y = evaluator.rotate(evaluator.rescale(evaluator.relinearize(evaluator.square(x))), 1);
    assertThat(KEYS.encoder().decode(KEYS.decryptor().decrypt(y))[0]).isBetween(4 - 1e-5, 4 + 1e-5);
  }

  @Test
  void seedsHalveTheBytes() {
    var fresh = KEYS.encryptor().encrypt(plaintext());
    var seeded = KEYS.encryptor().encryptSeeded(plaintext());
    assertThat(seeded.bytes()).isLessThan(fresh.bytes() / 2 + 128);
    // 50 + 3 · 45 bits for each coefficient of both polynomials.
    assertThat(fresh.bytes()).isBetween(2L * 256 * 185 / 8, 2L * 256 * 189 / 8 + 200);
  }

  @Test
  void otherParametersAreRefused() {
    byte[] bytes = forms().findFirst().orElseThrow().bytes();
    assertThatThrownBy(
            () -> CkksCiphertext.read(TestParameters.INSECURE_N10, new ByteArrayInputStream(bytes)))
        .isInstanceOf(FormatException.WrongParameters.class);
  }

  @Test
  void insecureParametersAreNotRead() throws IOException {
    var out = new ByteArrayOutputStream();
    P.write(out);
    assertThatThrownBy(() -> CkksParameters.read(new ByteArrayInputStream(out.toByteArray())))
        .isInstanceOf(FormatException.Malformed.class);
  }
}
