package ai.cifer.secagg.plan;

/// How hard it is for whoever has all uploads, and no help, to read one.
///
/// @param bits of classical security; 0 if it reads them as they are
/// @param source of the figure
public record Security(double bits, String source) {
  static Security of(AggregationPlan plan) {
    return switch (plan.mode()) {
      case NONE -> new Security(0, "updates reach the coordinator as they are");
      case SECURE_AGGREGATION, KEY_HOLDER ->
          new Security(
              plan.parameters().securityBits(),
              "lattice-estimator 27a581b, MATZOV, secrets and errors of width 4 after the sum is"
                  + " open");
      case CKKS ->
          new Security(
              128, "log2 QP = 105 <= 106 for N = 4096, Security Guidelines (ePrint 2024/463)");
      case PAILLIER -> new Security(128, "modulus of 3072 bits, NIST SP 800-57 part 1, table 2");
    };
  }
}
