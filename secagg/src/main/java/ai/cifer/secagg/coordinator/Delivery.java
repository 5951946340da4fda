package ai.cifer.secagg.coordinator;

import ai.cifer.secagg.message.Manifest;
import ai.cifer.secagg.message.SealedShare;
import java.io.IOException;

/// What a client delivered of a segment beside its blocks, wherever it is kept: with many clients
/// and helpers the shares do not fit into memory.
public interface Delivery {

  /// What the client signed.
  Manifest manifest() throws IOException;

  /// How many shares came.
  int shares();

  /// The share for one helper, as it came.
  ///
  /// @param helper its index, 1 to [#shares()]
  SealedShare share(int helper) throws IOException;
}
