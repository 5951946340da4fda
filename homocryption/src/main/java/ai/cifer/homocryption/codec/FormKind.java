package ai.cifer.homocryption.codec;

/// What a byte form holds. The code is written into the form and never given to another kind.
public enum FormKind {
  /// A public key of Paillier.
  PAILLIER_PUBLIC_KEY(0x0101, "Paillier public key", false),
  /// A secret key of Paillier.
  PAILLIER_SECRET_KEY(0x0102, "Paillier secret key", true),
  /// A ciphertext of Paillier.
  PAILLIER_CIPHERTEXT(0x0103, "Paillier ciphertext", false),
  /// A proof that a Paillier key is well formed.
  PAILLIER_KEY_PROOF(0x0104, "Paillier key proof", false),
  /// Many ciphertexts of Paillier under one key.
  PAILLIER_VECTOR(0x0105, "Paillier vector", false),

  /// Parameters of CKKS.
  CKKS_PARAMETERS(0x0201, "CKKS parameters", false),
  /// A secret key of CKKS.
  CKKS_SECRET_KEY(0x0202, "CKKS secret key", true),
  /// A public key of CKKS.
  CKKS_PUBLIC_KEY(0x0203, "CKKS public key", false),
  /// A relinearization key of CKKS.
  CKKS_RELINEARIZATION_KEY(0x0204, "CKKS relinearization key", false),
  /// Galois keys of CKKS.
  CKKS_GALOIS_KEYS(0x0205, "CKKS Galois keys", false),
  /// A plaintext of CKKS.
  CKKS_PLAINTEXT(0x0206, "CKKS plaintext", false),
  /// A ciphertext of CKKS.
  CKKS_CIPHERTEXT(0x0207, "CKKS ciphertext", false),

  /// A party's secret key share of threshold CKKS.
  THRESHOLD_SECRET_KEY_SHARE(0x0301, "threshold CKKS secret key share", true),
  /// A commitment of threshold key generation.
  THRESHOLD_COMMITMENT(0x0302, "threshold CKKS commitment", false),
  /// A party's share of the public key.
  THRESHOLD_PUBLIC_KEY_SHARE(0x0303, "threshold CKKS public key share", false),
  /// A party's share of the relinearization key.
  THRESHOLD_RELINEARIZATION_KEY_SHARE(0x0304, "threshold CKKS relinearization key share", false),
  /// A party's share of a Galois key.
  THRESHOLD_GALOIS_KEY_SHARE(0x0305, "threshold CKKS Galois key share", false),
  /// A party's partial decryption.
  THRESHOLD_PARTIAL_DECRYPTION(0x0306, "threshold CKKS partial decryption", false),
  /// A party's share of a collective refresh.
  THRESHOLD_REFRESH_SHARE(0x0307, "threshold CKKS refresh share", false),
  /// What one party deals to another while a key is shared.
  THRESHOLD_DEALT_SHARE(0x0308, "threshold CKKS dealt share", true);

  private final int code;
  private final String title;
  private final boolean secret;

  FormKind(int code, String title, boolean secret) {
    this.code = code;
    this.title = title;
    this.secret = secret;
  }

  /// The number in the form's header, 1 to 65535.
  public int code() {
    return code;
  }

  /// The name in messages.
  public String title() {
    return title;
  }

  /// True if whoever reads the form can decrypt; such forms need a [SecretKeyAccess].
  public boolean secret() {
    return secret;
  }
}
