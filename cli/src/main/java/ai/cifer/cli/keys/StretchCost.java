package ai.cifer.cli.keys;

import ai.cifer.cli.exit.CommandFailed;

/// What Argon2id is made to cost, to whoever opens a key and to whoever guesses its passphrase.
///
/// @param memoryKib 8 KiB a lane to 1 GiB
/// @param passes over the memory, 1 to 16
/// @param lanes 1 to 16; they are computed one after the other here, in parallel by others
record StretchCost(int memoryKib, int passes, int lanes) {
  private static final int MOST_MEMORY_KIB = 1 << 20;
  private static final int MOST = 16;

  /// The second recommended option of RFC 9106: 64 MiB, 3 passes, 4 lanes. It takes less than a
  /// second here, and somebody who guesses pays the same for every guess.
  ///
  /// @see <a href="https://www.rfc-editor.org/rfc/rfc9106#section-4">RFC 9106, section 4</a>
  static final StretchCost RFC_9106 = new StretchCost(64 << 10, 3, 4);

  /// The costs that a file demands, bounded.
  static StretchCost ofFile(int memoryKib, int passes, int lanes, String where)
      throws CommandFailed {
    boolean bounded =
        passes >= 1
            && passes <= MOST
            && lanes >= 1
            && lanes <= MOST
            && memoryKib >= 8 * lanes
            && memoryKib <= MOST_MEMORY_KIB;
    if (!bounded) {
      throw SealedKeyDescriptor.damaged(
          where,
          "it demands %s KiB, %s passes and %s lanes of Argon2"
              .formatted(
                  Integer.toUnsignedString(memoryKib),
                  Integer.toUnsignedString(passes),
                  Integer.toUnsignedString(lanes)));
    }
    return new StretchCost(memoryKib, passes, lanes);
  }

  @Override
  public String toString() {
    return "Argon2id, %d MiB, %d passes, %d lanes".formatted(memoryKib >> 10, passes, lanes);
  }
}
