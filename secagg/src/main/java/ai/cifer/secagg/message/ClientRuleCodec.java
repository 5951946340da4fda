package ai.cifer.secagg.message;

import ai.cifer.fedlearn.train.ClientRule;
import ai.cifer.secagg.codec.FieldReader;
import ai.cifer.secagg.codec.FieldWriter;

/// What a client makes of its training, as fields: a word and a number, 0 where there is none.
final class ClientRuleCodec {

  private static final int MAX_WORD_BYTES = 32;

  private ClientRuleCodec() {}

  static void write(FieldWriter out, ClientRule rule) {
    switch (rule) {
      case ClientRule.Plain() -> write(out, "plain", 0);
      case ClientRule.FedNova() -> write(out, "fednova", 0);
      case ClientRule.Scaffold() -> write(out, "scaffold", 0);
      case ClientRule.FedDyn(double alpha) -> write(out, "feddyn", alpha);
      case ClientRule.QFedAvg(double q) -> write(out, "qfedavg", q);
      case ClientRule.Ditto(double lambda) -> write(out, "ditto", lambda);
    }
  }

  private static void write(FieldWriter out, String word, double number) {
    out.text(word).i64(Double.doubleToLongBits(number));
  }

  static ClientRule read(FieldReader in) {
    String word = in.text(MAX_WORD_BYTES);
    double number = Double.longBitsToDouble(in.i64());
    ClientRule rule =
        switch (word) {
          case "plain" -> new ClientRule.Plain();
          case "fednova" -> new ClientRule.FedNova();
          case "scaffold" -> new ClientRule.Scaffold();
          case "feddyn" -> new ClientRule.FedDyn(number);
          case "qfedavg" -> new ClientRule.QFedAvg(number);
          case "ditto" -> new ClientRule.Ditto(number);
          default ->
              throw new IllegalArgumentException(
                  "rule of the clients: %s (expected: one that this version knows)"
                      .formatted(word));
        };
    // One encoding a rule: a number that means nothing must not tell two messages apart.
    boolean numbered =
        rule instanceof ClientRule.FedDyn
            || rule instanceof ClientRule.QFedAvg
            || rule instanceof ClientRule.Ditto;
    if (!numbered && Double.doubleToLongBits(number) != 0) {
      throw new IllegalArgumentException(
          "number of rule %s: %s (expected: 0)".formatted(word, number));
    }
    return rule;
  }
}
