/// The coordinator's side: verify uploads, collect signatures, fold what is certified, open the
/// sum.
@NullMarked
package ai.cifer.secagg.coordinator;

import org.jspecify.annotations.NullMarked;
