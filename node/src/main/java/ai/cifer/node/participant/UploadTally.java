package ai.cifer.node.participant;

/// What an upload cost: bytes sent and seconds of quantising, masking and hashing, the network not
/// counted.
final class UploadTally {
  private long bytes;
  private long encryptNanos;

  void sent(long count) {
    bytes += count;
  }

  void encrypted(long nanos) {
    encryptNanos += nanos;
  }

  long bytes() {
    return bytes;
  }

  double encryptSeconds() {
    return encryptNanos / 1e9;
  }
}
