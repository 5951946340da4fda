package ai.cifer.secagg.bench;

import ai.cifer.secagg.codec.Bytes;
import ai.cifer.secagg.identity.EnrolledKey;
import ai.cifer.secagg.identity.Role;
import ai.cifer.secagg.identity.Signer;
import ai.cifer.secagg.message.Member;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;

/// A name, a role and an Ed25519 key, whose encoding stands for the certificate.
final class BenchParticipant implements Signer {
  private static final String ALGORITHM = "Ed25519";

  private final String name;
  private final Role role;
  private final KeyPair keys;

  BenchParticipant(String name, Role role) throws GeneralSecurityException {
    this.name = name;
    this.role = role;
    keys = KeyPairGenerator.getInstance(ALGORITHM).generateKeyPair();
  }

  @Override
  public String name() {
    return name;
  }

  Member member() {
    return new Member(name, role, key().encoded());
  }

  EnrolledKey key() {
    return new EnrolledKey(Bytes.of(keys.getPublic().getEncoded()), this::verify);
  }

  @Override
  public byte[] sign(byte[] message) {
    try {
      Signature signature = Signature.getInstance(ALGORITHM);
      signature.initSign(keys.getPrivate());
      signature.update(message);
      return signature.sign();
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException("Ed25519 is in every JDK 25", impossible);
    }
  }

  private boolean verify(byte[] message, byte[] bytes) {
    try {
      Signature signature = Signature.getInstance(ALGORITHM);
      signature.initVerify(keys.getPublic());
      signature.update(message);
      return signature.verify(bytes);
    } catch (GeneralSecurityException malformed) {
      return false;
    }
  }
}
