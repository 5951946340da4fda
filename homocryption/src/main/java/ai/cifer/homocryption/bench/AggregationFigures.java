package ai.cifer.homocryption.bench;

/// What the aggregation scheme costs on this machine, in one thread.
///
/// Times are milliseconds for a million values, the 10th percentile of the runs, unless said
/// otherwise.
///
/// @param profile name of the parameters
/// @param lanes doubles in a vector of the kernels; 1 for scalar code
/// @param values of an update
/// @param clientMillis to quantise, pack and mask
/// @param hashedClientMillis the same with a SHA-256 leaf for each block
/// @param foldMillis to add one client's bytes to the sum
/// @param hashedFoldMillis the same with a SHA-256 leaf for each block
/// @param openMillis to open a sum and decode its mean, whatever the number of clients
/// @param bytesPerClient of the masked blocks of an update
/// @param firstMillis the first update that this measurement masked, before any warm-up; the whole
///   update, not a million values
/// @param warmUpMillis until the vector kernels were in use; near 0 if they were before
public record AggregationFigures(
    String profile,
    int lanes,
    int values,
    double clientMillis,
    double hashedClientMillis,
    double foldMillis,
    double hashedFoldMillis,
    double openMillis,
    long bytesPerClient,
    double firstMillis,
    double warmUpMillis) {}
