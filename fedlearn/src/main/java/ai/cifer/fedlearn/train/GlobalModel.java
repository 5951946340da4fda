package ai.cifer.fedlearn.train;

import ai.cifer.fedlearn.tensor.Tensors;

/// The model that every participant of a round starts from.
///
/// @param architecture names the network that the tensors belong to, as the trainer knows it
/// @param tensors its values; owned by whoever made them
public record GlobalModel(String architecture, Tensors tensors) {}
