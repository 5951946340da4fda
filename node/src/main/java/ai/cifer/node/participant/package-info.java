/// What a client and a key holder do when the coordinator calls.
@NullMarked
package ai.cifer.node.participant;

import org.jspecify.annotations.NullMarked;
