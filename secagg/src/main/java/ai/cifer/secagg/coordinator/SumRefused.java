package ai.cifer.secagg.coordinator;

/// The opened sum cannot be the sum of honest updates; the segment is void.
public final class SumRefused extends RuntimeException {
  SumRefused(String message) {
    super(message);
  }

  SumRefused(String message, Throwable cause) {
    super(message, cause);
  }
}
