/// How the processes of a demo hear of each other.
@NullMarked
package ai.cifer.cli.process;

import org.jspecify.annotations.NullMarked;
