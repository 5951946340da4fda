package ai.cifer.homocryption.threshold;

import static ai.cifer.homocryption.threshold.ThresholdForms.ACCESS;
import static ai.cifer.homocryption.threshold.ThresholdForms.SESSION;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.cifer.homocryption.codec.FormatException;
import ai.cifer.homocryption.format.FormContract;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/// Every byte form of the package against [FormContract].
class ThresholdFormatTest {
  /// One form; its bytes are always the same, since the value is made once.
  private interface Form<T> extends FormContract {
    T value();

    /// What `formBytes` says.
    long size();

    T from(InputStream in) throws IOException;

    T from(ByteBuffer in);

    void write(T value, OutputStream out) throws IOException;

    @Override
    default byte[] form() {
      return ThresholdForms.bytes(out -> write(value(), out));
    }

    @Override
    default Object read(InputStream in) throws IOException {
      return from(in);
    }

    @Override
    default Object read(ByteBuffer in) {
      return from(in);
    }

    @Override
    @SuppressWarnings("unchecked")
    default byte[] write(Object value) {
      return ThresholdForms.bytes(out -> write((T) value, out));
    }

    @Override
    default List<byte[]> foreignForms() {
      return List.of(ThresholdForms.foreignSession());
    }

    @Override
    default int restampedTries() {
      return 100;
    }

    @Test
    default void theSizeIsKnownBefore() {
      assertThat(form()).hasSize((int) size());
    }
  }

  @Nested
  class Commitments implements Form<Commitment> {
    @Override
    public Commitment value() {
      return Commitment.to(ThresholdForms.PUBLIC_KEY);
    }

    @Override
    public long size() {
      return 64L + 8 + "public-key".length() + 32;
    }

    @Override
    public Commitment from(InputStream in) throws IOException {
      return Commitment.read(SESSION, in);
    }

    @Override
    public Commitment from(ByteBuffer in) {
      return Commitment.read(SESSION, in);
    }

    @Override
    public void write(Commitment value, OutputStream out) throws IOException {
      value.write(out);
    }
  }

  @Nested
  class PublicKeyShares implements Form<PublicKeyShare> {
    @Override
    public PublicKeyShare value() {
      return ThresholdForms.PUBLIC_KEY;
    }

    @Override
    public long size() {
      return PublicKeyShare.formBytes(SESSION);
    }

    @Override
    public PublicKeyShare from(InputStream in) throws IOException {
      return PublicKeyShare.read(SESSION, in);
    }

    @Override
    public PublicKeyShare from(ByteBuffer in) {
      return PublicKeyShare.read(SESSION, in);
    }

    @Override
    public void write(PublicKeyShare value, OutputStream out) throws IOException {
      value.write(out);
    }
  }

  @Nested
  class RelinearizationRoundOne implements Form<RelinearizationKeyShare> {
    @Override
    public RelinearizationKeyShare value() {
      return ThresholdForms.ROUND_ONE;
    }

    @Override
    public long size() {
      return RelinearizationKeyShare.formBytes(SESSION, 1);
    }

    @Override
    public RelinearizationKeyShare from(InputStream in) throws IOException {
      return RelinearizationKeyShare.read(SESSION, 1, in);
    }

    @Override
    public RelinearizationKeyShare from(ByteBuffer in) {
      return RelinearizationKeyShare.read(SESSION, 1, in);
    }

    @Override
    public void write(RelinearizationKeyShare value, OutputStream out) throws IOException {
      value.write(out);
    }
  }

  @Nested
  class RelinearizationRoundTwo implements Form<RelinearizationKeyShare> {
    @Override
    public RelinearizationKeyShare value() {
      return ThresholdForms.ROUND_TWO;
    }

    @Override
    public long size() {
      return RelinearizationKeyShare.formBytes(SESSION, 2);
    }

    @Override
    public RelinearizationKeyShare from(InputStream in) throws IOException {
      return RelinearizationKeyShare.read(SESSION, 2, in);
    }

    @Override
    public RelinearizationKeyShare from(ByteBuffer in) {
      return RelinearizationKeyShare.read(SESSION, 2, in);
    }

    @Override
    public void write(RelinearizationKeyShare value, OutputStream out) throws IOException {
      value.write(out);
    }
  }

  @Nested
  class GaloisKeyShares implements Form<GaloisKeyShare> {
    @Override
    public GaloisKeyShare value() {
      return ThresholdForms.GALOIS;
    }

    @Override
    public long size() {
      return GaloisKeyShare.formBytes(SESSION);
    }

    @Override
    public GaloisKeyShare from(InputStream in) throws IOException {
      return GaloisKeyShare.read(SESSION, in);
    }

    @Override
    public GaloisKeyShare from(ByteBuffer in) {
      return GaloisKeyShare.read(SESSION, in);
    }

    @Override
    public void write(GaloisKeyShare value, OutputStream out) throws IOException {
      value.write(out);
    }
  }

