package ai.cifer.secagg.identity;

/// A participant's public signature key.
@FunctionalInterface
public interface Verifier {
  /// Whether the signature is valid; hostile bytes give false, never an exception.
  boolean verify(byte[] message, byte[] signature);
}
