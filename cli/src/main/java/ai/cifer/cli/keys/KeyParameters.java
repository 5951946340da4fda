package ai.cifer.cli.keys;

import ai.cifer.cli.keys.KeyDocument.Security;
import ai.cifer.homocryption.StoredForm;
import ai.cifer.homocryption.ckks.CkksParameters;
import ai.cifer.homocryption.ckks.Preset;
import ai.cifer.homocryption.codec.ParameterDigest;
import ai.cifer.homocryption.paillier.PaillierPublicKey;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// What is known of a key's parameters from its form.
///
/// @param named by name, in the order in which they are shown
record KeyParameters(Map<String, Object> named, Optional<Security> security) {
  /// Beside the two numbers of a secret Paillier key: frame, count of bits.
  private static final int PAILLIER_REST_BYTES = 64 + Integer.BYTES;

  static KeyParameters of(Path file, StoredForm form) throws IOException {
    return switch (form.kind()) {
      case PAILLIER_PUBLIC_KEY ->
          paillier(
              PaillierPublicKey.readAtLeast(
                      PaillierPublicKey.LEAST_BITS, ByteBuffer.wrap(Files.readAllBytes(file)))
                  .bits());
      case PAILLIER_SECRET_KEY ->
          paillier(Math.toIntExact((form.bytes() - PAILLIER_REST_BYTES) * Byte.SIZE));
      case CKKS_SECRET_KEY, CKKS_PUBLIC_KEY, CKKS_RELINEARIZATION_KEY, CKKS_GALOIS_KEYS ->
          ckks(form);
      default -> new KeyParameters(Map.of(), Optional.empty());
    };
  }

  private static KeyParameters paillier(int bits) {
    int security = bits >= 3072 ? 128 : 112;
    return new KeyParameters(
        Map.of("modulus_bits", bits),
        Optional.of(
            new Security(
                security,
                "NIST SP 800-57 part 1, table 2, factoring of %d bits"
                    .formatted(bits >= 3072 ? 3072 : 2048))));
  }

  /// The preset that a form of CKKS was made under.
  static Optional<CkksParameters> preset(ParameterDigest digest) {
    return Arrays.stream(Preset.values())
        .map(CkksParameters::of)
        .filter(parameters -> parameters.parameterDigest().equals(digest))
        .findFirst();
  }

  private static KeyParameters ckks(StoredForm form) {
    return preset(form.digest())
        .map(KeyParameters::ckks)
        .orElseGet(() ->
            new KeyParameters(Map.of("preset", "none that this release knows"), Optional.empty()));
  }

  private static KeyParameters ckks(CkksParameters parameters) {
    Map<String, Object> named = new LinkedHashMap<>();
    named.put("preset", parameters.name());
    named.put("degree", parameters.degree());
    named.put("slots", parameters.slots());
    named.put("levels", parameters.depth());
    named.put("modulus_bits", parameters.totalBits());
    String source =
        "at most %d bits of modulus at N = %d (Security Guidelines 2024, ePrint 2024/463)"
            .formatted(CkksParameters.securityCapBits(parameters.logDegree()), parameters.degree());
    return new KeyParameters(named, Optional.of(new Security(128, source)));
  }
}
