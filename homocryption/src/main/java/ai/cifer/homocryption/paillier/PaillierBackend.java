package ai.cifer.homocryption.paillier;

/// Who computes with large numbers. Both give the same bits.
public enum PaillierBackend {
  /// GMP's functions for cryptography (`mpn_sec_powm` and its family), called in the system's
  /// library: time and addresses depend on sizes only, and all of their memory is zeroed.
  GMP,

  /// `java.math.BigInteger`: on every machine, several times slower, in time that depends on the
  /// values (blinding is what then protects a key), with copies on the heap that nobody can zero.
  BIG_INTEGER;

  private static final System.Logger LOG = System.getLogger(PaillierBackend.class.getName());

  /// GMP where it can be used, otherwise [#BIG_INTEGER]. The first call logs which one it is: at
  /// level INFO, or at WARNING with the cure.
  public static PaillierBackend best() {
    return Chosen.BEST;
  }

  /// One line for people: what [#best()] is, and if it is not GMP, why and how to change that.
  public static String statement() {
    return Gmp.instance().isPresent()
        ? "Paillier: " + Gmp.statement() + ", constant-time functions"
        : "Paillier: BigInteger, slower and not constant-time: " + Gmp.statement();
  }

  /// Chosen once, at the first use.
  private static final class Chosen {
    static final PaillierBackend BEST = choose();

    private static PaillierBackend choose() {
      boolean gmp = Gmp.instance().isPresent();
      LOG.log(
          gmp ? System.Logger.Level.INFO : System.Logger.Level.WARNING, PaillierBackend::statement);
      return gmp ? GMP : BIG_INTEGER;
    }
  }
}
