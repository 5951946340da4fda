package ai.cifer.secagg.round;

import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.secagg.codec.Bytes;
import ai.cifer.secagg.codec.FieldWriter;
import ai.cifer.secagg.codec.Hashing;
import java.util.List;

/// What all clients of a round start from: the model, and whatever guides them beside it.
public final class StartingPoint {
  private static final String LABEL = "cifer.starting-point";
  private static final int VERSION = 1;

  private StartingPoint() {}

  /// The `H(global model)` of the protocol. With guides it binds these too, so that a coordinator
  /// can no more show each client its own than it can with the model.
  ///
  /// @param guides of the model's layout, in the order of the strategy
  public static Bytes digest(Tensors model, List<Tensors> guides) {
    Bytes digest = Bytes.of(model.digest());
    if (guides.isEmpty()) {
      return digest;
    }
    return Bytes.sha256(
        FieldWriter.of(LABEL, VERSION)
            .fixed(digest, Hashing.BYTES)
            .list(guides, (out, guide) -> out.fixed(Bytes.of(guide.digest()), Hashing.BYTES))
            .toByteArray());
  }
}
