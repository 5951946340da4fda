package ai.cifer.homocryption.threshold;

import ai.cifer.homocryption.ckks.CkksCiphertext;
import ai.cifer.homocryption.ckks.CkksEncoder;
import ai.cifer.homocryption.ckks.CkksPlaintext;
import ai.cifer.homocryption.rns.RnsPolynomial;

/// Decryption with the joint secret, which exists in tests only.
final class Phases {
  private Phases() {}

  /// `c_0 + c_1·s`.
  static RnsPolynomial phase(TestCommittee committee, CkksCiphertext ciphertext) {
    RnsPolynomial sum = ciphertext.polynomial(0).copy();
    for (int i = 0; i < sum.size(); i++) {
      committee
          .ring
          .kernel(i)
          .multiplyAdd(ciphertext.polynomial(1).row(i), committee.jointSecret.row(i), sum.row(i));
    }
    return sum;
  }

  static double[] slots(TestCommittee committee, CkksCiphertext ciphertext) {
    return new CkksEncoder(committee.session.parameters())
        .decode(
            new CkksPlaintext(
                committee.session.parameters(),
                phase(committee, ciphertext),
                ciphertext.level(),
                ciphertext.scale()));
  }
}
