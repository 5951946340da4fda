@NullMarked
package ai.cifer.cli.plot;

import org.jspecify.annotations.NullMarked;
