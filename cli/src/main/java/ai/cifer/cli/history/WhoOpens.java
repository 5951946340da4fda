package ai.cifer.cli.history;

import ai.cifer.secagg.plan.EncryptionMode;

/// Who can read what in a mode; `docs/threat-model.md` has the whole table.
///
/// @param line the same in one line, for the beginning of a run
/// @param update who can read a single update
/// @param sum who learns the sum of a cohort
public record WhoOpens(String line, String update, String sum) {

  /// What holds in a mode.
  public static WhoOpens in(EncryptionMode mode) {
    return switch (mode) {
      case NONE ->
          new WhoOpens(
              "the coordinator can read every update", "the coordinator", "the coordinator");
      case KEY_HOLDER ->
          new WhoOpens(
              "no update can be read, only the sum of all is opened",
              "nobody alone; coordinator and key holder together",
              "the coordinator, with the key holder's help; the key holder does not see it");
      case SECURE_AGGREGATION ->
          new WhoOpens(
              "no update can be read, only the sum of all is opened, by the clients together",
              "nobody; the coordinator and t clients together",
              "the coordinator, with the help of t clients");
      case CKKS, PAILLIER ->
          new WhoOpens(
              "no update can be read, the key holder opens the sum of all and sees it",
              "nobody alone; coordinator and key holder together",
              "the key holder, which opens it, and the coordinator");
    };
  }
}
