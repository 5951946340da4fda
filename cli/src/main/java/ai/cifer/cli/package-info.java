/// The `cifer` command: the only place that wires everything.
@NullMarked
package ai.cifer.cli;

import org.jspecify.annotations.NullMarked;
