package ai.cifer.homocryption.ckks;

import ai.cifer.homocryption.codec.FormKind;
import ai.cifer.homocryption.codec.SecretKeyAccess;
import ai.cifer.homocryption.format.FrameBody;
import ai.cifer.homocryption.format.FrameDecoder;
import ai.cifer.homocryption.format.FrameExpectation;
import ai.cifer.homocryption.format.FrameReader;
import ai.cifer.homocryption.format.FrameWriter;
import ai.cifer.homocryption.format.Frames;
import ai.cifer.homocryption.format.ResiduePacking;
import ai.cifer.homocryption.ring.AesCtrStream;
import ai.cifer.homocryption.rns.RnsPolynomial;
import ai.cifer.homocryption.rns.RnsRing;
import ai.cifer.homocryption.rns.RnsSampler;
import ai.cifer.homocryption.rns.SwitchingKey;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/// The bodies of the byte forms of CKKS, version 1; the frame around them is that of [Frames], with
/// the digest of the parameter set in its header. Numbers are little endian.
///
/// ```
/// polynomial     for each prime of its size: N residues, packed to the bits of the prime
/// expansion      u8 seeded | seeded = 1: seed, 32 bytes | seeded = 0: polynomials
/// key id         u64 | u64
/// switching key  expansion of a_0 … a_{d-1} | b_0 … b_{d-1}, each with all primes
///
/// ciphertext     key id | f64 scale | u8 level | u8 polynomials | expansion of c_1 | c_0 | c_2
/// plaintext      f64 scale | u8 level | polynomial
/// public key     key id | expansion of a | b
/// relin. key     key id | switching key
/// Galois keys    key id | u32 count | count times: u64 element, ascending | switching key
/// secret key     key id | N coefficients of 1 byte, each -1, 0 or 1
/// parameters     u8 length | name, UTF-8 | 8 times u8: log N, base primes, bits of these, bits of
///                a scale prime, primes per level, depth, special primes, bits of these
/// ```
///
/// Written and read row by row: memory is that of the object, and a buffer. Readers take nothing on
/// trust: residues are canonical, levels and scales in range, elements odd and below 2N, secret
/// coefficients ternary, parameter sets secure and those of the digest.
final class CkksForms {
  private static final int VERSION = 1;
  private static final int KEY_ID_BYTES = 16;
  private static final int SEED_BYTES = AesCtrStream.SEED_BYTES;

  private CkksForms() {}

  // ---- sizes

  static long polynomialBytes(CkksParameters parameters, int fromPrime, int toPrime) {
    long bytes = 0;
    for (int i = fromPrime; i < toPrime; i++) {
      bytes += new ResiduePacking(parameters.ring().prime(i)).bytes(parameters.degree());
    }
    return bytes;
  }

  private static long expansionBytes(boolean seeded, long polynomials) {
    return 1 + (seeded ? SEED_BYTES : polynomials);
  }

  private static long bodyBytes(CkksCiphertext a) {
    long polynomial = polynomialBytes(a.parameters(), 0, a.polynomial(0).size());
    return KEY_ID_BYTES
        + Double.BYTES
        + 2
        + expansionBytes(a.isSeeded(), polynomial)
        + (a.size() - 1) * polynomial;
  }

  private static long bodyBytes(CkksParameters parameters, SwitchingKey key) {
    long half = key.digits() * polynomialBytes(parameters, 0, parameters.ring().primes());
    return expansionBytes(key.isSeeded(), half) + half;
  }

  private static FrameExpectation expect(
      FormKind kind, CkksParameters parameters, long least, long most) {
    return new FrameExpectation(kind, VERSION, parameters.parameterDigest(), least, most);
  }

  // ---- pieces

  private static void write(FrameWriter out, KeyId id) throws IOException {
    out.writeLong(id.high());
    out.writeLong(id.low());
  }

  private static KeyId readKeyId(FrameReader in) throws IOException {
    return new KeyId(in.readLong(), in.readLong());
  }

  private static void write(FrameWriter out, RnsRing ring, RnsPolynomial a) throws IOException {
    for (int i = 0; i < a.size(); i++) {
      out.writeResidues(a.row(i), 0, ring.degree(), ring.prime(i));
    }
  }

