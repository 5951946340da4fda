package ai.cifer.secagg.coordinator;

/// What a cohort of one segment added up to, beside the values.
///
/// @param clients |U|
/// @param examples the sum of their weights, that is, of examples up to the weight cap
/// @param foldSeconds reading and adding up blocks
/// @param openSeconds unmasking and decoding
public record SegmentSum(int clients, long examples, double foldSeconds, double openSeconds) {}
