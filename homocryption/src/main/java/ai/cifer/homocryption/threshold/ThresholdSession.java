package ai.cifer.homocryption.threshold;

import ai.cifer.homocryption.ckks.CkksParameters;
import ai.cifer.homocryption.codec.ParameterDigest;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/// One job's key: the public facts that all parties agree on before they draw a secret, and the
/// common reference string that follows from them.
///
/// **One session, one key, one run.** The public seed must be fresh (agreed by all, for example the
/// hash of a random contribution of each). A protocol that failed half-way is never run again in
/// its session: make a new session with a new seed, and new secrets. A session is one job or epoch;
/// the next one gets the next key.
///
/// Immutable. Everything in it is public.
public final class ThresholdSession {
  private static final int SEED_BYTES = 32;
  private static final int MOST_JOB_BYTES = 256;
  private static final byte[] CRS_DOMAIN =
      "cifer-threshold-crs-v1".getBytes(StandardCharsets.US_ASCII);

  private final CkksParameters parameters;
  private final Committee committee;
  private final SecretDistribution secrets;
  private final String job;
  private final ParameterDigest digest;

  private ThresholdSession(
      CkksParameters parameters,
      Committee committee,
      SecretDistribution secrets,
      byte[] publicSeed,
      String job) {
    this.parameters = parameters;
    this.committee = committee;
    this.secrets = secrets;
    this.job = job;
    this.digest =
        ParameterDigest.of(
            "threshold session " + job,
            "threshold-session",
            parameters.digest(),
            ByteBuffer.allocate(12)
                .putInt(committee.parties())
                .putInt(committee.threshold())
                .putInt(secrets.number())
                .array(),
            publicSeed,
            job.getBytes(StandardCharsets.UTF_8));
  }

  /// A session with ternary secrets.
  ///
  /// @param publicSeed 32 bytes that nobody chose alone, never used before
  /// @param job names the job or epoch; bound into the key
  public static ThresholdSession of(
      CkksParameters parameters, Committee committee, byte[] publicSeed, String job) {
    return of(parameters, committee, SecretDistribution.TERNARY, publicSeed, job);
  }

  /// A session.
  ///
  /// @param publicSeed 32 bytes that nobody chose alone, never used before
  /// @param job names the job or epoch, 1 to 256 bytes of UTF-8; bound into the key
  public static ThresholdSession of(
      CkksParameters parameters,
      Committee committee,
      SecretDistribution secrets,
      byte[] publicSeed,
      String job) {
    if (publicSeed.length != SEED_BYTES) {
      throw new IllegalArgumentException(
          "public_seed: " + publicSeed.length + " bytes (expected: " + SEED_BYTES + ")");
    }
    int length = job.getBytes(StandardCharsets.UTF_8).length;
    if (length < 1 || length > MOST_JOB_BYTES) {
      throw new IllegalArgumentException(
          "job: " + length + " bytes (expected: 1 to " + MOST_JOB_BYTES + ")");
    }
    return new ThresholdSession(parameters, committee, secrets, publicSeed, job);
  }

  /// The session of the next job or epoch, with the same parties: the key is rotated by running key
  /// generation in it with new secrets.
  ///
  /// @param freshSeed 32 bytes that nobody chose alone, never used before
  /// @param nextJob another name than this session's
  public ThresholdSession next(byte[] freshSeed, String nextJob) {
    ThresholdSession next = of(parameters, committee, secrets, freshSeed, nextJob);
    if (nextJob.equals(job)) {
      throw new IllegalArgumentException(
          "job: " + nextJob + " (expected: another than that of this session)");
    }
    return next;
  }

  public CkksParameters parameters() {
    return parameters;
  }

  public Committee committee() {
    return committee;
  }

  public SecretDistribution secrets() {
    return secrets;
  }

  /// The job or epoch.
  public String job() {
    return job;
  }

  /// The identity of the session: stands in the header of every form.
  public ParameterDigest digest() {
    return digest;
  }

  /// The seed of a part of the common reference string.
  ///
  /// @param purpose which protocol
  /// @param detail what within the protocol, such as a Galois element or a ciphertext's identity
  byte[] commonSeed(String purpose, byte[] detail) {
    return hash(CRS_DOMAIN, purpose, detail);
  }

  /// `SHA-256(domain | session | u32 length of purpose | purpose | detail)`.
  byte[] hash(byte[] domain, String purpose, byte[] detail) {
    byte[] name = purpose.getBytes(StandardCharsets.UTF_8);
    MessageDigest sha = sha256();
    sha.update(domain);
    sha.update(digest.bytes());
    sha.update(ByteBuffer.allocate(4).putInt(name.length).array());
    sha.update(name);
    sha.update(detail);
    return sha.digest();
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-256: missing from this JVM", e);
    }
  }

  void requireSame(ThresholdSession other, String what) {
    if (!equals(other)) {
      throw new ThresholdException.ProtocolViolation(
          what
              + ": session "
              + other.digest.shortHex()
              + " (expected: "
              + digest.shortHex()
              + "); messages of different sessions cannot be combined");
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ThresholdSession that && digest.equals(that.digest);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(digest.bytes());
  }

  @Override
  public String toString() {
    return "ThresholdSession("
        + job
        + ", "
        + committee.threshold()
        + " of "
        + committee.parties()
        + ", "
        + parameters.name()
        + ", "
        + digest.shortHex()
        + ")";
  }
}
