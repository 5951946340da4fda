package ai.cifer.secagg;

import ai.cifer.secagg.codec.Bytes;
import ai.cifer.secagg.identity.EnrolledKey;
import ai.cifer.secagg.identity.Role;
import ai.cifer.secagg.identity.Signer;
import ai.cifer.secagg.message.Member;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.util.Arrays;

/// A name, a role and an Ed25519 key; the encoding of the key and the name stand for the
/// certificate.
public final class TestParticipant implements Signer {
  private final String name;
  private final Role role;
  private final KeyPair keys;

  public TestParticipant(String name, Role role) {
    this.name = name;
    this.role = role;
    try {
      keys = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  /// Somebody who has another certificate for the key of `other`.
  public TestParticipant(String name, Role role, TestParticipant other) {
    this.name = name;
    this.role = role;
    keys = other.keys;
  }

  @Override
  public String name() {
    return name;
  }

  public Member member() {
    byte[] key = keys.getPublic().getEncoded();
    byte[] certificate = Arrays.copyOf(key, key.length + name.length());
    System.arraycopy(
        name.getBytes(StandardCharsets.US_ASCII), 0, certificate, key.length, name.length());
    return new Member(name, role, Bytes.of(certificate));
  }

  public EnrolledKey key() {
    return new EnrolledKey(Bytes.of(keys.getPublic().getEncoded()), this::verify);
  }

  @Override
  public byte[] sign(byte[] message) {
    try {
      Signature signature = Signature.getInstance("Ed25519");
      signature.initSign(keys.getPrivate());
      signature.update(message);
      return signature.sign();
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  public boolean verify(byte[] message, byte[] bytes) {
    try {
      Signature signature = Signature.getInstance("Ed25519");
      signature.initVerify(keys.getPublic());
      signature.update(message);
      return signature.verify(bytes);
    } catch (GeneralSecurityException malformed) {
      return false;
    }
  }
}
