package ai.cifer.homocryption.paillier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.cifer.homocryption.codec.FormatException;
import ai.cifer.homocryption.format.FormContract;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/// Every written form against [FormContract].
class PaillierFormatTest {
  private static final PaillierSecretKey SECRET = PaillierVectors.key("n2048");
  private static final PaillierPublicKey KEY = SECRET.publicKey();
  private static final PaillierPublicKey OTHER = PaillierVectors.key("n3072").publicKey();
  private static final PaillierPacking PACKING = PaillierPacking.of(KEY, 20, 100);
  private static final int SIZE = PACKING.fields() + 3;

  private static byte[] ciphertextForm(PaillierPublicKey key) {
    PaillierCiphertext c = new PaillierEncryptor(key, PaillierVectors.seeded(4)).encrypt(42);
    ByteBuffer out = ByteBuffer.allocate(c.formBytes());
    c.write(out);
    return out.array();
  }

  private static byte[] publicForm(PaillierPublicKey key) {
    ByteBuffer out = ByteBuffer.allocate(key.formBytes());
    key.write(out);
    return out.array();
  }

  @Nested
  class PublicKeys implements FormContract {
    @Override
    public byte[] form() {
      return publicForm(OTHER);
    }

    @Override
    public Object read(InputStream in) throws IOException {
      return PaillierPublicKey.read(in);
    }

    @Override
    public Object read(ByteBuffer in) {
      return PaillierPublicKey.read(in);
    }

    @Override
    public byte[] write(Object value) {
      return publicForm((PaillierPublicKey) value);
    }

    @Override
    public List<byte[]> foreignForms() {
      return List.of(ciphertextForm(KEY));
    }

    @Test
    void smallKeysAreReadOnRequestOnly() {
      byte[] form = publicForm(KEY);
      assertThatThrownBy(() -> read(ByteBuffer.wrap(form)))
          .isInstanceOf(PaillierException.InvalidKey.class)
          .hasMessageContaining("2048 bits (expected: 3072 to 4096 bits)");
      assertThat(PaillierPublicKey.readAtLeast(2048, ByteBuffer.wrap(form))).isEqualTo(KEY);
    }
  }

  @Nested
  class SecretKeys implements FormContract {
    private static final byte[] FORM = write(SECRET);

    private static byte[] write(PaillierSecretKey key) {
      ByteBuffer out = ByteBuffer.allocate(key.formBytes());
      key.write(PaillierVectors.ACCESS, out);
      return out.array();
    }

    @Override
    public byte[] form() {
      return FORM.clone();
    }

    @Override
    public Object read(InputStream in) throws IOException {
      return PaillierSecretKey.read(PaillierVectors.ACCESS, in);
    }

    @Override
    public Object read(ByteBuffer in) {
      return PaillierSecretKey.read(PaillierVectors.ACCESS, in);
    }

    @Override
    public byte[] write(Object value) {
      try (PaillierSecretKey key = (PaillierSecretKey) value) {
        return write(key);
      }
    }

    @Override
    public Class<? extends RuntimeException> refusal() {
      return PaillierException.InvalidKey.class;
    }

    @Override
    public List<byte[]> foreignForms() {
      return List.of(publicForm(KEY));
    }
  }

  @Nested
  class Ciphertexts implements FormContract {
    private static final byte[] FORM = ciphertextForm(KEY);

    @Override
    public byte[] form() {
      return FORM.clone();
    }

    @Override
    public Object read(InputStream in) throws IOException {
      return PaillierCiphertext.read(KEY, in);
    }

    @Override
    public Object read(ByteBuffer in) {
      return PaillierCiphertext.read(KEY, in);
    }

    @Override
    public byte[] write(Object value) {
      PaillierCiphertext c = (PaillierCiphertext) value;
      ByteBuffer out = ByteBuffer.allocate(c.formBytes());
      c.write(out);
      return out.array();
    }

    @Override
    public Class<? extends RuntimeException> refusal() {
      return PaillierException.InvalidCiphertext.class;
    }

    @Override
    public List<byte[]> foreignForms() {
      return List.of(ciphertextForm(OTHER), publicForm(KEY));
    }

