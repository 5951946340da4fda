@NullMarked
package ai.cifer.cli.process;

import org.jspecify.annotations.NullMarked;
