/// Whole rounds of real processes, encrypted and unencrypted alternately, to see what encryption
/// costs from end to end.
@NullMarked
package ai.cifer.cli.bench.round;

import org.jspecify.annotations.NullMarked;
