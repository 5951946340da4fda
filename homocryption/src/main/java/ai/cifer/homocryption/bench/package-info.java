/// Figures of this machine for `cifer bench`: each in single thread, as a percentile of many runs.
@NullMarked
package ai.cifer.homocryption.bench;

import org.jspecify.annotations.NullMarked;
