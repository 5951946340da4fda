/// The pure phase machine of one round: events in, commands out; no clock, thread or I/O.
@NullMarked
package ai.cifer.fedlearn.round;

import org.jspecify.annotations.NullMarked;
