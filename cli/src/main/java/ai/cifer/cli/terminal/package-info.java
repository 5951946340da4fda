/// What the command writes to a terminal: figures, tables, colours, a status line.
@NullMarked
package ai.cifer.cli.terminal;

import org.jspecify.annotations.NullMarked;
