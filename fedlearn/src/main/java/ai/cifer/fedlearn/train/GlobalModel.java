package ai.cifer.fedlearn.train;

import ai.cifer.fedlearn.tensor.Tensors;

/// The model that every participant of a round starts from.
///
/// @param architecture names the network that the tensors belong to, as the trainer knows it: a
///   word, after which a declarative description may follow a space
/// @param tensors its values; owned by whoever made them
public record GlobalModel(String architecture, Tensors tensors) {

  /// The architecture of a file that names none: only a trainer that knows the network by itself
  /// can train it.
  public static final String TENSORS_ONLY = "tensors";

  /// The first word of an architecture, for people.
  public static String label(String architecture) {
    int space = architecture.indexOf(' ');
    return space < 0 ? architecture : architecture.substring(0, space);
  }
}
