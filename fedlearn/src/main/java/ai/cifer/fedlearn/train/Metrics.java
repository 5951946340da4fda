package ai.cifer.fedlearn.train;

/// The quality of a model on a dataset.
///
/// @param examples how many examples it was measured on
/// @param loss mean loss per example
/// @param accuracy share of examples whose largest output is their label, 0 to 1
public record Metrics(long examples, double loss, double accuracy) {}
