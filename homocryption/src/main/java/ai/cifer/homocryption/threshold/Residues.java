package ai.cifer.homocryption.threshold;

import ai.cifer.homocryption.format.FrameReader;
import ai.cifer.homocryption.format.FrameWriter;
import ai.cifer.homocryption.format.ResiduePacking;
import ai.cifer.homocryption.rns.RnsPolynomial;
import ai.cifer.homocryption.rns.RnsRing;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.util.Arrays;

/// Polynomials as bytes: row i holds residues modulo prime i of the ring, which is true of all
/// polynomials with the first primes, and of extended ones with all.
final class Residues {
  private Residues() {}

  /// Bytes of a polynomial with `rows` rows in a form.
  static long bytes(RnsRing ring, int rows) {
    long bytes = 0;
    for (int i = 0; i < rows; i++) {
      bytes += new ResiduePacking(ring.prime(i)).bytes(ring.degree());
    }
    return bytes;
  }

  static void write(FrameWriter out, RnsRing ring, RnsPolynomial a) throws IOException {
    for (int i = 0; i < a.size(); i++) {
      out.writeResidues(a.row(i), 0, ring.degree(), ring.prime(i));
    }
  }

  static RnsPolynomial read(FrameReader in, RnsRing ring, int rows) throws IOException {
    double[][] residues = new double[rows][ring.degree()];
    for (int i = 0; i < rows; i++) {
      in.readResidues(residues[i], 0, ring.degree(), ring.prime(i));
      ring.kernel(i).reduce(residues[i], residues[i]);
    }
    return new RnsPolynomial(residues, rows == ring.primes());
  }

  /// Hashes the first `rows` rows. Centred residues are unique, so equal polynomials have equal
  /// hashes.
  static void hash(MessageDigest sha, RnsPolynomial a, int rows) {
    ByteBuffer bytes =
        ByteBuffer.allocate(Long.BYTES * a.row(0).length).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < rows; i++) {
      bytes.clear();
      for (double x : a.row(i)) {
        bytes.putLong((long) x);
      }
      sha.update(bytes.array());
    }
    Arrays.fill(bytes.array(), (byte) 0);
  }

  /// `sum += a`, row by row.
  static void addInto(RnsRing ring, RnsPolynomial a, RnsPolynomial sum) {
    for (int i = 0; i < sum.size(); i++) {
      ring.kernel(i).add(a.row(i), sum.row(i), sum.row(i));
    }
  }

  /// A zero polynomial.
  static RnsPolynomial zero(RnsRing ring, int rows) {
    return new RnsPolynomial(new double[rows][ring.degree()], rows == ring.primes());
  }
}
