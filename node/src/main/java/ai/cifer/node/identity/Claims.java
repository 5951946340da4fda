package ai.cifer.node.identity;

import ai.cifer.node.identity.IdentityRefused.Reason;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.URI;
import java.security.PublicKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.ASN1UTF8String;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERUTF8String;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.jspecify.annotations.Nullable;

/// What a request asks for and a certificate states about a participant, as X.509 extensions.
///
/// ```
/// subjectAltName            URI cifer://role/name, for coordinators DNS names and addresses
/// 2.25.U.1  signing key     SubjectPublicKeyInfo of Ed25519, 44 bytes      not critical
/// 2.25.U.3  project         UTF8String, optional                           not critical
/// 2.25.U.4  company         UTF8String, optional                           not critical
/// 2.25.U.2  possession      attribute of the request only: OCTET STRING, an Ed25519 signature
/// ```
///
/// U is the UUID ecfd5ff8-e7a9-44ae-bbc9-e23f1a4fb9b1 as a number (ITU-T X.667): no registry
/// needed.
record Claims(
    Role role,
    String name,
    @Nullable String project,
    @Nullable String company,
    List<String> hosts,
    PublicKey signingKey) {
  static final String SCHEME = "cifer";

  private static final String ARC = "2.25.315012962084540954850338255065511172401";
  private static final ASN1ObjectIdentifier SIGNING_KEY = new ASN1ObjectIdentifier(ARC + ".1");
  static final ASN1ObjectIdentifier POSSESSION = new ASN1ObjectIdentifier(ARC + ".2");
  private static final ASN1ObjectIdentifier PROJECT = new ASN1ObjectIdentifier(ARC + ".3");
  private static final ASN1ObjectIdentifier COMPANY = new ASN1ObjectIdentifier(ARC + ".4");

  private static final int MAX_HOSTS = 32;
  private static final Pattern DOTTED = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}");

  /// Not of digits alone, which some resolvers take for an address.
  private static final Pattern HOST_NAME =
      Pattern.compile(
          "(?=.{1,253}$)(?![0-9.]+$)(\\*\\.)?[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
              + "(\\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*");

  Claims {
    Text.name("name", name);
    if (project != null) {
      Text.name("project", project);
    }
    if (company != null) {
      Text.name("company", company);
    }
    if (role != Role.COORDINATOR && !hosts.isEmpty()) {
      throw new IllegalArgumentException(
          "hosts: "
              + hosts.size()
              + " (expected: none; only a coordinator is connected to by name)");
    }
    if (role == Role.COORDINATOR && hosts.isEmpty()) {
      throw new IllegalArgumentException(
          "hosts: none (expected: the names and addresses under which clients reach the coordinator)");
    }
    if (hosts.size() > MAX_HOSTS) {
      throw new IllegalArgumentException(
          "hosts: " + hosts.size() + " (expected: <= " + MAX_HOSTS + ")");
    }
    hosts = hosts.stream().map(Claims::host).toList();
  }

  URI uri() {
    return URI.create(SCHEME + "://" + role.word() + "/" + name);
  }

  Extensions toExtensions() {
    var names = new ArrayList<GeneralName>();
    names.add(new GeneralName(GeneralName.uniformResourceIdentifier, uri().toString()));
    for (String host : hosts) {
      names.add(
          new GeneralName(isAddress(host) ? GeneralName.iPAddress : GeneralName.dNSName, host));
    }
    var out = new ExtensionsGenerator();
    try {
      out.addExtension(
          Extension.subjectAlternativeName,
          false,
          new GeneralNames(names.toArray(GeneralName[]::new)));
      out.addExtension(SIGNING_KEY, false, signingKey.getEncoded());
      if (project != null) {
        out.addExtension(PROJECT, false, new DERUTF8String(project));
      }
      if (company != null) {
        out.addExtension(COMPANY, false, new DERUTF8String(company));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.generate();
  }

  /// Reads them back.
  ///
  /// @throws IdentityRefused [Reason#NOT_A_PARTICIPANT] if name, role or signing key are missing
  static Claims of(@Nullable Extensions extensions, String where) throws IdentityRefused {
    Extension names =
        extensions == null ? null : extensions.getExtension(Extension.subjectAlternativeName);
    Extension key = extensions == null ? null : extensions.getExtension(SIGNING_KEY);
    if (extensions == null || names == null || key == null) {
      throw new IdentityRefused(
          Reason.NOT_A_PARTICIPANT,
          where
              + ": states no "
              + (names == null ? "name and role" : "signing key")
              + "; it was not made for Cifer: request one with 'cifer certs request'");
    }
    try {
      URI uri = null;
      var hosts = new ArrayList<String>();
      for (GeneralName name : GeneralNames.getInstance(names.getParsedValue()).getNames()) {
        String text =
            name.getTagNo() == GeneralName.iPAddress
                ? address(ASN1OctetString.getInstance(name.getName()).getOctets())
                : name.getName().toString();
        switch (name.getTagNo()) {
          case GeneralName.uniformResourceIdentifier -> {
            if (uri != null) {
              throw new IllegalArgumentException("more than one name");
            }
            uri = URI.create(text);
          }
          case GeneralName.dNSName, GeneralName.iPAddress -> hosts.add(text);
          default -> throw new IllegalArgumentException("an alternative name of another kind");
        }
      }
      if (uri == null || uri.getHost() == null || !SCHEME.equals(uri.getScheme())) {
        throw new IllegalArgumentException("no name cifer://role/name");
      }
      String path = uri.getRawPath();
      var claims =
          new Claims(
              Role.of(uri.getHost()),
              path.startsWith("/") ? path.substring(1) : "",
              text(extensions.getExtension(PROJECT)),
              text(extensions.getExtension(COMPANY)),
              hosts,
              SigningKeys.decode(key.getExtnValue().getOctets(), where));
      if (!claims.uri().equals(uri)) {
        throw new IllegalArgumentException("a name with port, query or user");
      }
      return claims;
    } catch (RuntimeException | IOException e) {
      if (e instanceof IdentityRefused refused) {
        throw refused;
      }
      throw new IdentityRefused(
          Reason.NOT_A_PARTICIPANT,
          where + ": " + Text.printable(String.valueOf(e.getMessage())),
          e);
    }
  }

  private static @Nullable String text(@Nullable Extension extension) throws IOException {
    if (extension == null) {
      return null;
    }
    return ASN1UTF8String.getInstance(
            ASN1Primitive.fromByteArray(extension.getExtnValue().getOctets()))
        .getString();
  }

  static DEROctetString possession(byte[] signature) {
    return new DEROctetString(signature);
  }

  private static String host(String host) {
    if (isAddress(host)) {
      return address(InetAddress.ofLiteral(host).getAddress());
    }
    if (!HOST_NAME.matcher(host).matches()) {
      throw new IllegalArgumentException(
          "host: " + Text.printable(host) + " (expected: a DNS name or an IP address)");
    }
    return host.toLowerCase(Locale.ROOT);
  }

  private static boolean isAddress(String host) {
    return host.indexOf(':') >= 0 || DOTTED.matcher(host).matches();
  }

  private static String address(byte[] octets) {
    try {
      return InetAddress.getByAddress(octets).getHostAddress();
    } catch (java.net.UnknownHostException e) {
      throw new IllegalArgumentException("address of " + octets.length + " bytes", e);
    }
  }
}
