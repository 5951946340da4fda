package ai.cifer.secagg.message;

import ai.cifer.fedlearn.train.TrainOptions;
import ai.cifer.fedlearn.train.TrainOptions.Buffers;
import ai.cifer.fedlearn.train.TrainOptions.Loss;
import ai.cifer.fedlearn.train.TrainOptions.Optimiser;
import ai.cifer.secagg.codec.FieldReader;
import ai.cifer.secagg.codec.FieldWriter;

/// How a step of training is made, as fields; words stand for choices.
final class TrainOptionsCodec {

  private static final int MAX_WORD_BYTES = 32;
  private static final int MAX_PATTERN_BYTES = 4 * TrainOptions.MAX_LOCAL;

  private TrainOptionsCodec() {}

  static void write(FieldWriter out, TrainOptions options) {
    out.text(options.optimiser().name());
    real(real(out, options.momentum()), options.weightDecay()).text(options.loss().name());
    real(out, options.gradientClip()).list(options.classWeights(), TrainOptionsCodec::real);
    real(out, options.proximal())
        .u31(options.earlyStop())
        .text(options.buffers().name())
        .list(options.local(), FieldWriter::text)
        .bool(options.accumulate());
  }

  private static FieldWriter real(FieldWriter out, double value) {
    return out.i64(Double.doubleToLongBits(value));
  }

  private static double real(FieldReader in) {
    return Double.longBitsToDouble(in.i64());
  }

  static TrainOptions read(FieldReader in) {
    return new TrainOptions(
        word(in, Optimiser.class),
        real(in),
        real(in),
        word(in, Loss.class),
        real(in),
        in.list(TrainOptions.MAX_CLASS_WEIGHTS, Double.BYTES, TrainOptionsCodec::real),
        real(in),
        in.u31(),
        word(in, Buffers.class),
        in.list(TrainOptions.MAX_LOCAL, Integer.BYTES, each -> each.text(MAX_PATTERN_BYTES)),
        in.bool());
  }

  private static <T extends Enum<T>> T word(FieldReader in, Class<T> type) {
    return Enum.valueOf(type, in.text(MAX_WORD_BYTES));
  }
}
