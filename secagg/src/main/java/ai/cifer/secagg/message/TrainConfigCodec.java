package ai.cifer.secagg.message;

import ai.cifer.fedlearn.train.TrainConfig;
import ai.cifer.secagg.codec.FieldReader;
import ai.cifer.secagg.codec.FieldWriter;

/// How to prepare data and to train, as fields.
final class TrainConfigCodec {

  private TrainConfigCodec() {}

  static void write(FieldWriter out, TrainConfig train) {
    out.i64(Double.doubleToLongBits(train.learningRate()))
        .u31(train.batchSize())
        .u31(train.localEpochs())
        .i64(train.seed());
    PreprocessingCodec.write(out, train.preprocessing());
    TrainOptionsCodec.write(out, train.options());
    ClientRuleCodec.write(out, train.rule());
    out.bool(train.evaluated());
    UpdatePrivacyCodec.write(out, train.privacy());
  }

  static TrainConfig read(FieldReader in) {
    return new TrainConfig(
        Double.longBitsToDouble(in.i64()),
        in.u31(),
        in.u31(),
        in.i64(),
        PreprocessingCodec.read(in),
        TrainOptionsCodec.read(in),
        ClientRuleCodec.read(in),
        in.bool(),
        UpdatePrivacyCodec.read(in));
  }
}
