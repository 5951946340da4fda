package ai.cifer.secagg.identity;

import ai.cifer.secagg.codec.Bytes;

/// The public signature key of somebody who is enrolled.
///
/// @param encoded the key in its one canonical form: two keys are the same if these bytes are
/// @param verifier checks signatures with it
public record EnrolledKey(Bytes encoded, Verifier verifier) implements Verifier {
  @Override
  public boolean verify(byte[] message, byte[] signature) {
    return verifier.verify(message, signature);
  }
}
