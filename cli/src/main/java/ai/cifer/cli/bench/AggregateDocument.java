package ai.cifer.cli.bench;

import ai.cifer.homocryption.bench.AggregationFigures;
import ai.cifer.secagg.bench.StageFigures;

/// A round of secure aggregation: what each client sends, and the processor time of each step.
///
/// @param profile name of the parameters of encryption
/// @param clients of the round
/// @param helpers that hold shares
/// @param params of the model
/// @param floatBytes the unencrypted update as float32
/// @param maskedBytes the masked update
/// @param shareBytes the sealed shares of a client's secrets
/// @param manifestBytes the signed lists of what it sent
/// @param bytesPerClient all that a client sends
/// @param ratio of that to float32
/// @param clientMillis of each client: clip, quantise, pack, mask, hash, share, sign
/// @param foldMillis of the coordinator for each client: check and hash, add
/// @param openMillis to open the sum
/// @param perMillion the same for a million parameters, step by step, and the cost of shares
/// @param roundMillis the coordinator's work for the whole round
/// @param firstMillisPerMillion the first update of this cold process
/// @param measuredParams on how many parameters the times were measured
public record AggregateDocument(
    String profile,
    int clients,
    int helpers,
    long params,
    long floatBytes,
    long maskedBytes,
    long shareBytes,
    long manifestBytes,
    long bytesPerClient,
    double ratio,
    double clientMillis,
    double foldMillis,
    double openMillis,
    double roundMillis,
    StageFigures perMillion,
    double firstMillisPerMillion,
    int measuredParams) {

  static AggregateDocument of(
      AggregationFigures figures,
      StageFigures stages,
      ClientTraffic traffic,
      int clients,
      long params) {
    double millions = params / 1e6;
    double fold = (stages.receiveMillis() + stages.foldMillis()) * millions;
    double open = stages.openMillis() * millions;
    return new AggregateDocument(
        figures.profile(),
        clients,
        traffic.helpers(),
        params,
        Float.BYTES * params,
        traffic.maskedBytes(),
        traffic.shareBytes(),
        traffic.manifestBytes(),
        traffic.total(),
        (double) traffic.total() / (Float.BYTES * params),
        stages.clientMillis() * millions,
        fold,
        open,
        fold * clients + open,
        stages,
        figures.firstMillis() * 1e6 / figures.values(),
        figures.values());
  }
}
