package ai.cifer.secagg.message;

import ai.cifer.fedlearn.privacy.UpdatePrivacy;
import ai.cifer.fedlearn.privacy.UpdatePrivacy.Scope;
import ai.cifer.secagg.codec.FieldReader;
import ai.cifer.secagg.codec.FieldWriter;
import java.util.Optional;

/// How clients protect their updates by differential privacy, as fields: whether they do, and if so
/// whether against readers of single updates, and the numbers.
final class UpdatePrivacyCodec {

  private UpdatePrivacyCodec() {}

  static void write(FieldWriter out, Optional<UpdatePrivacy> privacy) {
    out.bool(privacy.isPresent());
    privacy.ifPresent(known ->
        out.bool(known.scope() == Scope.LOCAL)
            .i64(Double.doubleToLongBits(known.clipNorm()))
            .i64(Double.doubleToLongBits(known.noiseMultiplier()))
            .i64(Double.doubleToLongBits(known.sampling()))
            .u31(known.honest())
            .i64(Double.doubleToLongBits(known.delta())));
  }

  static Optional<UpdatePrivacy> read(FieldReader in) {
    return in.bool()
        ? Optional.of(
            new UpdatePrivacy(
                in.bool() ? Scope.LOCAL : Scope.CENTRAL,
                Double.longBitsToDouble(in.i64()),
                Double.longBitsToDouble(in.i64()),
                Double.longBitsToDouble(in.i64()),
                in.u31(),
                Double.longBitsToDouble(in.i64())))
        : Optional.empty();
  }
}
