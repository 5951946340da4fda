package ai.cifer.cli.bench;

import ai.cifer.homocryption.bench.AggregationFigures;

/// A round of encrypted aggregation: what each client sends, and the processor time of each step.
///
/// @param profile name of the parameters of encryption
/// @param clients of the round
/// @param params of the model
/// @param floatBytes the unencrypted update as float32
/// @param maskedBytes the masked update
/// @param otherBytes what a client sends beside: shares of its secret, manifest, signatures
/// @param bytesPerClient all that a client sends
/// @param ratio of that to float32
/// @param clientMillis of each client: quantise, pack, mask, hash
/// @param foldMillis of the coordinator for each client: check the hash, add
/// @param openMillis to open the sum
/// @param roundMillis the coordinator's work for the whole round
public record AggregateDocument(
    String profile,
    int clients,
    long params,
    long floatBytes,
    long maskedBytes,
    long otherBytes,
    long bytesPerClient,
    double ratio,
    double clientMillis,
    double foldMillis,
    double openMillis,
    double roundMillis,
    AggregationFigures figures) {

  /// @param figures measured on an update of any length
  /// @param traffic what a client sends
  static AggregateDocument of(
      AggregationFigures figures, ClientTraffic traffic, int clients, long params) {
    double millions = params / 1e6;
    double fold = figures.hashedFoldMillis() * millions;
    double open = figures.openMillis() * millions;
    long all = traffic.maskedBytes() + traffic.otherBytes();
    return new AggregateDocument(
        figures.profile(),
        clients,
        params,
        Float.BYTES * params,
        traffic.maskedBytes(),
        traffic.otherBytes(),
        all,
        (double) all / (Float.BYTES * params),
        figures.hashedClientMillis() * millions,
        fold,
        open,
        fold * clients + open,
        figures);
  }
}
