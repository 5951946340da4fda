/// The small messages between a node and its coordinator that carry neither tensors nor
/// cryptography.
@NullMarked
package ai.cifer.node.wire;

import org.jspecify.annotations.NullMarked;
