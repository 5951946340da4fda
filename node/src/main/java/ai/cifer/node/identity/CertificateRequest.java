package ai.cifer.node.identity;

import ai.cifer.node.identity.IdentityRefused.Reason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PublicKey;
import java.util.Arrays;
import java.util.List;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.bouncycastle.pkcs.PKCSException;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequest;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;
import org.jspecify.annotations.Nullable;

/// What a participant asks the authority to certify (PKCS#10). An instance has been verified:
/// whoever made it holds both private keys.
///
/// The request is signed by the P-256 key, and carries a signature of the Ed25519 key over
/// `"cifer-enrolment-possession-v1" | cifer://role/name | P-256 SubjectPublicKeyInfo`, each part
/// behind its length in four bytes: nobody can enrol a signing key that is not theirs.
public final class CertificateRequest {
  /// Holds both private keys, mode 600.
  public static final String KEY_FILE = "private_key.pem";

  /// Goes to the authority.
  public static final String REQUEST_FILE = "certificate_request.pem";

  private static final String LABEL = "cifer-enrolment-possession-v1";

  private final Claims claims;
  private final PublicKey tlsKey;
  private final byte[] der;

  private CertificateRequest(Claims claims, PublicKey tlsKey, byte[] der) {
    this.claims = claims;
    this.tlsKey = tlsKey;
    this.der = der;
  }

  /// Makes both keys in `dir/private_key.pem` and the request in `dir/certificate_request.pem`;
  /// neither file may exist. The keys never leave the folder.
  ///
  /// @param name 1 to 64 characters of `[A-Za-z0-9._-]`
  /// @param hosts DNS names and IP addresses of a coordinator, empty for others
  /// @throws IllegalArgumentException if a name or host is not allowed
  /// @throws IdentityRefused [Reason#EXISTS]
  public static CertificateRequest create(Path dir, Role role, String name, List<String> hosts)
      throws IOException {
    return create(dir, role, name, hosts, null, null);
  }

  /// Makes a request that states a project and a company.
  ///
  /// @param project restricted like a name, null for none
  /// @param company restricted like a name, null for none
  public static CertificateRequest create(
      Path dir,
      Role role,
      String name,
      List<String> hosts,
      @Nullable String project,
      @Nullable String company)
      throws IOException {
    KeyPair tls = Keys.generateTls();
    KeyPair signing = Keys.generateSigning();
    var claims = new Claims(role, name, project, company, hosts, signing.getPublic());
    Path requestFile = dir.resolve(REQUEST_FILE);
    Files.createDirectories(dir);
    if (Files.exists(requestFile)) {
      throw new IdentityRefused(
          Reason.EXISTS, requestFile + ": exists and is not overwritten; choose another folder");
    }
    byte[] der;
    try {
      der = build(claims, tls, signing);
    } catch (GeneralSecurityException | OperatorCreationException e) {
      throw new IllegalStateException("the JDK lacks P-256 or Ed25519", e);
    }
    Keys.write(dir.resolve(KEY_FILE), tls.getPrivate(), signing.getPrivate());
    Pem.writePublic(requestFile, Pem.encode(Pem.REQUEST, der));
    return new CertificateRequest(claims, tls.getPublic(), der);
  }

  /// Reads and verifies a request.
  ///
  /// @throws IdentityRefused if it is malformed or one of its two signatures does not verify
  public static CertificateRequest read(Path file) throws IOException {
    return decode(Pem.read(file, Pem.REQUEST).getFirst(), file.toString());
  }

  private static byte[] build(Claims claims, KeyPair tls, KeyPair signing)
      throws GeneralSecurityException, OperatorCreationException, IOException {
    var subject = new X500NameBuilder(BCStyle.INSTANCE).addRDN(BCStyle.CN, claims.name()).build();
    byte[] statement = statement(claims, tls.getPublic());
    return new JcaPKCS10CertificationRequestBuilder(subject, tls.getPublic())
        .addAttribute(PKCSObjectIdentifiers.pkcs_9_at_extensionRequest, claims.toExtensions())
        .addAttribute(
            Claims.POSSESSION, Claims.possession(SigningKeys.sign(signing.getPrivate(), statement)))
        .build(new JcaContentSignerBuilder(Keys.TLS_SIGNATURE).build(tls.getPrivate()))
        .getEncoded();
  }

  private static CertificateRequest decode(byte[] der, String where) throws IdentityRefused {
    try {
      var request = new JcaPKCS10CertificationRequest(new PKCS10CertificationRequest(der));
      PublicKey tlsKey = request.getPublicKey();
      Keys.requireP256(tlsKey, where);
      Claims claims = Claims.of(request.getRequestedExtensions(), where);
      if (!request.isSignatureValid(new JcaContentVerifierProviderBuilder().build(tlsKey))) {
        throw noPossession(where, "P-256");
      }
      var proof = request.getAttributes(Claims.POSSESSION);
      if (proof.length != 1
          || proof[0].getAttrValues().size() != 1
          || !(proof[0].getAttrValues().getObjectAt(0) instanceof ASN1OctetString signature)
          || !SigningKeys.verify(
              claims.signingKey(), statement(claims, tlsKey), signature.getOctets())) {
        throw noPossession(where, "Ed25519");
      }
      return new CertificateRequest(claims, tlsKey, der);
    } catch (IdentityRefused e) {
      throw e;
    } catch (IOException
        | GeneralSecurityException
        | OperatorCreationException
        | PKCSException
        // The parser answers hostile bytes with unchecked exceptions of many kinds.
        | RuntimeException e) {
      throw new IdentityRefused(Reason.MALFORMED, where + ": not a PKCS#10 certificate request", e);
    }
  }

  private static IdentityRefused noPossession(String where, String key) {
    return new IdentityRefused(
        Reason.NO_POSSESSION,
        where
            + ": its maker does not prove to hold the "
            + key
            + " key; make the request with 'cifer certs request'");
  }

  private static byte[] statement(Claims claims, PublicKey tlsKey) {
    byte[] label = LABEL.getBytes(StandardCharsets.US_ASCII);
    byte[] uri = claims.uri().toString().getBytes(StandardCharsets.US_ASCII);
    byte[] key = tlsKey.getEncoded();
    var out = ByteBuffer.allocate(12 + label.length + uri.length + key.length);
    for (byte[] part : List.of(label, uri, key)) {
      out.putInt(part.length).put(part);
    }
    return out.array();
  }

  Claims claims() {
    return claims;
  }

  PublicKey tlsKey() {
    return tlsKey;
  }

  /// Name that is asked for.
  public String name() {
    return claims.name();
  }

  /// Role that is asked for; look at it before signing.
  public Role role() {
    return claims.role();
  }

  /// Project that is asked for, null for none.
  public @Nullable String project() {
    return claims.project();
  }

  /// Company that is stated, null for none.
  public @Nullable String company() {
    return claims.company();
  }

  /// Names and addresses of a coordinator; look at them before signing.
  public List<String> hosts() {
    return claims.hosts();
  }

  /// SHA-256 of the request, to compare by telephone.
  public String fingerprint() {
    return Keys.fingerprint(der);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof CertificateRequest that && Arrays.equals(der, that.der);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(der);
  }

  @Override
  public String toString() {
    return "CertificateRequest[" + claims.uri() + "]";
  }
}