    @Test
    void hostileNumbersAreRefusedInAFormThatIsWellMade() {
      for (BigInteger bad :
          List.of(
              BigInteger.ZERO,
              KEY.modulus(),
              KEY.modulusSquared(),
              BigInteger.ONE.shiftLeft(8 * KEY.ciphertextBytes()).subtract(BigInteger.ONE))) {
        byte[] form = write(new PaillierCiphertext(KEY, bad));
        assertThatThrownBy(() -> read(ByteBuffer.wrap(form)))
            .isInstanceOf(PaillierException.InvalidCiphertext.class);
      }
    }
  }

  @Nested
  class Vectors implements FormContract {
    private static final PaillierVector VECTOR =
        new PaillierEncryptor(KEY, PaillierVectors.seeded(5)).encrypt(new long[SIZE], PACKING);

    @Override
    public byte[] form() {
      return write(VECTOR);
    }

    @Override
    public Object read(InputStream in) throws IOException {
      return PaillierVector.read(KEY, PACKING, SIZE, in);
    }

    @Override
    public Object read(ByteBuffer in) {
      return PaillierVector.read(KEY, PACKING, SIZE, in);
    }

    @Override
    public byte[] write(Object value) {
      PaillierVector vector = (PaillierVector) value;
      ByteBuffer out = ByteBuffer.allocate((int) vector.formBytes());
      vector.write(out);
      return out.array();
    }

    @Override
    public Class<? extends RuntimeException> refusal() {
      return PaillierException.InvalidCiphertext.class;
    }

    @Override
    public List<byte[]> foreignForms() {
      return List.of(ciphertextForm(KEY));
    }

    /// One bad number among many is found although only one greatest common divisor is computed.
    @Test
    void oneBadCiphertextAmongManyIsFound() {
      List<PaillierCiphertext> good = VECTOR.ciphertexts();
      assertThat(good).hasSize(2);
      for (BigInteger bad :
          List.of(BigInteger.ZERO, KEY.modulus(), SECRET.firstPrime(), KEY.modulusSquared())) {
        PaillierVector hostile =
            VECTOR.with(1, List.of(good.get(0), new PaillierCiphertext(KEY, bad)));
        assertThatThrownBy(() -> read(ByteBuffer.wrap(write(hostile))))
            .isInstanceOf(PaillierException.InvalidCiphertext.class);
      }
    }

    @Test
    void aVectorOfAnotherShapeIsRefused() {
      ByteBuffer form = ByteBuffer.wrap(write(VECTOR));
      assertThatThrownBy(() -> PaillierVector.read(KEY, PACKING, 1, form.duplicate()))
          .isInstanceOf(FormatException.WrongLength.class);
      assertThatThrownBy(() -> PaillierVector.read(KEY, PACKING, SIZE - 1, form.duplicate()))
          .isInstanceOf(FormatException.Malformed.class)
          .hasMessageContaining("values of a Paillier vector: " + SIZE);
      assertThatThrownBy(() ->
              PaillierVector.read(KEY, PaillierPacking.of(KEY, 19, 200), SIZE, form.duplicate()))
          .isInstanceOf(FormatException.Malformed.class)
          .hasMessageContaining("value bits");
      PaillierVector over = VECTOR.with(101, VECTOR.ciphertexts());
      assertThatThrownBy(() -> read(ByteBuffer.wrap(write(over))))
          .isInstanceOf(FormatException.Malformed.class)
          .hasMessageContaining("summands of a Paillier vector: 101 (expected: 1 to 100)");
    }
  }

  @Nested
  class Proofs implements FormContract {
    private static final PaillierKeyProof PROOF =
        PaillierKeyProof.create(SECRET, PaillierVectors.bytes(1, 8));

    @Override
    public byte[] form() {
      return write(PROOF);
    }

    @Override
    public Object read(InputStream in) throws IOException {
      return PaillierKeyProof.read(KEY, in);
    }

    @Override
    public Object read(ByteBuffer in) {
      return PaillierKeyProof.read(KEY, in);
    }

    @Override
    public byte[] write(Object value) {
      PaillierKeyProof proof = (PaillierKeyProof) value;
      ByteBuffer out = ByteBuffer.allocate(proof.formBytes());
      proof.write(out);
      return out.array();
    }

    @Override
    public List<byte[]> foreignForms() {
      return List.of(ciphertextForm(KEY), publicForm(KEY));
    }
  }
}