  private static RnsPolynomial readPolynomial(
      FrameReader in, RnsRing ring, int primes, boolean extended) throws IOException {
    double[][] rows = new double[primes][];
    for (int i = 0; i < primes; i++) {
      rows[i] = new double[ring.degree()];
      in.readResidues(rows[i], 0, ring.degree(), ring.prime(i));
      ring.kernel(i).reduce(rows[i], rows[i]);
    }
    return new RnsPolynomial(rows, extended);
  }

  private static byte[] readSeed(FrameReader in) throws IOException {
    int seeded = in.readByte();
    if (seeded > 1) {
      throw in.malformed("seeded", String.valueOf(seeded), "0 or 1");
    }
    byte[] seed = new byte[seeded == 1 ? SEED_BYTES : 0];
    in.readBytes(seed);
    return seed;
  }

  private static void writeSeed(FrameWriter out, byte[] seed) throws IOException {
    out.writeByte(seed.length == 0 ? 0 : 1);
    out.writeBytes(seed);
  }

  private static RnsPolynomial expand(
      byte[] seed, RnsRing ring, int primes, long block, boolean extended) {
    try (var sampler = new RnsSampler(seed)) {
      return sampler.uniform(ring, IntStream.range(0, primes).toArray(), block, extended);
    }
  }

  private static void write(FrameWriter out, RnsRing ring, SwitchingKey key) throws IOException {
    writeSeed(out, key.seed());
    if (!key.isSeeded()) {
      for (RnsPolynomial a : key.a()) {
        write(out, ring, a);
      }
    }
    for (RnsPolynomial b : key.b()) {
      write(out, ring, b);
    }
  }

  private static SwitchingKey readSwitchingKey(FrameReader in, CkksParameters parameters)
      throws IOException {
    RnsRing ring = parameters.ring();
    byte[] seed = readSeed(in);
    RnsPolynomial[] a = new RnsPolynomial[parameters.digits()];
    RnsPolynomial[] b = new RnsPolynomial[parameters.digits()];
    for (int j = 0; j < a.length && seed.length == 0; j++) {
      a[j] = readPolynomial(in, ring, ring.primes(), true);
    }
    for (int j = 0; j < b.length; j++) {
      b[j] = readPolynomial(in, ring, ring.primes(), true);
    }
    for (int j = 0; j < a.length && seed.length > 0; j++) {
      a[j] = expand(seed, ring, ring.primes(), j, true);
    }
    return new SwitchingKey(b, a, seed);
  }

  private static double readScale(FrameReader in) throws IOException {
    double scale = in.readPositive("scale");
    if (!(scale >= 1 && scale < 0x1p900)) {
      throw in.malformed("scale", String.valueOf(scale), "1 to 2^900");
    }
    return scale;
  }

  private static int readLevel(FrameReader in, CkksParameters parameters) throws IOException {
    int level = in.readByte();
    if (level > parameters.depth()) {
      throw in.malformed("level", String.valueOf(level), "0 to " + parameters.depth());
    }
    return level;
  }

  private static void write(
      FormKind kind, CkksParameters parameters, long bodyBytes, OutputStream out, FrameBody body)
      throws IOException {
    Frames.write(kind, VERSION, parameters.parameterDigest(), bodyBytes, out, body);
  }

  // ---- ciphertexts and plaintexts

  /// Of a ciphertext of two polynomials without seed.
  static long bytes(CkksParameters parameters, int level) {
    long polynomial = polynomialBytes(parameters, 0, parameters.primes(level));
    return Frames.bytes(
        KEY_ID_BYTES + Double.BYTES + 2 + expansionBytes(false, polynomial) + polynomial);
  }

  static long bytes(CkksCiphertext a) {
    return Frames.bytes(bodyBytes(a));
  }

  static void write(CkksCiphertext a, OutputStream out) throws IOException {
    RnsRing ring = a.parameters().ring();
    write(
        FormKind.CKKS_CIPHERTEXT,
        a.parameters(),
        bodyBytes(a),
        out,
        body -> {
          write(body, a.keyId());
          body.writeDouble(a.scale());
          body.writeByte(a.level());
          body.writeByte(a.size());
          byte[] seed = a.seed();
          writeSeed(body, seed == null ? new byte[0] : seed);
          if (seed == null) {
            write(body, ring, a.polynomial(1));
          }
          write(body, ring, a.polynomial(0));
          if (a.size() == 3) {
            write(body, ring, a.polynomial(2));
          }
        });
  }

