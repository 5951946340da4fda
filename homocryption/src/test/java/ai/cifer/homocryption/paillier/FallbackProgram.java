package ai.cifer.homocryption.paillier;

import java.security.SecureRandom;

/// Prints which back end serves and what it computes; [PaillierBackendTest] runs it in JVMs of its
/// own.
final class FallbackProgram {
  private FallbackProgram() {}

  public static void main(String[] arguments) {
    try (PaillierSecretKey key = PaillierVectors.key("odd");
        PaillierDecryptor decryptor = new PaillierDecryptor(key, new SecureRandom())) {
      PaillierEncryptor encryptor = new PaillierEncryptor(key.publicKey(), new SecureRandom());
      System.out.println(PaillierBackend.best());
      System.out.println(PaillierBackend.statement());
      System.out.println(decryptor.decrypt(encryptor.encrypt(4711)));
    }
  }
}
