/// JMH benchmarks of the public API; results are in time for 1 million model parameters.
@NullMarked
package ai.cifer.benchmarks;

import org.jspecify.annotations.NullMarked;