  static CkksCiphertext readCiphertext(CkksParameters parameters, InputStream in)
      throws IOException {
    int most = parameters.primes(parameters.depth());
    long fixed = KEY_ID_BYTES + Double.BYTES + 3;
    return Frames.readNext(
        in,
        expect(
            FormKind.CKKS_CIPHERTEXT,
            parameters,
            fixed + SEED_BYTES,
            fixed + 3 * polynomialBytes(parameters, 0, most)),
        body -> readCiphertextBody(parameters, body));
  }

  private static CkksCiphertext readCiphertextBody(CkksParameters parameters, FrameReader in)
      throws IOException {
    RnsRing ring = parameters.ring();
    KeyId id = readKeyId(in);
    double scale = readScale(in);
    int level = readLevel(in, parameters);
    int size = in.readByte();
    byte[] seed = readSeed(in);
    if (size < 2 || size > 3 || (size == 3 && seed.length > 0)) {
      throw in.malformed("polynomials", String.valueOf(size), "2, or 3 without seed");
    }
    int primes = parameters.primes(level);
    RnsPolynomial c1 =
        seed.length > 0
            ? expand(seed, ring, primes, 0, false)
            : readPolynomial(in, ring, primes, false);
    List<RnsPolynomial> polynomials = new ArrayList<>();
    polynomials.add(readPolynomial(in, ring, primes, false));
    polynomials.add(c1);
    if (size == 3) {
      polynomials.add(readPolynomial(in, ring, primes, false));
    }
    try {
      return new CkksCiphertext(
          parameters, id, polynomials, level, scale, seed.length > 0 ? seed : null);
    } catch (TransparentCiphertext e) {
      throw in.malformed("ciphertext", "transparent", "c_1 other than 0");
    }
  }

  static void write(CkksPlaintext a, OutputStream out) throws IOException {
    CkksParameters parameters = a.parameters();
    write(
        FormKind.CKKS_PLAINTEXT,
        parameters,
        Double.BYTES + 1 + polynomialBytes(parameters, 0, a.polynomial().size()),
        out,
        body -> {
          body.writeDouble(a.scale());
          body.writeByte(a.level());
          write(body, parameters.ring(), a.polynomial());
        });
  }

  static CkksPlaintext readPlaintext(CkksParameters parameters, InputStream in) throws IOException {
    int most = parameters.primes(parameters.depth());
    return Frames.readNext(
        in,
        expect(
            FormKind.CKKS_PLAINTEXT,
            parameters,
            Double.BYTES + 1,
            Double.BYTES + 1 + polynomialBytes(parameters, 0, most)),
        body -> {
          double scale = readScale(body);
          int level = readLevel(body, parameters);
          RnsPolynomial polynomial =
              readPolynomial(body, parameters.ring(), parameters.primes(level), false);
          return new CkksPlaintext(parameters, polynomial, level, scale);
        });
  }

  // ---- keys

  static void write(CkksPublicKey key, OutputStream out) throws IOException {
    CkksParameters parameters = key.parameters();
    long half = polynomialBytes(parameters, 0, key.b().size());
    byte[] seed = key.seed();
    write(
        FormKind.CKKS_PUBLIC_KEY,
        parameters,
        KEY_ID_BYTES + expansionBytes(seed.length > 0, half) + half,
        out,
        body -> {
          write(body, key.keyId());
          writeSeed(body, seed);
          if (seed.length == 0) {
            write(body, parameters.ring(), key.a());
          }
          write(body, parameters.ring(), key.b());
        });
  }

  static CkksPublicKey readPublicKey(CkksParameters parameters, InputStream in) throws IOException {
    RnsRing ring = parameters.ring();
    int primes = ring.ciphertextPrimes();
    long half = polynomialBytes(parameters, 0, primes);
    return Frames.readNext(
        in,
        expect(
            FormKind.CKKS_PUBLIC_KEY,
            parameters,
            KEY_ID_BYTES + 1 + SEED_BYTES + half,
            KEY_ID_BYTES + 1 + 2 * half),
        body -> {
          KeyId id = readKeyId(body);
          byte[] seed = readSeed(body);
          RnsPolynomial a =
              seed.length > 0
                  ? expand(seed, ring, primes, 0, false)
                  : readPolynomial(body, ring, primes, false);
          return new CkksPublicKey(
              parameters, id, readPolynomial(body, ring, primes, false), a, seed);
        });
  }

  static void write(RelinearizationKey key, OutputStream out) throws IOException {
    CkksParameters parameters = key.parameters();
    write(
        FormKind.CKKS_RELINEARIZATION_KEY,
        parameters,
        KEY_ID_BYTES + bodyBytes(parameters, key.key()),
        out,
        body -> {
          write(body, key.keyId());
          write(body, parameters.ring(), key.key());
        });
  }

