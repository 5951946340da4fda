package ai.cifer.secagg.cipher;

import ai.cifer.homocryption.aggregation.AggregationParameters;
import ai.cifer.homocryption.paillier.PaillierEncryptor;
import ai.cifer.homocryption.paillier.PaillierEvaluator;
import ai.cifer.homocryption.paillier.PaillierKeyProof;
import ai.cifer.homocryption.paillier.PaillierPacking;
import ai.cifer.homocryption.paillier.PaillierPads;
import ai.cifer.homocryption.paillier.PaillierPublicKey;
import ai.cifer.homocryption.paillier.PaillierVector;
import ai.cifer.secagg.codec.FieldReader;
import ai.cifer.secagg.codec.FieldWriter;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Paillier of 3072 bits: a block is one [PaillierVector], 109 fields of 28 bits in a ciphertext
/// with the usual profile. Exact by construction.
final class PaillierCipher implements SumCipher {
  static final int KEY_BITS = PaillierPublicKey.DEFAULT_BITS;

  private static final String LABEL = "cifer.paillier-key";
  private static final int VERSION = 1;
  private static final int MAX_FORM_BYTES = 1 << 13;

  private final AggregationParameters parameters;
  private final PaillierPublicKey key;
  private final PaillierPacking packing;
  private final PaillierEvaluator evaluator;

  /// Made at the first encryption: its tables take a while, and the coordinator encrypts nothing.
  private @Nullable PaillierEncryptor encryptor;

  private PaillierCipher(AggregationParameters parameters, PaillierPublicKey key) {
    this.parameters = parameters;
    this.key = key;
    packing = packing(parameters);
    evaluator = new PaillierEvaluator(key);
  }

  static PaillierPacking packing(AggregationParameters parameters) {
    return new PaillierPacking(KEY_BITS, parameters.valueBits(), parameters.maxClients());
  }

  static int blockBytes(AggregationParameters parameters) {
    return Math.toIntExact(
        PaillierVector.formBytes(packing(parameters), parameters.valuesPerBlock()));
  }

  static byte[] proofContext(String owner) {
    return FieldWriter.of("cifer.paillier-key-owner", VERSION).text(owner).toByteArray();
  }

  static byte[] write(PaillierPublicKey key, PaillierKeyProof proof) {
    ByteBuffer first = ByteBuffer.allocate(key.formBytes());
    key.write(first);
    ByteBuffer second = ByteBuffer.allocate(proof.formBytes());
    proof.write(second);
    return FieldWriter.of(LABEL, VERSION).bytes(first.array()).bytes(second.array()).toByteArray();
  }

  static PaillierCipher read(AggregationParameters parameters, byte[] bytes, String owner) {
    byte[][] forms =
        FieldReader.decode(
            bytes,
            LABEL,
            VERSION,
            in ->
                new byte[][] {
                  in.bytes(MAX_FORM_BYTES).toByteArray(), in.bytes(MAX_FORM_BYTES).toByteArray()
                });
    PaillierPublicKey key = PaillierPublicKey.read(ByteBuffer.wrap(forms[0]));
    if (key.bits() != KEY_BITS) {
      throw new CipherRefused(
          "Paillier key: %d bits (expected: %d)".formatted(key.bits(), KEY_BITS));
    }
    PaillierKeyProof.read(key, ByteBuffer.wrap(forms[1])).verify(proofContext(owner));
    return new PaillierCipher(parameters, key);
  }

  private synchronized PaillierEncryptor encryptor() {
    PaillierEncryptor made = encryptor;
    if (made == null) {
      made = new PaillierEncryptor(key, new SecureRandom());
      encryptor = made;
    }
    return made;
  }

  @Override
  public void encrypt(int block, int[] slots, byte[] seed, ByteBuffer out) {
    long[] values = new long[slots.length];
    for (int i = 0; i < slots.length; i++) {
      values[i] = slots[i];
    }
    PaillierPads.encrypt(encryptor(), values, packing, seed, block).write(out);
    Arrays.fill(values, 0);
  }

  @Override
  public Sum sum() {
    return new PaillierSum();
  }

  private final class PaillierSum implements Sum {
    private @Nullable PaillierVector sum;

    @Override
    public void clear() {
      sum = null;
    }

    @Override
    public void add(ByteBuffer block) {
      PaillierVector next =
          SumScheme.refusing(
              () -> PaillierVector.read(key, packing, parameters.valuesPerBlock(), block));
      if (next.summands() != 1) {
        throw new CipherRefused("summands: %d (expected: 1)".formatted(next.summands()));
      }
      PaillierVector before = sum;
      sum = before == null ? next : SumScheme.refusing(() -> evaluator.add(before, next));
    }

    @Override
    public void write(ByteBuffer out) {
      PaillierVector whole = sum;
      if (whole == null) {
        throw new IllegalStateException("sum: empty (expected: blocks in it)");
      }
      whole.write(out);
    }
  }
}
