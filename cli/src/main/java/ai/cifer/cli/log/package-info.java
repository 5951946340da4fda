/// Where log messages go.
@NullMarked
package ai.cifer.cli.log;

import org.jspecify.annotations.NullMarked;
