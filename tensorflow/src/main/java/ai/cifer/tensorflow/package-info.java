/// Trains SavedModels of TensorFlow in the JVM.
@NullMarked
package ai.cifer.tensorflow;

import org.jspecify.annotations.NullMarked;
