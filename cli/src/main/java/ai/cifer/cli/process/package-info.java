/// Starts `cifer` again as other processes, and how they hear of each other.
@NullMarked
package ai.cifer.cli.process;

import org.jspecify.annotations.NullMarked;
