package ai.cifer.secagg.bench;

/// Processor time of one thread for the steps of a round of secure aggregation, as its classes do
/// them; medians, warm if the kernels are.
///
/// @param values of an update
/// @param clientMillis for a million values: check, clip, quantise, pack, mask, hash, spool, share,
///   sign
/// @param receiveMillis for a million values of one client: check residues and hash what arrives
/// @param foldMillis for a million values of one client: read and add
/// @param openMillis for a million values, once a round: open and decode the sum
/// @param shareHelpers helpers of the two figures below
/// @param splitMillis to share one secret for that many helpers
/// @param combineMillis to put together one sum of secrets from a quorum of them
public record StageFigures(
    int values,
    double clientMillis,
    double receiveMillis,
    double foldMillis,
    double openMillis,
    int shareHelpers,
    double splitMillis,
    double combineMillis) {}
