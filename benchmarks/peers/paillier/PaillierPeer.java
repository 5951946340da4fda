import ai.cifer.homocryption.codec.SecretKeyAccess;
import ai.cifer.homocryption.paillier.PaillierBackend;
import ai.cifer.homocryption.paillier.PaillierCiphertext;
import ai.cifer.homocryption.paillier.PaillierDecryptor;
import ai.cifer.homocryption.paillier.PaillierEncryptor;
import ai.cifer.homocryption.paillier.PaillierEvaluator;
import ai.cifer.homocryption.paillier.PaillierExponents;
import ai.cifer.homocryption.paillier.PaillierSecretKey;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;

/// The Java side of compare.py: reads one job a line, does it so many times, and prints the
/// milliseconds of thread CPU time of each.
///
///     backend p q                       (first line, hexadecimal: the key that the peer drew)
///     encrypt|half|add|decrypt COUNT    → times
///     open C                            → the plaintext of the peer's ciphertext
///     seal M                            → a ciphertext for the peer
final class PaillierPeer {
  public static void main(String[] arguments) throws IOException {
    var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
    String[] setUp = in.readLine().split(" ");
    var backend = PaillierBackend.valueOf(setUp[0]);
    var random = new SecureRandom();
    var threads = ManagementFactory.getThreadMXBean();
    var message = BigInteger.ONE.shiftLeft(3000).subtract(BigInteger.valueOf(12345));
    try (var key =
            PaillierSecretKey.of(
                SecretKeyAccess.insecureBytes(),
                new BigInteger(setUp[1], 16),
                new BigInteger(setUp[2], 16));
        var decryptor = new PaillierDecryptor(key, backend, random)) {
      var n = key.publicKey();
      var small = message.mod(n.modulus());
      var encryptor = new PaillierEncryptor(n, PaillierExponents.SHORT, backend, random);
      var half = new PaillierEncryptor(n, PaillierExponents.HALF_LENGTH, backend, random);
      var evaluator = new PaillierEvaluator(n, backend);
      var c = encryptor.encrypt(small);
      var d = encryptor.encrypt(5);
      System.out.println(PaillierBackend.statement());
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        String[] job = line.split(" ");
        Runnable work =
            switch (job[0]) {
              case "encrypt" -> () -> encryptor.encrypt(small);
              case "half" -> () -> half.encrypt(small);
              case "add" -> () -> evaluator.add(c, d);
              case "decrypt" -> () -> decryptor.decrypt(c);
              default -> null;
            };
        var out = new StringBuilder();
        if (work != null) {
          for (int i = 0; i < Integer.parseInt(job[1]); i++) {
            long start = threads.getCurrentThreadCpuTime();
            work.run();
            out.append((threads.getCurrentThreadCpuTime() - start) / 1e6).append(' ');
          }
        } else if (job[0].equals("open")) {
          out.append(
              decryptor
                  .decrypt(PaillierCiphertext.of(n, new BigInteger(job[1], 16)))
                  .toString(16));
        } else {
          out.append(encryptor.encrypt(new BigInteger(job[1], 16)).value().toString(16));
        }
        System.out.println(out);
      }
    }
  }
}
