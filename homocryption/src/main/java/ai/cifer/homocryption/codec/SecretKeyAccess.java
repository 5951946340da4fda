package ai.cifer.homocryption.codec;

/// The token that every method demands which turns a secret key into bytes, or bytes into one.
///
/// The bytes are not encrypted: whoever sees them owns the key. A search for `insecureBytes` finds
/// every place of a code base where that can happen, as Tink's `InsecureSecretKeyAccess` does.
/// Whoever holds the token encrypts the bytes under a passphrase, or writes them to a file that
/// only its owner may read, and zeroes the array.
///
/// Code that only passes a key on takes the token as an argument and obtains none.
public final class SecretKeyAccess {
  private static final SecretKeyAccess TOKEN = new SecretKeyAccess();

  private SecretKeyAccess() {}

  /// The token. Outside tests, one place of a program should call this: the one that stores keys.
  public static SecretKeyAccess insecureBytes() {
    return TOKEN;
  }
}
