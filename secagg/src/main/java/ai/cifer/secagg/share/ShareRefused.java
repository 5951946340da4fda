package ai.cifer.secagg.share;

/// A sealed share or a key for sealing is not acceptable.
public final class ShareRefused extends RuntimeException {
  ShareRefused(String message) {
    super(message);
  }

  ShareRefused(String message, Throwable cause) {
    super(message, cause);
  }
}
