package ai.cifer.secagg.cipher;

import java.util.Arrays;

/// The seed of pads as the numbers of a share, 16 bits each, so that the key holder gets it sealed
/// as it gets any other share.
public final class PadSeeds {
  /// Numbers of a seed.
  public static final int WORDS = SumCipher.SEED_BYTES / Short.BYTES;

  private PadSeeds() {}

  /// The seed as numbers; zero them after use.
  public static int[] words(byte[] seed) {
    int[] words = new int[WORDS];
    for (int i = 0; i < WORDS; i++) {
      words[i] = (seed[2 * i] & 0xff) | (seed[2 * i + 1] & 0xff) << Byte.SIZE;
    }
    return words;
  }

  /// Whether numbers are those of a seed.
  public static boolean areWords(int[] words) {
    return words.length == WORDS && Arrays.stream(words).allMatch(word -> word >>> 16 == 0);
  }

  /// The seed of numbers that [#areWords]; zero it after use.
  public static byte[] seed(int[] words) {
    byte[] seed = new byte[SumCipher.SEED_BYTES];
    for (int i = 0; i < WORDS; i++) {
      seed[2 * i] = (byte) words[i];
      seed[2 * i + 1] = (byte) (words[i] >>> Byte.SIZE);
    }
    return seed;
  }
}
