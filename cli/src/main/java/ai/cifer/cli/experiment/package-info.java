/// Runs beside each other, and runs as files that other tools read.
@NullMarked
package ai.cifer.cli.experiment;

import org.jspecify.annotations.NullMarked;
