/// Many clients on one machine: the coordinator, clients and encryption of a real federation over
/// links in memory. Only the clients that are sampled for a round exist during it.
@NullMarked
package ai.cifer.simulation;

import org.jspecify.annotations.NullMarked;
