package ai.cifer.homocryption.threshold;

import ai.cifer.homocryption.format.FrameReader;
import java.io.IOException;

/// The 8 bytes of an active set in a form: bit j - 1 for party j.
final class ActiveSetForm {
  private ActiveSetForm() {}

  /// Reads a set of exactly t members of the committee that contains a party.
  static ActiveSet read(FrameReader in, Committee committee, int party) throws IOException {
    long bits = in.readLong();
    long members = (1L << committee.parties()) - 1;
    if ((bits & ~members) != 0
        || Long.bitCount(bits) != committee.threshold()
        || (bits >> (party - 1) & 1) == 0) {
      throw in.malformed(
          "active set",
          "0x" + Long.toHexString(bits),
          committee.threshold()
              + " of parties 1 to "
              + committee.parties()
              + ", party "
              + party
              + " among them");
    }
    return ActiveSet.ofBits(committee, bits);
  }
}
