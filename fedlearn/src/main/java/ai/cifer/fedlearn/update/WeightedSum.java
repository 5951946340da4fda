package ai.cifer.fedlearn.update;

import ai.cifer.fedlearn.tensor.Tensors;

/// What a cohort adds up to: `mean = sum(examples_i * delta_i) / sum(examples_i)`.
///
/// Each segment has its own cohort, so a client that vanished half-way counts in the segments that
/// it finished; `clients` and `examples` are those of the smallest cohort.
///
/// Values of a segment that was not opened are 0, and whatever a strategy makes of them is undone.
///
/// @param mean the values of the global model's tensors, then those of what the rule of the clients
///   adds to them
/// @param clients how many clients every value is a mean over, at least
/// @param examples how many examples, at least
public record WeightedSum(Tensors mean, int clients, long examples) {}
