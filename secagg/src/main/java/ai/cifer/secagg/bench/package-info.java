/// Measures what the steps of a round cost, on the classes that a round runs; prints nothing.
@NullMarked
package ai.cifer.secagg.bench;

import org.jspecify.annotations.NullMarked;
