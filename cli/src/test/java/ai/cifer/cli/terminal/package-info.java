@NullMarked
package ai.cifer.cli.terminal;

import org.jspecify.annotations.NullMarked;