  private static long switchingKeyBytes(CkksParameters parameters) {
    return parameters.digits() * polynomialBytes(parameters, 0, parameters.ring().primes());
  }

  static RelinearizationKey readRelinearizationKey(CkksParameters parameters, InputStream in)
      throws IOException {
    long half = switchingKeyBytes(parameters);
    return Frames.readNext(
        in,
        expect(
            FormKind.CKKS_RELINEARIZATION_KEY,
            parameters,
            KEY_ID_BYTES + 1 + SEED_BYTES + half,
            KEY_ID_BYTES + 1 + 2 * half),
        body -> {
          KeyId id = readKeyId(body);
          return new RelinearizationKey(parameters, id, readSwitchingKey(body, parameters));
        });
  }

  static void write(GaloisKeys keys, OutputStream out) throws IOException {
    CkksParameters parameters = keys.parameters();
    long bytes = KEY_ID_BYTES + Integer.BYTES;
    for (SwitchingKey key : keys.keys().values()) {
      bytes += Long.BYTES + bodyBytes(parameters, key);
    }
    write(
        FormKind.CKKS_GALOIS_KEYS,
        parameters,
        bytes,
        out,
        body -> {
          write(body, keys.keyId());
          body.writeInt(keys.keys().size());
          for (var entry : keys.keys().entrySet()) {
            body.writeLong(entry.getKey());
            write(body, parameters.ring(), entry.getValue());
          }
        });
  }

  static GaloisKeys readGaloisKeys(CkksParameters parameters, InputStream in) throws IOException {
    long most = Long.BYTES + 1 + 2 * switchingKeyBytes(parameters);
    long fixed = KEY_ID_BYTES + Integer.BYTES;
    return Frames.readNext(
        in,
        expect(FormKind.CKKS_GALOIS_KEYS, parameters, fixed, fixed + parameters.degree() * most),
        body -> readGaloisBody(parameters, body));
  }

  private static GaloisKeys readGaloisBody(CkksParameters parameters, FrameReader in)
      throws IOException {
    KeyId id = readKeyId(in);
    int count = in.readInt("count", 0, parameters.degree());
    Map<Long, SwitchingKey> keys = new TreeMap<>();
    long last = 1;
    for (int i = 0; i < count; i++) {
      long element = in.readLong();
      if (element <= last || element >= 2L * parameters.degree() || (element & 1) == 0) {
        throw in.malformed("Galois element", String.valueOf(element), "odd, ascending, below 2N");
      }
      keys.put(element, readSwitchingKey(in, parameters));
      last = element;
    }
    return new GaloisKeys(parameters, id, keys);
  }

  static void write(SecretKeyAccess access, CkksSecretKey key, OutputStream out)
      throws IOException {
    byte[] coefficients = key.coefficients();
    try {
      Frames.writeSecret(
          access,
          FormKind.CKKS_SECRET_KEY,
          VERSION,
          key.parameters().parameterDigest(),
          KEY_ID_BYTES + coefficients.length,
          out,
          body -> {
            write(body, key.keyId());
            body.writeBytes(coefficients);
          });
    } finally {
      Arrays.fill(coefficients, (byte) 0);
    }
  }

  static CkksSecretKey readSecretKey(
      SecretKeyAccess access, CkksParameters parameters, InputStream in) throws IOException {
    long bytes = KEY_ID_BYTES + (long) parameters.degree();
    FrameDecoder<CkksSecretKey> decoder =
        body -> {
          KeyId id = readKeyId(body);
          byte[] small = new byte[parameters.degree()];
          double[] coefficients = new double[small.length];
          try {
            body.readBytes(small);
            for (int j = 0; j < small.length; j++) {
              coefficients[j] = small[j];
            }
            // One branch for all, which says nothing of where.
            if (Arrays.stream(coefficients).anyMatch(c -> Math.abs(c) > 1)) {
              throw body.malformed("coefficients", "out of range", "-1, 0 or 1");
            }
            return new CkksSecretKey(parameters, id, coefficients);
          } finally {
            Arrays.fill(small, (byte) 0);
            Arrays.fill(coefficients, 0);
          }
        };
    return Frames.readSecret(
        access, in, expect(FormKind.CKKS_SECRET_KEY, parameters, bytes, bytes), decoder);
  }
}
