/// Models in TensorFlow's SavedModel folders.
@NullMarked
package ai.cifer.training.model.tensorflow;

import org.jspecify.annotations.NullMarked;
