package ai.cifer.homocryption.ckks;

import ai.cifer.homocryption.rns.RnsPolynomial;
import java.math.BigInteger;

/// CKKS in big integers, by the definitions: coefficients modulo Q, schoolbook products. Shares
/// nothing with the library but the inverse transform, which has a test of its own against the
/// definition.
final class Reference {
  private Reference() {}

  /// The centred coefficients of a transformed polynomial.
  static BigInteger[] coefficients(CkksParameters parameters, RnsPolynomial a) {
    BigInteger q = BigInteger.ONE;
    for (int i = 0; i < a.size(); i++) {
      q = q.multiply(BigInteger.valueOf(parameters.prime(i)));
    }
    BigInteger[] out = new BigInteger[parameters.degree()];
    java.util.Arrays.fill(out, BigInteger.ZERO);
    for (int i = 0; i < a.size(); i++) {
      double[] row = a.row(i).clone();
      parameters.ring().kernel(i).inverse(row);
      BigInteger p = BigInteger.valueOf(parameters.prime(i));
      BigInteger hat = q.divide(p);
      BigInteger factor = hat.multiply(hat.modInverse(p));
      for (int j = 0; j < out.length; j++) {
        out[j] = out[j].add(factor.multiply(BigInteger.valueOf((long) row[j])));
      }
    }
    for (int j = 0; j < out.length; j++) {
      out[j] = centred(out[j], q);
    }
    return out;
  }

  static BigInteger centred(BigInteger x, BigInteger modulus) {
    BigInteger r = x.mod(modulus);
    return r.compareTo(modulus.shiftRight(1)) > 0 ? r.subtract(modulus) : r;
  }

  /// `a·b mod (X^N + 1, q)`, centred.
  static BigInteger[] multiply(BigInteger[] a, BigInteger[] b, BigInteger q) {
    int degree = a.length;
    BigInteger[] out = new BigInteger[degree];
    java.util.Arrays.fill(out, BigInteger.ZERO);
    for (int i = 0; i < degree; i++) {
      for (int j = 0; j < degree; j++) {
        BigInteger product = a[i].multiply(b[j]);
        int k = (i + j) % degree;
        out[k] = i + j < degree ? out[k].add(product) : out[k].subtract(product);
      }
    }
    for (int k = 0; k < degree; k++) {
      out[k] = centred(out[k], q);
    }
    return out;
  }

  static BigInteger[] add(BigInteger[] a, BigInteger[] b, BigInteger q) {
    BigInteger[] out = new BigInteger[a.length];
    for (int k = 0; k < out.length; k++) {
      out[k] = centred(a[k].add(b[k]), q);
    }
    return out;
  }

  static BigInteger[] subtract(BigInteger[] a, BigInteger[] b, BigInteger q) {
    BigInteger[] out = new BigInteger[a.length];
    for (int k = 0; k < out.length; k++) {
      out[k] = centred(a[k].subtract(b[k]), q);
    }
    return out;
  }

  static BigInteger[] secret(CkksSecretKey key) {
    byte[] s = key.coefficients();
    BigInteger[] out = new BigInteger[s.length];
    for (int k = 0; k < out.length; k++) {
      out[k] = BigInteger.valueOf(s[k]);
    }
    return out;
  }

  /// `c_0 + c_1·s + c_2·s²`.
  static BigInteger[] decrypt(CkksCiphertext a, CkksSecretKey key) {
    CkksParameters parameters = a.parameters();
    BigInteger q = parameters.modulus(a.level());
    BigInteger[] s = secret(key);
    BigInteger[] sum = coefficients(parameters, a.polynomial(a.size() - 1));
    for (int k = a.size() - 2; k >= 0; k--) {
      sum = add(multiply(sum, s, q), coefficients(parameters, a.polynomial(k)), q);
    }
    return sum;
  }

  static double largest(BigInteger[] a) {
    double largest = 0;
    for (BigInteger x : a) {
      largest = Math.max(largest, Math.abs(x.doubleValue()));
    }
    return largest;
  }
}
