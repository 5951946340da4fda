/// Trainers in the JVM: stochastic gradient descent by DJL's PyTorch engine.
@NullMarked
package ai.cifer.training.trainer;

import org.jspecify.annotations.NullMarked;