  @Nested
  class DealtShares implements Form<DealtSecretShare> {
    @Override
    public DealtSecretShare value() {
      return ThresholdForms.DEALT;
    }

    @Override
    public long size() {
      return DealtSecretShare.formBytes(SESSION);
    }

    @Override
    public DealtSecretShare from(InputStream in) throws IOException {
      return DealtSecretShare.read(ACCESS, SESSION, in);
    }

    @Override
    public DealtSecretShare from(ByteBuffer in) {
      return DealtSecretShare.read(ACCESS, SESSION, in);
    }

    @Override
    public void write(DealtSecretShare value, OutputStream out) throws IOException {
      value.write(ACCESS, out);
    }
  }

  @Nested
  class KeyShares implements Form<SecretKeyShare> {
    @Override
    public SecretKeyShare value() {
      return ThresholdForms.KEY_SHARE;
    }

    @Override
    public long size() {
      return SecretKeyShare.formBytes(SESSION);
    }

    @Override
    public SecretKeyShare from(InputStream in) throws IOException {
      return SecretKeyShare.read(ACCESS, SESSION, in);
    }

    @Override
    public SecretKeyShare from(ByteBuffer in) {
      return SecretKeyShare.read(ACCESS, SESSION, in);
    }

    @Override
    public void write(SecretKeyShare value, OutputStream out) throws IOException {
      value.write(ACCESS, out);
    }
  }

  @Nested
  class PartialDecryptions implements Form<PartialDecryption> {
    @Override
    public PartialDecryption value() {
      return ThresholdForms.PARTIAL;
    }

    @Override
    public long size() {
      return PartialDecryption.formBytes(SESSION, 0);
    }

    @Override
    public PartialDecryption from(InputStream in) throws IOException {
      return PartialDecryption.read(SESSION, in);
    }

    @Override
    public PartialDecryption from(ByteBuffer in) {
      return PartialDecryption.read(SESSION, in);
    }

    @Override
    public void write(PartialDecryption value, OutputStream out) throws IOException {
      value.write(out);
    }
  }

  @Nested
  class RefreshShares implements Form<RefreshShare> {
    @Override
    public RefreshShare value() {
      return ThresholdForms.REFRESH;
    }

    @Override
    public long size() {
      return RefreshShare.formBytes(SESSION, 1);
    }

    @Override
    public RefreshShare from(InputStream in) throws IOException {
      return RefreshShare.read(SESSION, in);
    }

    @Override
    public RefreshShare from(ByteBuffer in) {
      return RefreshShare.read(SESSION, in);
    }

    @Override
    public void write(RefreshShare value, OutputStream out) throws IOException {
      value.write(out);
    }
  }

  /// What a share is read as decides who gave it and with whom: impossible parties, sets, levels
  /// and elements are refused by name.
  @Test
  void impossibleFieldsAreRefused() {
    byte[] partial = ThresholdForms.bytes(ThresholdForms.PARTIAL::write);
    for (long set : new long[] {0, 0b1, 0b101, 0b111, 0b1010, -1}) {
      byte[] changed = at(partial, 64).putLong(set).array();
      assertThatThrownBy(
              () -> PartialDecryption.read(SESSION, ByteBuffer.wrap(FormContract.restamp(changed))))
          .isInstanceOf(FormatException.Malformed.class)
          .hasMessageContaining("active set");
    }
    byte[] party = at(partial, 60).putInt(4).array();
    assertThatThrownBy(
            () -> PartialDecryption.read(SESSION, ByteBuffer.wrap(FormContract.restamp(party))))
        .isInstanceOf(FormatException.Malformed.class)
        .hasMessageContaining("party");
    byte[] level = at(partial, 72).putInt(1).array();
    assertThatThrownBy(
            () -> PartialDecryption.read(SESSION, ByteBuffer.wrap(FormContract.restamp(level))))
        .isInstanceOf(FormatException.Malformed.class)
        .hasMessageContaining("for level 1");
    byte[] galois = ThresholdForms.bytes(ThresholdForms.GALOIS::write);
    byte[] even = at(galois, 64).putInt(4).array();
    assertThatThrownBy(
            () -> GaloisKeyShare.read(SESSION, ByteBuffer.wrap(FormContract.restamp(even))))
        .isInstanceOf(FormatException.Malformed.class)
        .hasMessageContaining("Galois element");
    byte[] one = ThresholdForms.bytes(ThresholdForms.ROUND_ONE::write);
    assertThatThrownBy(
            () -> RelinearizationKeyShare.read(SESSION, 2, new ByteArrayInputStream(one)))
        .isInstanceOf(FormatException.WrongLength.class);
  }

  private static ByteBuffer at(byte[] form, int position) {
    return ByteBuffer.wrap(form.clone()).order(ByteOrder.LITTLE_ENDIAN).position(position);
  }
}
