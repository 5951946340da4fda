package ai.cifer.secagg.message;

import ai.cifer.fedlearn.tensor.ModelLayout;
import ai.cifer.fedlearn.tensor.TensorSpec;
import ai.cifer.secagg.codec.FieldReader;
import ai.cifer.secagg.codec.FieldWriter;
import ai.cifer.secagg.plan.AggregationPlan;

/// Names and shapes of tensors as fields.
final class LayoutCodec {
  private static final int MAX_NAME_BYTES = 4 * TensorSpec.MAX_NAME_LENGTH;
  private static final int MIN_TENSOR_BYTES = Limits.MIN_NAME_BYTES + Integer.BYTES;

  private LayoutCodec() {}

  static void write(FieldWriter out, ModelLayout layout) {
    out.list(
        layout.tensors(),
        (to, tensor) -> to.text(tensor.name()).list(tensor.shape(), FieldWriter::u31));
  }

  static ModelLayout read(FieldReader in) {
    return new ModelLayout(
        in.list(
            AggregationPlan.MAX_TENSORS,
            MIN_TENSOR_BYTES,
            each ->
                new TensorSpec(
                    each.text(MAX_NAME_BYTES),
                    each.list(TensorSpec.MAX_RANK, Integer.BYTES, FieldReader::u31))));
  }
}
