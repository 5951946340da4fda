/// The driver of the round machine: links, timers, disk.
@NullMarked
package ai.cifer.node.coordinator;

import org.jspecify.annotations.NullMarked;
