package ai.cifer.secagg.cipher;

import ai.cifer.homocryption.aggregation.AggregationParameters;
import ai.cifer.homocryption.paillier.PaillierDecryptor;
import ai.cifer.homocryption.paillier.PaillierKeyProof;
import ai.cifer.homocryption.paillier.PaillierPads;
import ai.cifer.homocryption.paillier.PaillierSecretKey;
import ai.cifer.homocryption.paillier.PaillierVector;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.List;

/// The Paillier key of one process: making one takes about a second, and sums tell nothing of it.
final class PaillierSumSecretKey implements SumSecretKey {
  private final PaillierSecretKey secret;
  private final PaillierDecryptor decryptor;
  private final byte[] publicBytes;

  private PaillierSumSecretKey(
      PaillierSecretKey secret, PaillierDecryptor decryptor, byte[] publicBytes) {
    this.secret = secret;
    this.decryptor = decryptor;
    this.publicBytes = publicBytes;
  }

  static PaillierSumSecretKey generate(String owner, SecureRandom random) {
    PaillierSecretKey secret = PaillierSecretKey.generate(PaillierCipher.KEY_BITS, random);
    PaillierKeyProof proof = PaillierKeyProof.create(secret, PaillierCipher.proofContext(owner));
    return new PaillierSumSecretKey(
        secret,
        new PaillierDecryptor(secret, random),
        PaillierCipher.write(secret.publicKey(), proof));
  }

  @Override
  public byte[] publicBytes() {
    return publicBytes.clone();
  }

  @Override
  public long[] open(
      AggregationParameters parameters, int block, ByteBuffer sum, List<byte[]> seeds) {
    return SumSecretKey.requireSums(
        parameters,
        SumScheme.refusing(() ->
            PaillierPads.decrypt(
                decryptor,
                PaillierVector.read(
                    secret.publicKey(),
                    PaillierCipher.packing(parameters),
                    parameters.valuesPerBlock(),
                    sum),
                seeds,
                block)),
        seeds.size());
  }

  @Override
  public void close() {
    decryptor.close();
    secret.close();
  }

  /// Names the public half only.
  @Override
  public String toString() {
    return "PaillierSumSecretKey of " + secret.publicKey();
  }
}
