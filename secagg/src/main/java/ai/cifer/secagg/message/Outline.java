package ai.cifer.secagg.message;

import ai.cifer.fedlearn.tensor.ModelLayout;
import ai.cifer.fedlearn.train.TrainConfig;
import ai.cifer.secagg.codec.FieldReader;
import ai.cifer.secagg.codec.FieldWriter;

/// Coordinator to client, before it joins: what will be trained, so that whoever's data do not fit
/// says so at once and not in the first round.
///
/// It binds nobody: what counts is in each [RoundOpen], which is signed.
///
/// @param architecture the network, as the trainer knows it
/// @param layout the tensors of the model
/// @param train how to prepare data and to train
public record Outline(String architecture, ModelLayout layout, TrainConfig train)
    implements Message {

  public static final String LABEL = "cifer.outline";

  public Outline {
    Limits.atMost(
        "architecture characters", architecture.length(), RoundOpen.MAX_ARCHITECTURE_BYTES);
  }

  @Override
  public byte[] encode() {
    FieldWriter out = FieldWriter.of(LABEL, VERSION).text(architecture);
    LayoutCodec.write(out, layout);
    TrainConfigCodec.write(out, train);
    return out.toByteArray();
  }

  /// Reads what [#encode()] writes.
  public static Outline decode(byte[] bytes) {
    return FieldReader.decode(
        bytes,
        LABEL,
        VERSION,
        in ->
            new Outline(
                in.text(RoundOpen.MAX_ARCHITECTURE_BYTES),
                LayoutCodec.read(in),
                TrainConfigCodec.read(in)));
  }
}
